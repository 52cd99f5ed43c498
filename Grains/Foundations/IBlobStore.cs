namespace Bzt.Grains.Foundations;

/// <summary>64 lower-case hexadecimal digits: a keyed hash of owner and content, so equal contents of two owners are not seen to be equal.</summary>
[GenerateSerializer, Immutable, Alias("bzt.BlobId")]
public readonly record struct BlobId([property: Id(0)] string Value)
{
    public override string ToString() => Value;
}

/// <summary>Photos, licences, seals, letters, invoices: encrypted, content-addressed, each with an owner. Bid documents never come here.</summary>
/// <remarks>
/// One owner's equal contents are one blob. It waits from the moment it is put: whoever put it has <c>Retention:UploadDays</c> to name it in a state.
/// Then the round asks (<see cref="IBlobRetention"/>), and what is named waits no more: from there on its namer says when it lets it go.
/// </remarks>
public interface IBlobStore
{
    /// <summary>
    /// Reads <paramref name="content"/> to its end; nothing is kept of what is larger than <paramref name="limit"/>. What is there already waits anew:
    /// answered as stored, it is there for that time.
    /// </summary>
    Task<PutBlob> PutAsync(string owner, Stream content, long limit, CancellationToken cancellation = default);

    /// <summary>Writes the content to <paramref name="destination"/>. False when there is no such blob, or it is another's.</summary>
    /// <remarks>Each piece is authenticated before it is written; a blob cut short throws after its genuine pieces.</remarks>
    Task<bool> ReadAsync(string owner, BlobId id, Stream destination, CancellationToken cancellation = default);

    /// <summary>Before it is named: waits anew, as if it were put now. False when there is no such blob, or it is another's.</summary>
    Task<bool> RenewAsync(string owner, BlobId id, CancellationToken cancellation = default);

    /// <summary>Before its namer lets it go: waits again, and goes when nobody else names it.</summary>
    Task ReleaseAsync(string owner, BlobId id, CancellationToken cancellation = default);
}

/// <summary>How what nobody names goes, and what is named stays.</summary>
public interface IBlobRetention
{
    /// <summary>Those that have waited since before that time, owner by owner.</summary>
    Task<IReadOnlyList<WaitingBlob>> WaitingAsync(DateTimeOffset before, WaitingBlob? after, int limit);

    /// <summary>All of an owner's that wait, however long.</summary>
    Task<IReadOnlyList<BlobId>> WaitingOfAsync(string owner, CancellationToken cancellation = default);

    /// <summary>Somebody names it. It goes on waiting when it was put, renewed or released since.</summary>
    Task SettleAsync(WaitingBlob blob);

    /// <summary>Nobody names it: it is gone. False, and it is there, when it was put, renewed or released since.</summary>
    Task<bool> EndAsync(WaitingBlob blob);
}

/// <param name="Since">In seconds since 1970; which waiting it is.</param>
public readonly record struct WaitingBlob(string Owner, BlobId Id, long Since);

/// <summary>A blob and whose it is.</summary>
public readonly record struct OwnedBlob(string Owner, BlobId Id);

public abstract record PutBlob
{
    private PutBlob()
    {
    }

    public sealed record Stored(BlobId Id, long Size) : PutBlob;

    public sealed record TooLarge(long Limit) : PutBlob;
}
