using Bzt.Documents.Seals;

namespace Bzt.Documents.Pdf;

/// <summary>Verifies every seal of a PDF. The file is digested in one pass for all of them, and its structure read once but for what changed between them; memory does not grow with the document.</summary>
public static class PdfSealVerifier
{
    /// <summary>Fields that bear one; several may share a signature.</summary>
    private const int MaximumFields = 500;

    /// <summary>Signatures: for each its revision is opened, and dozens of signatures of certificates may have to be verified.</summary>
    private const int MaximumSeals = 200;

    /// <summary>What all signature dictionaries come to in memory.</summary>
    private const long MaximumSignatures = 128 * 1024 * 1024;

    /// <summary>A sentence. A longer one is not told: many seals may refer to the same text, and each report has its own.</summary>
    private const int MaximumReason = 64 * 1024;

    /// <summary>
    /// Beside one reading of the document: for each seal its revision's cross-references, and what later updates touched, are read anew, which for a strip of a
    /// seal on each of two thousand pages is some megabytes. What costs more than the ceiling is refused.
    /// </summary>
    private const long ForEachSeal = 32 * 1024 * 1024, Ceiling = 1L << 30;

    /// <summary>Every signed signature field, in the order of the form; none when the document bears no seal.</summary>
    /// <param name="pdf">The document; must seek.</param>
    /// <param name="roots">Trusted roots, DER.</param>
    /// <param name="known">Further certificates that may lead to one: seals of GB/T 38540 bring none along.</param>
    /// <exception cref="PdfRefusedException">The document itself cannot be read, or costs too much: that says nothing about its seals.</exception>
    public static IReadOnlyList<PdfSealReport> Verify(Stream pdf, IReadOnlyList<byte[]> roots, IReadOnlyList<byte[]>? known = null)
    {
        // One for the document and for all its sealed revisions.
        var budget = new PdfBudget();
        var document = PdfDocument.Open(pdf, budget: budget);
        var fields = Fields(document);
        // Fields may share a signature: it is read and judged once.
        var signatures = fields.Select(field => field.Signature).Distinct(ReferenceEqualityComparer.Instance).Cast<PdfDictionary>().Select(signature => Read(document, signature)).ToList();
        budget.Raise(Math.Min(Ceiling, signatures.Count * ForEachSeal));
        var digests = SealedDigests.Of(pdf, signatures.Where(signature => signature.IsReadable).Select(signature => (signature.Range, signature.Kind)));
        var issuers = SealIssuers.Gather(known ?? [], signatures.Select(signature => signature.Seal).OfType<SealContent>());
        var context = new Context(pdf, new PdfPresent(document), budget, roots, issuers, new KnownWithdrawals([.. PdfWithdrawals.Read(document)], roots, issuers.All));
        var judged = new Dictionary<PdfDictionary, Judged>(ReferenceEqualityComparer.Instance);
        // The oldest first: what is read of it serves the others.
        foreach (var signature in signatures.OrderBy(signature => signature.Range.End))
        {
            judged[signature.Dictionary] = Judge(context, signature, signature.IsReadable ? digests[(signature.Range, signature.Kind)] : []);
        }
        return [.. WithLaterSeals([.. fields.Select(field => judged[field.Signature].Of(field))])];
    }

