using Bzt.Documents.Seals;
using Bzt.Documents.TimeStamps;

namespace Bzt.Documents.Pdf;

/// <summary>What a seal is worth.</summary>
public enum SealState
{
    /// <summary>The sealed bytes are those that were signed, by that certificate's key.</summary>
    Intact,
    /// <summary>The sealed bytes are others than those signed.</summary>
    Altered,
    /// <summary>The signature does not verify under the certificate in it.</summary>
    BadSignature,
    /// <summary>The seal's own structure is broken, or it does not cover what it claims.</summary>
    Malformed,
    /// <summary>Another algorithm or form than those known here; nothing is said about it.</summary>
    Unsupported,
}

/// <summary>What the document did after a seal was put on it.</summary>
public enum SealCoverage
{
    /// <summary>The seal covers the whole file.</summary>
    WholeDocument,
    /// <summary>Only further seals were added.</summary>
    LaterSeals,
    /// <summary>Something else changed.</summary>
    ChangedSince,
    /// <summary>Cannot be said: the seal is not intact.</summary>
    Unknown,
}

/// <summary>One seal of a document.</summary>
/// <param name="FieldName">The signature field.</param>
/// <param name="State">What it is worth by itself.</param>
/// <param name="Coverage">Whether the document is still the one sealed.</param>
/// <param name="Signer">Organisation or name in the certificate.</param>
/// <param name="SignedAt">The time the signer claims.</param>
/// <param name="DocumentName">The name the signer was shown, if signed with it.</param>
/// <param name="Reason">As the signature dictionary says; not signed for by name.</param>
/// <param name="Digest">SM3, or SHA-256 when the seal is made with it, of the sealed bytes as they are now.</param>
/// <param name="Path">The way to a trusted root at that time. Revocation is not asked here.</param>
/// <param name="LaterSeals">Fields sealed afterwards.</param>
/// <param name="Changes">What else changed since, in words.</param>
/// <param name="Detail">Why the state is what it is.</param>
public sealed record PdfSealReport(
    string FieldName, SealState State, SealCoverage Coverage, string Signer, DateTimeOffset? SignedAt, string? DocumentName, string? Reason,
    byte[] Digest, SignerPath Path, IReadOnlyList<string> LaterSeals, IReadOnlyList<string> Changes, string Detail)
{
    /// <summary>Intact, trusted, not withdrawn, and the document is still the one sealed.</summary>
    public bool IsValid => State == SealState.Intact && Path.IsTrusted && Withdrawn is null && Seal is null or { IsTrusted: true } && Coverage is SealCoverage.WholeDocument or SealCoverage.LaterSeals;

    /// <summary>As the signature dictionary labels it.</summary>
    public string SubFilter { get; init; } = "";

    /// <summary>The stamp on the signature; null without one.</summary>
    public TimeStamp? TimeStamp { get; init; }

    /// <summary>The electronic seal of GB/T 38540 it was made with; null in the other forms.</summary>
    public UsedElectronicSeal? Seal { get; init; }

    /// <summary>What identifies this seal anywhere, however it is spelt: SM3 over its signature r‖s. Empty when it cannot be read.</summary>
    public byte[] SealId { get; init; } = [];

    /// <summary>Why its owner withdrew it, by a statement in the document; null while none is there. The service may know of one that was cut off.</summary>
    public string? Withdrawn { get; init; }

    /// <summary>The signer's certificate, DER; empty when it cannot be read.</summary>
    public byte[] Certificate { get; init; } = [];

    /// <summary>The seal as it lies in /Contents, without the zeros after it: what a verify service wants. Empty when it cannot be read.</summary>
    public byte[] Contents { get; init; } = [];
}

/// <summary>Verifies every seal of a PDF, reading it once for each seal; memory does not grow with the document.</summary>
public static class PdfSealVerifier
{
    /// <summary>The document is read once for each; nobody seals one so often.</summary>
    private const int MaximumSeals = 500;

    /// <summary>What all signature dictionaries come to in memory: a quarter of a megabyte each when there are five hundred.</summary>
    private const long MaximumSignatures = 128 * 1024 * 1024;

    /// <summary>A sentence. A longer one is not told: many seals may refer to the same text, and each report has its own.</summary>
    private const int MaximumReason = 64 * 1024;

    /// <summary>
    /// For each seal the structure of the revision it sealed is read anew. That is the file's own length at most where it is written plainly (and the
    /// digest passes over all of it in any case), and as much more as its streams inflate to: 32 MiB are the objects of ten thousand pages. Five hundred
    /// seals on such a document pass; what costs more than the ceiling, minutes of reading, is refused.
    /// </summary>
    private const long ForEachSeal = 32 * 1024 * 1024, Ceiling = 16L << 30;

