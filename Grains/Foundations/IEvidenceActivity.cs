namespace Bzt.Grains.Foundations;

/// <summary>Which pages of evidence were written lately: the store knows, so no operation has to tell anybody.</summary>
public interface IEvidenceActivity
{
    /// <summary>Keys of pages written at <paramref name="since"/> or later by the store's clock, in the order of their last write.</summary>
    /// <param name="since">In seconds since 1970, 0 for all.</param>
    /// <param name="after">The last page of the answer before, or null.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<IReadOnlyList<WrittenPage>> WrittenSinceAsync(long since, WrittenPage? after, int limit, CancellationToken cancellation = default);
}

/// <param name="Key">The page's grain key.</param>
/// <param name="At">When it was written last, in seconds since 1970.</param>
public sealed record WrittenPage(string Key, long At);
