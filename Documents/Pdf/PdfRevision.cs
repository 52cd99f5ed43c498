namespace Bzt.Documents.Pdf;

/// <summary>What happened to a document after one of its signatures was made.</summary>
/// <param name="LaterSeals">Signature fields that were added or filled in.</param>
/// <param name="Changes">Everything else that changed, in words; empty when later seals are all.</param>
internal sealed record PdfChanges(IReadOnlyList<PdfLaterField> LaterSeals, IReadOnlyList<string> Changes);

/// <summary>A signature field of a later update, or one of its places on a page.</summary>
/// <param name="Name">As its dictionary says.</param>
/// <param name="Contents">Of the signature it shows; null when it has none.</param>
/// <param name="Shows">It draws something on the page: what, is whoever's who sealed it, and nobody's when none did.</param>
internal sealed record PdfLaterField(string Name, byte[]? Contents, bool Shows);

/// <summary>
/// Compares a signed revision with the document as it is now. An incremental update may put a seal on the document; whatever else it
/// does (exchange a page's content, overlay it, use a number the signed revision left dangling) is a change.
/// </summary>
internal sealed class PdfRevision
{
    private const int MaximumReported = 20;

    /// <summary>What a signature may add to the catalogue: the form itself, and PAdES' validation data. And what nobody shows: statements about seals.</summary>
    private static readonly string[] CatalogAdditions = ["AcroForm", "DSS", "Extensions", PdfWithdrawals.CatalogueKey];

    private readonly PdfDocument signed, now;
    private readonly List<PdfLaterField> seals = [];
    private readonly List<string> changes = [];

    private PdfRevision(PdfDocument signed, PdfDocument now) => (this.signed, this.now) = (signed, now);

    /// <param name="signed">The document up to the signature's end.</param>
    /// <param name="now">The whole document.</param>
    public static PdfChanges Compare(PdfDocument signed, PdfDocument now)
    {
        var comparison = new PdfRevision(signed, now);
        comparison.Run();
        return new PdfChanges(comparison.seals, comparison.changes);
    }

    private void Run()
    {
        if (signed.CatalogReference != now.CatalogReference)
        {
            changes.Add("the catalogue was exchanged");
            return;
        }
        var touched = now.Xref.Sections.Where(s => s.Offset >= signed.Length).SelectMany(s => s.Numbers).ToHashSet();
        var added = touched.Where(n => signed.Xref[n].Kind == PdfXrefEntry.Kinds.Free).ToHashSet();
        var pages = now.Pages().ToDictionary(p => p.Reference.Number, p => p.Index);
        foreach (var number in touched.Except(added).Order())
        {
            if (changes.Count >= MaximumReported) return;
            var (before, after) = (Load(signed, number), Load(now, number));
            if (Same(before, after) || Allowed(number, before, after, pages)) continue;
            changes.Add(pages.TryGetValue(number, out var page) ? $"page {page}" : $"object {number}");
        }
        // A new object is harmless where nothing signed refers to its number.
        if (added.Count > 0 && signed.References().FirstOrDefault(r => added.Contains(r.Number)) is { } dangling) changes.Add($"object {dangling.Number} was referred to and missing when the seal was made");
    }

    private bool Allowed(int number, PdfObject before, PdfObject after, Dictionary<int, int> pages)
    {
        if (after is PdfArray newer && before is PdfArray older) return OnlySealsAdded(older, newer);
        if (before is not PdfDictionary old || after is not PdfDictionary fresh)
        {
            // Catalogue metadata: producers note the time of each save there.
            return number == (signed.Catalog["Metadata"] as PdfReference)?.Number && after is PdfStream && now.Catalog["Metadata"] == signed.Catalog["Metadata"];
        }
        if (number == signed.CatalogReference.Number)
        {
            return old.Without(CatalogAdditions).Equals(fresh.Without(CatalogAdditions)) && FormAllowed(signed.Resolve(old["AcroForm"]), now.Resolve(fresh["AcroForm"]));
        }
        if (number == (signed.Catalog["AcroForm"] as PdfReference)?.Number) return FormAllowed(old, fresh);
        if (number == (signed.Trailer["Info"] as PdfReference)?.Number) return true;
        if (pages.ContainsKey(number))
        {
            return old.Without("Annots").Equals(fresh.Without("Annots")) && OnlySealsAdded(signed.Resolve(old["Annots"]), now.Resolve(fresh["Annots"]));
        }
        // An empty signature field was filled in.
        return IsSealField(fresh) && !old.TryGet("V", out _) && old["FT"].Equals(fresh["FT"]) && old["Rect"].Equals(fresh["Rect"]) && old["T"].Equals(fresh["T"]) && Note(fresh);
    }