    /// <summary>Every signed signature field, in the order of the form; none when the document bears no seal.</summary>
    /// <param name="pdf">The document; must seek.</param>
    /// <param name="roots">Trusted roots, DER.</param>
    /// <param name="known">Further certificates that may lead to one: seals of GB/T 38540 bring none along.</param>
    /// <exception cref="PdfRefusedException">The document itself cannot be read.</exception>
    public static IReadOnlyList<PdfSealReport> Verify(Stream pdf, IReadOnlyList<byte[]> roots, IReadOnlyList<byte[]>? known = null)
    {
        // One for the document and for all its sealed revisions.
        var budget = new PdfBudget();
        var document = PdfDocument.Open(pdf, budget: budget);
        var fields = Fields(document);
        budget.Raise(Math.Min(Ceiling, fields.Count * (ForEachSeal + document.Length)));
        var present = new PdfPresent(document);
        // What one seal brings along may lead another to its root: a certificate is believed for its issuer's signature, not for where it lay.
        byte[][] candidates = [.. known ?? [], .. fields.SelectMany(Certificates)];
        var withdrawals = PdfWithdrawals.Read(document).ToArray();
        // Fields may share a signature: it is judged once.
        var judged = new Dictionary<PdfDictionary, Judged>(ReferenceEqualityComparer.Instance);
        Judged Judge(PdfSignatureField field)
        {
            if (!judged.TryGetValue(field.Signature, out var one)) judged[field.Signature] = one = Verify(pdf, present, budget, field, roots, candidates);
            return one with { Report = one.Report with { FieldName = field.Name } };
        }
        return [.. WithLaterSeals([.. fields.Select(Judge)]).Select(report => report with
        {
            Withdrawn = withdrawals.Select(statement => statement.Withdraws(report.SealId, report.Certificate, roots, candidates)).FirstOrDefault(reason => reason is not null),
        })];
    }

    private static List<PdfSignatureField> Fields(PdfDocument document)
    {
        var fields = new List<PdfSignatureField>();
        var (size, counted) = (0L, new HashSet<PdfDictionary>(ReferenceEqualityComparer.Instance));
        foreach (var field in PdfSignatureFields.Signed(document))
        {
            fields.Add(field);
            if (counted.Add(field.Signature)) size += Size(field.Signature);
            if (fields.Count > MaximumSeals || size > MaximumSignatures) throw new PdfRefusedException(PdfRefusal.TooLarge, "signatures");
        }
        return fields;

        static long Size(PdfObject value) => 64 + value switch
        {
            PdfString text => text.Bytes.Length,
            PdfArray array => array.Items.Sum(Size),
            PdfDictionary dictionary => dictionary.Entries.Sum(entry => Size(entry.Value)),
            _ => 0,
        };
    }

    /// <summary>
    /// What a later update draws in a signature field must be under a seal that came later, holds, and saw no other change itself: else anybody lays
    /// what he likes over a sealed page, in a field that he signs never, or gives to a signature that was there before. A seal covers everything up to
    /// its end, so one is enough: what follows it is judged under it.
    /// </summary>
    private static IEnumerable<PdfSealReport> WithLaterSeals(IReadOnlyList<Judged> judged)
    {
        var results = new PdfSealReport[judged.Count];
        var covered = 0L;
        foreach (var (i, one) in judged.Index().OrderByDescending(entry => entry.Item.End))
        {
            results[i] = one.Report.State == SealState.Intact
                ? one.Report with { LaterSeals = [.. judged.Where(other => other.End > one.End && other.Report.FieldName.Length > 0).OrderBy(other => other.End).Select(other => other.Report.FieldName).Distinct()] }
                : one.Report;
            if (one.Report.Coverage == SealCoverage.LaterSeals && one.Drawn.Count > 0 && covered <= one.End)
            {
                results[i] = results[i] with { Coverage = SealCoverage.ChangedSince, Changes = [.. one.Drawn.Select(name => $"field {name}: drawn, and not sealed")] };
            }
            if (results[i] is { State: SealState.Intact, Coverage: SealCoverage.WholeDocument or SealCoverage.LaterSeals }) covered = Math.Max(covered, one.End);
        }
        return results;
    }

    /// <param name="Report">But for what later seals make of it.</param>
    /// <param name="End">Of the bytes it claims to cover; 0 when that cannot be read.</param>
    /// <param name="Drawn">Signature fields of later updates that draw something.</param>
    private sealed record Judged(PdfSealReport Report, long End, IReadOnlyCollection<string> Drawn);

