namespace Bzt.Documents.Pdf;

/// <summary>What happened to a document after one of its signatures was made.</summary>
/// <param name="Drawn">Signature fields of later updates, or further places of them, that draw something on a page: what, is whoever's who sealed it, and nobody's when none did. The first few.</param>
/// <param name="Changes">Everything else that changed, in words; empty when signature fields are all.</param>
internal sealed record PdfChanges(IReadOnlyCollection<string> Drawn, IReadOnlyList<string> Changes);

/// <summary>
/// The document as it is now, and what every comparison asks of it again: read once, however many seals there are. Of a field nothing is kept but
/// whether it is one of seals, and its name when it draws.
/// </summary>
internal sealed class PdfPresent(PdfDocument document)
{
    private const int LongestName = 200;

    private readonly Dictionary<PdfReference, Field?> fields = [];
    private readonly Dictionary<PdfReference, Parent> parents = [];
    private Dictionary<int, int>? pages;
    private PdfSteadyPart? steady;

    /// <param name="Drawn">Its name, when it draws something.</param>
    /// <param name="IsWidget">May be among a page's annotations.</param>
    internal sealed record Field(string? Drawn, bool IsWidget);

    private sealed record Parent(bool IsSeal, string Name);

    public PdfDocument Document => document;

    /// <summary>Numbers of page objects, and which page each is.</summary>
    public IReadOnlyDictionary<int, int> Pages => pages ??= document.Pages().ToDictionary(page => page.Reference.Number, page => page.Index);

    /// <summary>What updates wrote that lie behind the first bytes.</summary>
    public IReadOnlySet<int> TouchedSince(long length)
    {
        var later = document.Xref.Sections.Where(section => section.Offset >= length).ToList();
        document.Budget.SpendParsing(later.Sum(section => (long)section.Numbers.Count));
        return later.SelectMany(section => section.Numbers).ToHashSet();
    }

    /// <summary>Every reference that stands in the revision to what was touched since, and to some of what was touched before. The oldest revision first: what it reads serves the others.</summary>
    /// <param name="signed">A revision that the document is built on.</param>
    public IEnumerable<PdfUse> References(PdfDocument signed)
    {
        if (steady is null || signed.Length < steady.Since) steady = PdfSteadyPart.Read(signed, TouchedSince(signed.Length));
        return steady.References(signed);
    }

    /// <summary>The signature field, or one place of it; null for anything else.</summary>
    public Field? SealField(PdfObject item)
    {
        if (item is not PdfReference reference) return item is PdfDictionary direct ? Read(direct) : null;
        if (!fields.TryGetValue(reference, out var known)) fields[reference] = known = document.TryResolve<PdfDictionary>(reference, out var field) ? Read(field) : null;
        return known;
    }

    private Field? Read(PdfDictionary field)
    {
        var parent = ParentOf(field["Parent"]);
        var isSeal = (field["FT"] is PdfName { Value: "Sig" } || parent.IsSeal)
            && field["Type"] is PdfNull or PdfName { Value: "Annot" } && field["Subtype"] is PdfNull or PdfName { Value: "Widget" }
            && !field.TryGet("A", out _) && !field.TryGet("AA", out _);
        return !isSeal ? null : new Field(Shows(field) ? Name(field) ?? parent.Name : null, field.TryGet("Subtype", out _));
    }

    private Parent ParentOf(PdfObject value)
    {
        if (value is not PdfReference reference) return Describe(value);
        if (!parents.TryGetValue(reference, out var known)) parents[reference] = known = Describe(document.Resolve(reference));
        return known;

        Parent Describe(PdfObject found) => found is PdfDictionary parent ? new Parent(parent["FT"] is PdfName { Value: "Sig" }, Name(parent) ?? "") : new Parent(false, "");
    }

    private string? Name(PdfDictionary field) =>
        document.TryResolve<PdfString>(field["T"], out var name) ? PdfSignatureFields.Text(new PdfString(name.Bytes[..Math.Min(LongestName, name.Bytes.Length)])) : null;

    /// <summary>Without an appearance, or without extent, nothing is drawn: a place kept for a seal, a time stamp of the document.</summary>
    private bool Shows(PdfDictionary widget) => (widget.TryGet("AP", out _) || Draws(document.Resolve(widget["MK"])))
        && !(document.Resolve(widget["Rect"]) is PdfArray { Items: [PdfNumber left, PdfNumber bottom, PdfNumber right, PdfNumber top] } && (left.Value == right.Value || bottom.Value == top.Value));

