namespace Bzt.Grains.Foundations;

/// <summary>64 lower-case hexadecimal digits: a keyed hash of owner and content, so equal contents of two owners are not seen to be equal.</summary>
[GenerateSerializer, Immutable, Alias("bzt.BlobId")]
public readonly record struct BlobId([property: Id(0)] string Value)
{
    public override string ToString() => Value;
}

/// <summary>Photos, licences, seals, letters, invoices: encrypted, content-addressed, each with an owner. Bid documents never come here.</summary>
/// <remarks>One owner's equal contents are one blob, and one delete.</remarks>
public interface IBlobStore
{
    /// <summary>Reads <paramref name="content"/> to its end; nothing is kept of what is larger than <paramref name="limit"/>.</summary>
    Task<PutBlob> PutAsync(string owner, Stream content, long limit, CancellationToken cancellation = default);

    /// <summary>Writes the content to <paramref name="destination"/>. False when there is no such blob, or it is another's.</summary>
    /// <remarks>Each piece is authenticated before it is written; a blob cut short throws after its genuine pieces.</remarks>
    Task<bool> ReadAsync(string owner, BlobId id, Stream destination, CancellationToken cancellation = default);

    /// <summary>False when there is no such blob, or it is another's.</summary>
    Task<bool> DeleteAsync(string owner, BlobId id, CancellationToken cancellation = default);
}

public abstract record PutBlob
{
    private PutBlob()
    {
    }

    public sealed record Stored(BlobId Id, long Size) : PutBlob;

    public sealed record TooLarge(long Limit) : PutBlob;
}
