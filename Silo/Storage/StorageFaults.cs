namespace Bzt.Silo.Storage;

/// <summary>A durable write about to happen, or just happened.</summary>
/// <param name="Kind"><c>state</c>, <c>clear</c>, <c>projection</c>, <c>blob</c> or <c>key</c>.</param>
/// <param name="Subject">For a state its grain type, state name and key; else what the kind calls its own.</param>
public readonly record struct DurableWrite(string Kind, string Subject);

/// <summary>
/// Stands around every durable write, so that a test can fail it before it happened (not persisted) or after (persisted,
/// and nobody told). Production has <see cref="NoStorageFaults"/>.
/// </summary>
public interface IStorageFaults
{
    ValueTask BeforeAsync(DurableWrite write);

    ValueTask AfterAsync(DurableWrite write);
}

public sealed class NoStorageFaults : IStorageFaults
{
    public ValueTask BeforeAsync(DurableWrite write) => default;

    public ValueTask AfterAsync(DurableWrite write) => default;
}