    /// <summary>Table 189: a rotation, and where a caption would be, draw nothing; all others are colours, captions and icons.</summary>
    private static bool Draws(PdfObject characteristics) => characteristics switch
    {
        PdfNull => false,
        PdfDictionary dictionary => dictionary.Entries.Any(entry => entry is { Key: not ("R" or "TP"), Value: not PdfNull }),
        _ => true,
    };
}

/// <summary>
/// Compares a signed revision with the document as it is now. An incremental update may put a seal on the document; whatever else it
/// does (exchange a page's content, overlay it, use a number the signed revision left dangling) is a change.
/// </summary>
internal sealed class PdfRevision
{
    private const int MaximumReported = 20;

    /// <summary>What a signature may add to the catalogue: the form itself, and PAdES' validation data. And what nobody shows: statements about seals.</summary>
    private static readonly string[] CatalogAdditions = ["AcroForm", "DSS", "Extensions", PdfWithdrawals.CatalogueKey];

    /// <summary>What filling a signature field in may add to it.</summary>
    private static readonly string[] FieldAdditions = ["V", "AP", "MK", "F", "P", "Type", "Subtype", "Lock", "SV", "M", "DA"];

    /// <summary>As what the sealed revision uses an object: in the form's or a page's list (or as that list), elsewhere as a field may be, as the catalogue's metadata, or as anything else.</summary>
    [Flags]
    private enum Uses { None = 0, Fields = 1, Annotations = 2, Field = 4, Metadata = 8, Other = 16 }

    private readonly PdfDocument signed, now;
    private readonly PdfPresent present;
    private readonly Dictionary<int, Uses> uses = [];
    private readonly HashSet<string> drawn = [];
    private readonly List<string> changes = [];

    private PdfRevision(PdfDocument signed, PdfPresent present) => (this.signed, this.present, now) = (signed, present, present.Document);

    /// <param name="signed">The document up to the signature's end.</param>
    /// <param name="present">The whole document.</param>
    public static PdfChanges Compare(PdfDocument signed, PdfPresent present)
    {
        var comparison = new PdfRevision(signed, present);
        comparison.Run();
        return new PdfChanges(comparison.drawn, comparison.changes);
    }

    private void Run()
    {
        if (signed.CatalogReference != now.CatalogReference)
        {
            changes.Add("the catalogue was exchanged");
            return;
        }
        // Sections that lay in the sealed bytes and were not in use would exchange objects that no later section names.
        if (!now.Xref.Sections.Select(s => s.Offset).Where(offset => offset < signed.Length).SequenceEqual(signed.Xref.Sections.Select(s => s.Offset)))
        {
            changes.Add("the document is not built on the sealed revision");
            return;
        }
        var touched = present.TouchedSince(signed.Length);
        var added = touched.Where(n => signed.Xref[n].Kind == PdfXrefEntry.Kinds.Free).ToHashSet();
        foreach (var use in present.References(signed).Where(use => touched.Contains(use.Reference.Number)))
        {
            uses[use.Reference.Number] = UsesOf(use.Reference.Number) | KindOf(use);
        }
        foreach (var number in touched.Except(added).Order())
        {
            if (changes.Count >= MaximumReported) return;
            var (before, after) = (Load(signed, number), Load(now, number));
            // Under another generation the same object is lost to whoever refers to it.
            if (Generation(signed, number) == Generation(now, number) && (Same(before, after) || Allowed(number, before, after))) continue;
            changes.Add(present.Pages.TryGetValue(number, out var page) ? $"page {page}" : $"object {number}");
        }
        // A new object is harmless where nothing signed refers to its number, and later bytes where nothing signed reaches into them.
        foreach (var dangling in added.Where(uses.ContainsKey).Order().Take(1)) changes.Add($"object {dangling} was referred to and missing when the seal was made");
    }

    private Uses KindOf(PdfUse use) => use.Key switch
    {
        "Fields" when use.By == signed.CatalogReference.Number || use.By == (signed.Catalog["AcroForm"] as PdfReference)?.Number => Uses.Fields,
        "Annots" when present.Pages.ContainsKey(use.By) => Uses.Annotations,
        // Its parent's list, its places' parent, the document's structure; a list that is an object by itself.
        "Kids" or "Parent" or "Obj" or "" => Uses.Field,
        "Metadata" when use.By == signed.CatalogReference.Number => Uses.Metadata,
        _ => Uses.Other,
    };

    private Uses UsesOf(int number) => uses.GetValueOrDefault(number);

