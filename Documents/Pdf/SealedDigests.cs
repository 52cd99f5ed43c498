namespace Bzt.Documents.Pdf;

/// <summary>What a seal covers: the file from its beginning to the gap, and from behind the gap to <paramref name="End"/>.</summary>
internal readonly record struct SealedRange(long Gap, long Behind, long End);

/// <summary>
/// Digests what the seals of one file cover. All begin at the file's first byte, so one pass serves them all: at each gap a copy of what was hashed
/// so far goes on by itself, behind the gap and to the seal's end. Of good seals no two overlap there, since neither could then have been made before
/// the other; so what is hashed comes to twice the file at most, however many they are.
/// </summary>
internal static class SealedDigests
{
    /// <summary>Behind gaps, beside the file's own length: small files may be broken in any way and have their seals judged.</summary>
    private const long Allowance = 256 * 1024 * 1024;

    private const int BufferSize = 256 * 1024;

    /// <exception cref="PdfRefusedException">The ranges overlap as those of good seals never do, and come to too much; or the file became shorter meanwhile.</exception>
    public static IReadOnlyDictionary<(SealedRange Range, SealDigest Kind), byte[]> Of(Stream pdf, IEnumerable<(SealedRange Range, SealDigest Kind)> wanted)
    {
        var seals = wanted.Distinct().OrderBy(seal => seal.Range.Gap).ToArray();
        // Ends lie in the file; a sum of five hundred of them is far from any overflow.
        if (seals.Sum(seal => seal.Range.End - seal.Range.Behind) > pdf.Length + Allowance) throw new PdfRefusedException(PdfRefusal.TooLarge, "seals that cover one another");
        var digests = new Dictionary<(SealedRange, SealDigest), byte[]>();
        foreach (var kind in seals.GroupBy(seal => seal.Kind))
        {
            using var digest = new DocumentDigest(kind.Key);
            var hashed = 0L;
            foreach (var seal in kind)
            {
                Append(pdf, digest, hashed, seal.Range.Gap);
                hashed = seal.Range.Gap;
                using var own = digest.Copy();
                Append(pdf, own, seal.Range.Behind, seal.Range.End);
                digests.Add(seal, own.Finish());
            }
        }
        return digests;
    }

    private static void Append(Stream pdf, DocumentDigest digest, long from, long to)
    {
        var buffer = new byte[Math.Min(BufferSize, to - from)];
        pdf.Position = from;
        for (var left = to - from; left > 0;)
        {
            var n = pdf.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (n == 0) throw new PdfRefusedException(PdfRefusal.Damaged, "the file became shorter while it was read");
            digest.Append(buffer.AsSpan(0, n));
            left -= n;
        }
    }
}
