using System.Collections.Immutable;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Evidence;

/// <summary>Pages of evidence the notary went past because it could not read them, or could not tell them of their checkpoint.</summary>
/// <remarks>A row of its own beside <see cref="StoredNotary"/>: a release before this one does not know it and leaves it alone.</remarks>
/// <param name="Keys">Of the pages' grains, in the order they were first missed.</param>
[StateVersion(1)]
public sealed record UnreadPages(ImmutableArray<string> Keys)
{
    /// <summary>More than altered rows will be; beyond it the notary's cursor stays where it is.</summary>
    public const int Most = 256;

    public UnreadPages() : this([])
    {
    }

    /// <param name="missed">By this round.</param>
    /// <param name="beyond">How many find no room any more.</param>
    public UnreadPages With(IEnumerable<string> missed, out int beyond)
    {
        var all = Keys.Concat(missed).Distinct().ToList();
        beyond = Math.Max(0, all.Count - Most);
        return new([.. all.Take(Most)]);
    }
}