    private static Judged Verify(Stream pdf, PdfPresent present, PdfBudget budget, PdfSignatureField field, IReadOnlyList<byte[]> roots, IReadOnlyList<byte[]> known)
    {
        var document = present.Document;
        var reason = document.TryResolve<PdfString>(field.Signature["Reason"], out var text) && text.Bytes.Length <= MaximumReason ? PdfSignatureFields.Text(text) : null;
        Judged Refused(SealState state, string why, byte[]? digest = null, long end = 0) => new(
            new(field.Name, state, SealCoverage.Unknown, "", null, null, reason, digest ?? [], SignerPath.None, [], [], why)
            {
                SubFilter = digest is null ? "" : (document.Resolve(field.Signature["SubFilter"]) as PdfName)?.Value ?? "",
            },
            end, []);

        if (!TryRange(document, field.Signature, out var range, out var contents)) return Refused(SealState.Malformed, "/ByteRange and /Contents do not fit together");
        var end = range[2] + range[3];
        var kind = SealContent.TryRead(contents, out _)?.Kind ?? SealDigest.Sm3;
        var digest = Digest(pdf, range, kind);
        var filter = (document.Resolve(field.Signature["SubFilter"]) as PdfName)?.Value;
        if (PdfSignatureFields.FormOf(filter) is null) return Refused(SealState.Unsupported, $"/SubFilter {filter}", digest, end);
        var seal = DetachedSealVerifier.Verify(contents, digest, roots, known, kind);
        if (seal.State == SealState.Unsupported) return Refused(SealState.Unsupported, seal.Detail, digest, end);

        // The dictionary's own time lies in the sealed bytes too.
        var signedAt = seal.SignedAt ?? PdfSignatureFields.Date(document.Resolve(field.Signature["M"]));
        var at = seal.KnownAt ?? signedAt ?? DateTimeOffset.MinValue;
        var (coverage, changes) = seal.State == SealState.Intact ? Coverage(pdf, present, budget, end) : (SealCoverage.Unknown, new PdfChanges([], []));
        var report = new PdfSealReport(
            field.Name, seal.State, coverage, CmsSeal.Subject(seal.Certificate), signedAt, seal.DocumentName, reason, digest,
            SignerPath.Build(seal.Certificate, seal.Others.Concat(known), roots, at), [], changes.Changes, seal.Detail)
        {
            SubFilter = filter!,
            TimeStamp = seal.TimeStamp,
            Seal = seal.Seal,
            SealId = seal.SealId,
            Certificate = seal.Certificate,
            Contents = Trimmed(contents),
        };
        return new Judged(report, end, changes.Drawn);
    }

    private static IEnumerable<byte[]> Certificates(PdfSignatureField field) =>
        field.Signature["Contents"] is PdfString contents && SealContent.TryRead(contents.Bytes, out _) is { } seal
            ? seal.TimeStamp is { } token && SignedCms.TryRead(token, out _) is { } stamp ? [.. seal.Others, .. stamp.Others] : seal.Others
            : [];

    private static byte[] Trimmed(byte[] contents)
    {
        var outer = new System.Formats.Asn1.AsnReader(contents, System.Formats.Asn1.AsnEncodingRules.BER);
        return outer.ReadEncodedValue().ToArray();
    }

    /// <summary>
    /// The two ranges begin at 0, and the gap between them is exactly this dictionary's own /Contents: a gap elsewhere or a wider one
    /// would leave bytes that nobody signed.
    /// </summary>
    internal static bool TryRange(PdfDocument document, PdfDictionary signature, out long[] range, out byte[] contents)
    {
        (range, contents) = ([], []);
        if (!document.TryResolve<PdfArray>(signature["ByteRange"], out var array) || array.Items.Count != 4 || signature["Contents"] is not PdfString value) return false;
        range = new long[4];
        for (var i = 0; i < 4; i++)
        {
            if (array.Items[i] is not PdfNumber number || !number.TryInteger(out range[i]) || range[i] < 0) return false;
        }
        var gap = range[2] - range[1];
        if (range[0] != 0 || gap is < 2 or > 16 * 1024 * 1024 || range[2] > document.Length || range[3] > document.Length - range[2]) return false;
        var hex = document.Raw(range[1], (int)gap);
        contents = value.Bytes;
        return hex[0] == '<' && hex[^1] == '>' && gap == 2 + 2L * contents.Length
            && System.Text.Encoding.ASCII.GetString(hex.AsSpan(1, hex.Length - 2)).Equals(Convert.ToHexString(contents), StringComparison.OrdinalIgnoreCase);
    }

    private static byte[] Digest(Stream pdf, long[] range, SealDigest kind)
    {
        using var digest = new DocumentDigest(kind);
        var buffer = new byte[256 * 1024];
        for (var i = 0; i < 4; i += 2)
        {
            pdf.Position = range[i];
            for (var left = range[i + 1]; left > 0;)
            {
                var n = pdf.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
                if (n == 0) throw new PdfRefusedException(PdfRefusal.Damaged, "the file became shorter while it was read");
                digest.Append(buffer.AsSpan(0, n));
                left -= n;
            }
        }
        return digest.Finish();
    }

    private static (SealCoverage, PdfChanges) Coverage(Stream pdf, PdfPresent present, PdfBudget budget, long end)
    {
        if (end == present.Document.Length) return (SealCoverage.WholeDocument, new PdfChanges([], []));
        try
        {
            var changes = PdfRevision.Compare(PdfDocument.Open(pdf, end, budget), present);
            return (changes.Changes.Count == 0 ? SealCoverage.LaterSeals : SealCoverage.ChangedSince, changes);
        }
        // Too large is no word about the seal: the file is refused.
        catch (PdfRefusedException e) when (e.Reason != PdfRefusal.TooLarge)
        {
            return (SealCoverage.ChangedSince, new PdfChanges([], [$"the sealed revision cannot be read by itself: {e.Reason}"]));
        }
    }
}
