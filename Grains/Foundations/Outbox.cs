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
public sealed record OutboxItem(long Sequence, string Kind, string Target, OutboxPayload Payload)
{
    public T Read<T>() => Payload.Read<T>() ?? throw new JsonException($"The payload of outbox item {Kind} is null.");
}

/// <summary>A payload as the octets of its JSON: written once, and copied from then on, with each write of the state that it waits in.</summary>
[JsonConverter(typeof(Converter))]
public sealed class OutboxPayload
{
    private readonly byte[] json;

    private OutboxPayload(byte[] json) => this.json = json;

    public static OutboxPayload Of<T>(T payload) => new(JsonSerializer.SerializeToUtf8Bytes(payload, StateJson.Options));

    public T? Read<T>() => JsonSerializer.Deserialize<T>(json, StateJson.Options);

    private sealed class Converter : JsonConverter<OutboxPayload>
    {
        public override OutboxPayload Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return Of(document.RootElement);
        }

        // Ours, or parsed when it was read.
        public override void Write(Utf8JsonWriter writer, OutboxPayload value, JsonSerializerOptions options) => writer.WriteRawValue(value.json, skipInputValidation: true);
    }
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
        var item = new OutboxItem(sequence, kind, target, OutboxPayload.Of(payload));
        return new Outbox(sequence, Items.Add(item));
    }

    /// <summary>Drops what was delivered; the sequence goes on, so a number is never used twice.</summary>
    public Outbox Trim(long deliveredThrough) =>
        Items.IsEmpty || Items[0].Sequence > deliveredThrough
            ? this
            : this with { Items = Items.RemoveAll(item => item.Sequence <= deliveredThrough) };
}