    private static List<PdfSignatureField> Fields(PdfDocument document)
    {
        var fields = new List<PdfSignatureField>();
        var (size, counted) = (0L, new HashSet<PdfDictionary>(ReferenceEqualityComparer.Instance));
        foreach (var field in PdfSignatureFields.Signed(document))
        {
            fields.Add(field);
            if (counted.Add(field.Signature)) size += Size(field.Signature);
            if (fields.Count > MaximumFields) throw new PdfRefusedException(PdfRefusal.TooLarge, $"more than {MaximumFields} signed fields");
            if (counted.Count > MaximumSeals) throw new PdfRefusedException(PdfRefusal.TooLarge, $"more than {MaximumSeals} signatures");
            if (size > MaximumSignatures) throw new PdfRefusedException(PdfRefusal.TooLarge, "signatures");
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
    private sealed record Judged(PdfSealReport Report, long End, IReadOnlyCollection<string> Drawn)
    {
        public Judged Of(PdfSignatureField field) => this with { Report = Report with { FieldName = field.Name } };
    }

    /// <param name="Contents">What lies in the gap; empty when the ranges and it do not fit together.</param>
    /// <param name="Seal">Null when it is none that is known here; <paramref name="Why"/> says what was met instead.</param>
    private sealed record Signature(PdfDictionary Dictionary, SealedRange Range, byte[] Contents, SealContent? Seal, string Why)
    {
        public bool IsReadable => Range.End > 0;

        public SealDigest Kind => Seal?.Kind ?? SealDigest.Sm3;
    }

    /// <summary>What every seal is judged in.</summary>
    private sealed record Context(Stream Pdf, PdfPresent Present, PdfBudget Budget, IReadOnlyList<byte[]> Roots, SealIssuers Issuers, KnownWithdrawals Withdrawals);

    private static Signature Read(PdfDocument document, PdfDictionary signature) =>
        !TryRange(document, signature, out var range, out var contents) ? new Signature(signature, default, [], null, "/ByteRange and /Contents do not fit together")
        : new Signature(signature, new SealedRange(range[1], range[2], range[2] + range[3]), contents, SealContent.TryRead(contents, out var why), why);

    private static Judged Judge(Context context, Signature signature, byte[] digest)
    {
        var (document, dictionary, end) = (context.Present.Document, signature.Dictionary, signature.Range.End);
        var reason = document.TryResolve<PdfString>(dictionary["Reason"], out var text) && text.Bytes.Length <= MaximumReason ? PdfSignatureFields.Text(text) : null;
        var filter = (document.Resolve(dictionary["SubFilter"]) as PdfName)?.Value;
        Judged Refused(SealState state, string why) => new(
            new("", state, SealCoverage.Unknown, "", null, null, reason, digest, SignerPath.None, [], [], why) { SubFilter = signature.IsReadable ? filter ?? "" : "" }, end, []);

        if (!signature.IsReadable) return Refused(SealState.Malformed, signature.Why);
        if (PdfSignatureFields.FormOf(filter) is null) return Refused(SealState.Unsupported, $"/SubFilter {filter}");
        if (signature.Seal is not { } content) return Refused(SealState.Unsupported, signature.Why);

        var known = context.Issuers.For(content);
        var seal = DetachedSealVerifier.Judge(content, signature.Why, digest, context.Roots, known);
        // The dictionary's own time lies in the sealed bytes too.
        var signedAt = seal.SignedAt ?? PdfSignatureFields.Date(document.Resolve(dictionary["M"]));
        var at = seal.KnownAt ?? signedAt ?? DateTimeOffset.MinValue;
        var (coverage, changes) = seal.State == SealState.Intact ? Coverage(context, end) : (SealCoverage.Unknown, new PdfChanges([], []));
        var report = new PdfSealReport(
            "", seal.State, coverage, CmsSeal.Subject(seal.Certificate), signedAt, seal.DocumentName, reason, digest,
            SignerPath.Build(seal.Certificate, known, context.Roots, at), [], changes.Changes, seal.Detail)
        {
            SubFilter = filter!,
            TimeStamp = seal.TimeStamp,
            Seal = seal.Seal,
            SealId = seal.SealId,
            Withdrawn = context.Withdrawals.Of(seal.SealId, seal.Certificate),
            Certificate = seal.Certificate,
            Contents = Trimmed(signature.Contents),
        };
        return new Judged(report, end, changes.Drawn);
    }

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

    private static (SealCoverage, PdfChanges) Coverage(Context context, long end)
    {
        if (end == context.Present.Document.Length) return (SealCoverage.WholeDocument, new PdfChanges([], []));
        try
        {
            var changes = PdfRevision.Compare(PdfDocument.Open(context.Pdf, end, context.Budget), context.Present);
            return (changes.Changes.Count == 0 ? SealCoverage.LaterSeals : SealCoverage.ChangedSince, changes);
        }
        // Too large is no word about the seal: the file is refused.
        catch (PdfRefusedException e) when (e.Reason != PdfRefusal.TooLarge)
        {
            return (SealCoverage.ChangedSince, new PdfChanges([], [$"the sealed revision cannot be read by itself: {e.Reason}"]));
        }
    }
}