    /// <summary>Used so, and as nothing else.</summary>
    private bool IsOnly(int number, Uses allowed) => UsesOf(number) is not Uses.None and var all && (all & ~allowed) == Uses.None;

    private bool Allowed(int number, PdfObject before, PdfObject after)
    {
        if (after is PdfArray newer && before is PdfArray older)
        {
            return IsOnly(number, Uses.Fields | Uses.Annotations) && OnlySealsAdded(older, newer, UsesOf(number).HasFlag(Uses.Annotations));
        }
        if (before is not PdfDictionary old || after is not PdfDictionary fresh)
        {
            // Catalogue metadata: producers note the time of each save there.
            return IsOnly(number, Uses.Metadata) && before is PdfStream && after is PdfStream && now.Catalog["Metadata"] == signed.Catalog["Metadata"];
        }
        if (number == signed.CatalogReference.Number)
        {
            return old.Without(CatalogAdditions).Equals(fresh.Without(CatalogAdditions)) && FormAllowed(signed.Resolve(old["AcroForm"]), now.Resolve(fresh["AcroForm"]));
        }
        if (number == (signed.Catalog["AcroForm"] as PdfReference)?.Number) return FormAllowed(old, fresh);
        if (number == (signed.Trailer["Info"] as PdfReference)?.Number) return UsesOf(number) == Uses.None && IsFlat(old) && IsFlat(fresh);
        if (present.Pages.ContainsKey(number))
        {
            return old.Without("Annots").Equals(fresh.Without("Annots")) && OnlySealsAdded(signed.Resolve(old["Annots"]), now.Resolve(fresh["Annots"]), widgets: true);
        }
        return IsOnly(number, Uses.Fields | Uses.Annotations | Uses.Field) && IsFilledIn(old, fresh);

        static bool IsFlat(PdfDictionary information) => information.Entries.All(entry => entry.Value is not (PdfDictionary or PdfArray));
    }

    /// <summary>What was an empty signature field when the seal was made is given a signature, and an appearance.</summary>
    private bool IsFilledIn(PdfDictionary old, PdfDictionary fresh)
    {
        var parent = signed.Resolve(old["Parent"]) as PdfDictionary ?? PdfDictionary.Empty;
        return signed.Resolve(old.TryGet("FT", out var type) ? type : parent["FT"]) is PdfName { Value: "Sig" }
            && !old.TryGet("V", out _) && !parent.TryGet("V", out _)
            && old.Without(FieldAdditions).Equals(fresh.Without(FieldAdditions))
            && FieldAdditions.All(key => key == "AP" || !old.TryGet(key, out var value) || value.Equals(fresh[key]))
            && IsSealField(fresh, widget: false);
    }

    private bool FormAllowed(PdfObject before, PdfObject after)
    {
        if (after is not PdfDictionary fresh) return before is PdfNull && after is PdfNull;
        var old = before as PdfDictionary ?? PdfDictionary.Empty;
        // Default resources and appearance come with a form where there was none.
        if (before is PdfDictionary && !old.Without("Fields", "SigFlags").Equals(fresh.Without("Fields", "SigFlags"))) return false;
        return OnlySealsAdded(signed.Resolve(old["Fields"]), now.Resolve(fresh["Fields"]), widgets: false);
    }

    /// <summary>The old items are still there in their order; what is new among them are seals.</summary>
    private bool OnlySealsAdded(PdfObject before, PdfObject after, bool widgets)
    {
        var old = (before as PdfArray)?.Items ?? [];
        if (after is not PdfArray fresh) return old.Count == 0;
        var kept = 0;
        foreach (var item in fresh.Items)
        {
            if (kept < old.Count && item.Equals(old[kept])) { kept++; continue; }
            if (!IsSealField(item, widgets)) return false;
        }
        return kept == old.Count;
    }

    /// <summary>Notes it when it draws.</summary>
    private bool IsSealField(PdfObject item, bool widget)
    {
        if (present.SealField(item) is not { } field || (widget && !field.IsWidget)) return false;
        if (field.Drawn is { } name && drawn.Count < MaximumReported) drawn.Add(name);
        return true;
    }

    private static bool Same(PdfObject before, PdfObject after) => before is not PdfStream && before.Equals(after);

    private static PdfObject Load(PdfDocument document, int number) =>
        document.Xref[number].Kind == PdfXrefEntry.Kinds.Free ? PdfNull.Value : document.Resolve(new PdfReference(number, Generation(document, number)));

    private static int Generation(PdfDocument document, int number) => document.Xref[number] is { Kind: PdfXrefEntry.Kinds.Plain } entry ? entry.GenerationOrIndex : 0;
}