    private bool FormAllowed(PdfObject before, PdfObject after)
    {
        if (after is not PdfDictionary fresh) return before is PdfNull && after is PdfNull;
        var old = before as PdfDictionary ?? PdfDictionary.Empty;
        // Default resources and appearance come with a form where there was none.
        if (before is PdfDictionary && !old.Without("Fields", "SigFlags").Equals(fresh.Without("Fields", "SigFlags"))) return false;
        return OnlySealsAdded(signed.Resolve(old["Fields"]), now.Resolve(fresh["Fields"]));
    }

    /// <summary>The old items are still there in their order; what is new among them are seals.</summary>
    private bool OnlySealsAdded(PdfObject before, PdfObject after)
    {
        var old = (before as PdfArray)?.Items ?? [];
        if (after is not PdfArray fresh) return old.Count == 0;
        var kept = 0;
        foreach (var item in fresh.Items)
        {
            if (kept < old.Count && item.Equals(old[kept])) { kept++; continue; }
            if (!now.TryResolve<PdfDictionary>(item, out var field) || !IsSealField(field) || !Note(field)) return false;
        }
        return kept == old.Count;
    }

    private bool IsSealField(PdfDictionary field)
    {
        var parent = now.Resolve(field["Parent"]) as PdfDictionary ?? PdfDictionary.Empty;
        return (field["FT"] is PdfName { Value: "Sig" } || parent["FT"] is PdfName { Value: "Sig" })
            && (!field.TryGet("Subtype", out var subtype) || subtype is PdfName { Value: "Widget" })
            && !field.TryGet("A", out _) && !field.TryGet("AA", out _);
    }

    private bool Note(PdfDictionary field)
    {
        var parent = now.Resolve(field["Parent"]) as PdfDictionary ?? PdfDictionary.Empty;
        var name = now.Resolve(field["T"]) as PdfString ?? now.Resolve(parent["T"]) as PdfString;
        var signature = now.Resolve(field["V"]) as PdfDictionary ?? now.Resolve(parent["V"]) as PdfDictionary;
        seals.Add(new PdfLaterField(name is null ? "" : PdfSignatureFields.Text(name), (signature?["Contents"] as PdfString)?.Bytes, Shows(field)));
        return true;
    }

    /// <summary>Without an appearance, or without extent, nothing is drawn: a place kept for a seal, a time stamp of the document.</summary>
    private bool Shows(PdfDictionary widget) => (widget.TryGet("AP", out _) || widget.TryGet("MK", out _))
        && !(now.Resolve(widget["Rect"]) is PdfArray { Items: [PdfNumber left, PdfNumber bottom, PdfNumber right, PdfNumber top] } && (left.Value == right.Value || bottom.Value == top.Value));

    private static bool Same(PdfObject before, PdfObject after) => before is not PdfStream && before.Equals(after);

    private static PdfObject Load(PdfDocument document, int number)
    {
        var entry = document.Xref[number];
        return entry.Kind == PdfXrefEntry.Kinds.Free ? PdfNull.Value
            : document.Resolve(new PdfReference(number, entry.Kind == PdfXrefEntry.Kinds.Plain ? entry.GenerationOrIndex : 0));
    }
}
