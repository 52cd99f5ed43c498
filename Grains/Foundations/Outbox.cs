using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bzt.Grains.Foundations;

/// <summary>A state that carries what its last decisions still have to tell others.</summary>
public interface IHasOutbox
{
    Outbox Outbox { get; }
}

/// <inheritdoc cref="IHasOutbox"/>
public interface IHasOutbox<TSelf> : IHasOutbox where TSelf : IHasOutbox<TSelf>
{
    TSelf WithOutbox(Outbox outbox);
}

/// <summary>One consequence of a decision, on its way to a handler.</summary>
/// <param name="Sequence">Unique and rising within its grain, over the whole life of the grain: receivers tell repeats by it.</param>
/// <param name="Kind">Names the <see cref="IOutboxHandler"/>.</param>
/// <param name="Target">Whom it concerns, in the handler's terms: a grain key, a platform, a projection.</param>
public sealed record OutboxItem(long Sequence, string Kind, string Target, JsonElement Payload)
{
    public T Read<T>() => Payload.Deserialize<T>(StateJson.Options)
        ?? throw new JsonException($"The payload of outbox item {Kind} is null.");
}

/// <summary>What a grain has decided and not yet told. Immutable, a part of the state, so decision and consequences are one write.</summary>
public sealed record Outbox(long LastSequence, ImmutableArray<OutboxItem> Items)
{
    public static readonly Outbox Empty = new(0, []);

    [JsonIgnore]
    public bool IsEmpty => Items.IsDefaultOrEmpty;

    public Outbox Add<T>(string kind, string target, T payload)
    {
        var sequence = LastSequence + 1;
        var item = new OutboxItem(sequence, kind, target, JsonSerializer.SerializeToElement(payload, StateJson.Options));
        return new Outbox(sequence, Items.Add(item));
    }

    /// <summary>Drops what was delivered; the sequence goes on, so a number is never used twice.</summary>
    public Outbox Trim(long deliveredThrough) =>
        Items.IsEmpty || Items[0].Sequence > deliveredThrough
            ? this
            : this with { Items = Items.RemoveAll(item => item.Sequence <= deliveredThrough) };
}
