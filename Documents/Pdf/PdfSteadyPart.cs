namespace Bzt.Documents.Pdf;

/// <summary>
/// What no update touched since an early sealed revision is the same in that one and in all later ones that are built on it: it is read once for all of
/// them, and of it is kept where it refers to what was touched.
/// </summary>
internal sealed class PdfSteadyPart
{
    /// <summary>A page is referred to by its tree, its outlines and links; these are those of a book of a million.</summary>
    private const int MaximumUses = 2_000_000;

    private readonly HashSet<PdfUse> uses = [];
    private readonly HashSet<int> others;

    private PdfSteadyPart(PdfDocument early, IReadOnlySet<int> touched)
    {
        (Since, others) = (early.Length, [.. touched]);
        foreach (var number in early.Xref.Entries.Keys)
        {
            var references = early.References(number, touched, out var steady);
            if (!steady)
            {
                others.Add(number);
                continue;
            }
            foreach (var use in references.Where(use => touched.Contains(use.Reference.Number)))
            {
                if (uses.Add(use) && uses.Count > MaximumUses) throw new PdfRefusedException(PdfRefusal.TooLarge, "references");
            }
        }
    }

    /// <summary>Good for every revision that is not shorter.</summary>
    public long Since { get; }

    /// <param name="early">The revision.</param>
    /// <param name="touched">What any later update of the document wrote.</param>
    /// <exception cref="PdfRefusedException">An object of the revision is not whole.</exception>
    public static PdfSteadyPart Read(PdfDocument early, IReadOnlySet<int> touched) => new(early, touched);

    /// <summary>Every reference to a touched object that stands in any object of the revision, trailers apart; whoever reads to the end has seen that each object is whole.</summary>
    public IEnumerable<PdfUse> References(PdfDocument revision)
    {
        revision.Budget.Spend(uses.Count + others.Count);
        foreach (var use in uses) yield return use;
        foreach (var number in others)
        {
            foreach (var use in revision.References(number, others, out _)) yield return use;
        }
    }
}
