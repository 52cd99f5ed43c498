using System.Diagnostics.CodeAnalysis;

namespace Bzt.Documents.Pdf;

/// <summary>A page as its tree describes it: the dictionary, and what it inherits.</summary>
internal sealed record PdfPage(int Index, PdfReference Reference, PdfDictionary Dictionary, double Left, double Bottom, double Right, double Top, int Rotation, double UserUnit);

/// <summary>A reference and where it stands: in which object, and under which key there, the innermost; under none in an array by itself.</summary>
internal readonly record struct PdfUse(int By, string Key, PdfReference Reference);

/// <summary>
/// A strict reader of what sealing and verifying need: trailer, cross-references, objects, the page tree.
/// It never repairs: two readers that repair differently see two documents under one seal.
/// </summary>
internal sealed class PdfDocument
{
    private readonly PdfParser parser;
    private readonly Dictionary<int, Container> containers = [];
    private readonly HashSet<int> opening = [];
    private long kept;

    /// <summary>
    /// Most producers put a hundred objects or two into a stream, some all they have. It is kept as it was inflated: an object read of it takes many
    /// times the memory, and lives only while it is looked at.
    /// </summary>
    private const int MaximumContainer = 64 * 1024 * 1024, MaximumKept = 128 * 1024 * 1024, MaximumContained = 1_000_000;

    private PdfDocument(PdfParser parser, PdfXref xref) => (this.parser, Xref) = (parser, xref);

    public PdfXref Xref { get; }

    public PdfDictionary Trailer => Xref.Newest.Trailer;

    public PdfReference CatalogReference => Trailer["Root"] as PdfReference ?? throw Damaged("trailer without /Root");

    public PdfDictionary Catalog => Resolve(CatalogReference) as PdfDictionary ?? throw Damaged("no document catalog");

    /// <param name="stream">The file; must seek.</param>
    /// <param name="length">How much of it is the document: an earlier revision ends before the file does.</param>
    /// <param name="budget">What reading may cost; a fresh one when it is read alone.</param>
    public static PdfDocument Open(Stream stream, long? length = null, PdfBudget? budget = null)
    {
        var input = new PdfInput(stream, length, budget);
        if (input.Length < 32 || !input.ReadExactly(0, (int)Math.Min(1024, input.Length)).AsSpan().StartsWith("%PDF-"u8))
        {
            throw new PdfRefusedException(PdfRefusal.NotAPdf, "no %PDF- at the beginning");
        }
        var parser = new PdfParser(input);
        var document = new PdfDocument(parser, PdfXref.Read(parser));
        if (document.Xref.Sections.Any(s => s.Trailer.TryGet("Encrypt", out _))) throw new PdfRefusedException(PdfRefusal.Encrypted, "/Encrypt in the trailer");
        _ = document.Catalog;
        return document;
    }

    /// <summary>Follows references; a missing object is null (7.3.10), a chain of references is refused.</summary>
    public PdfObject Resolve(PdfObject value)
    {
        for (var hops = 0; value is PdfReference reference; hops++)
        {
            if (hops > 8) throw Damaged("references in a loop");
            value = Load(reference);
        }
        return value;
    }

    public bool TryResolve<T>(PdfObject value, [NotNullWhen(true)] out T? result) where T : PdfObject => (result = Resolve(value) as T) is not null;

    public T Get<T>(PdfDictionary dictionary, string key) where T : PdfObject =>
        Resolve(dictionary[key]) as T ?? throw Damaged($"/{key} is missing or of the wrong kind");

    private PdfObject Load(PdfReference reference)
    {
        var entry = Xref[reference.Number];
        switch (entry.Kind)
        {
            case PdfXrefEntry.Kinds.Plain:
                if (entry.GenerationOrIndex != reference.Generation) return PdfNull.Value;
                var (number, generation, value) = parser.ReadIndirect(entry.OffsetOrContainer);
                if (number != reference.Number || generation != reference.Generation) throw Damaged($"object {reference.Number} is not where the cross-reference says");
                return value;
            case PdfXrefEntry.Kinds.Compressed when reference.Generation == 0:
                var container = OpenContainer(ContainerOf(entry));
                return container.Places.TryGetValue(reference.Number, out var place) ? container.Objects.ReadObjectAt(place) : throw Damaged($"object {reference.Number} is not in its object stream");
            default:
                return PdfNull.Value;
        }
    }

    /// <summary>An object stream, inflated, and where each object lies in it.</summary>
    /// <param name="IsSelfContained">No other object says how it is to be read.</param>
    private sealed record Container(PdfParser Objects, Dictionary<int, long> Places, bool IsSelfContained);

    /// <summary>An object stream (7.5.7). A few are kept: pages share them.</summary>
    private Container OpenContainer(int number)
    {
        if (containers.TryGetValue(number, out var known)) return known;
        // Its /Length may be indirect and, in a hostile file, inside this very stream.
        if (!opening.Add(number)) throw Damaged("an object stream needs itself");
        // An object stream is a plain object; looking only there excludes a container inside itself.
        var entry = Xref[number];
        if (entry.Kind != PdfXrefEntry.Kinds.Plain || parser.ReadIndirect(entry.OffsetOrContainer) is not (var found, _, PdfStream stream) || found != number) throw Damaged("no object stream where one was promised");
        var data = Decode(stream);
        var (count, first) = (Integer(stream.Dictionary["N"]), Integer(stream.Dictionary["First"]));
        if (count < 0 || first < 0 || first > data.Length) throw Damaged("strange object stream");
        if (count > MaximumContained) throw TooLarge("objects in one stream");

        var inside = new PdfParser(new PdfInput(new MemoryStream(data, writable: false), budget: parser.Input.Budget));
        var places = new Dictionary<int, long>();
        for (var i = 0; i < count; i++)
        {
            var contained = inside.Lexer.ReadObjectNumber();
            places[contained] = first + inside.Lexer.ReadInteger();
        }
        opening.Remove(number);
        var size = data.Length + 40L * places.Count;
        if (containers.Count >= 16 || (kept += size) > MaximumKept)
        {
            containers.Clear();
            kept = size;
        }
        var selfContained = !stream.Dictionary.Entries.Any(item => item.Key is "N" or "First" or "Length" or "Filter" or "DecodeParms" && References(item.Value, item.Key).Any());
        return containers[number] = new Container(inside, places, selfContained);
    }

    private byte[] Decode(PdfStream stream)
    {
        var length = Integer(stream.Dictionary["Length"]);
        if (length < 0) throw Damaged("strange /Length");
        if (length > MaximumContainer) throw TooLarge("an object stream");
        var data = PdfFilters.Decode(
            parser.Input.ReadExactly(stream.Offset, (int)length), Resolve(stream.Dictionary["Filter"]), Resolve(stream.Dictionary["DecodeParms"]), MaximumContainer);
        parser.Input.Budget.Spend(data.Length);
        return data;
    }

    /// <summary>Every reference that stands in the object, none when it is free; whoever reads to the end has seen that it is whole.</summary>
    /// <param name="number">The object.</param>
    /// <param name="touched">What later updates wrote.</param>
    /// <param name="steady">They leave it, and what it lies in or takes its length from, as it is: whatever reads the document with some of them reads the same here.</param>
    public IEnumerable<PdfUse> References(int number, IReadOnlySet<int> touched, out bool steady)
    {
        var entry = Xref[number];
        steady = IsSteady(number, touched);
        if (entry.Kind == PdfXrefEntry.Kinds.Free) return [];
        var value = Load(new PdfReference(number, entry.Kind == PdfXrefEntry.Kinds.Plain ? entry.GenerationOrIndex : 0));
        if (value is PdfStream stream)
        {
            var length = stream.Dictionary["Length"];
            steady &= length is not PdfReference reference || (IsSteady(reference.Number, touched) && Load(reference) is not PdfReference);
            if (!Ends(stream)) throw Damaged($"stream {number} does not end in the file");
            value = stream.Dictionary["Type"] is PdfName { Value: "XRef" } ? stream.Dictionary.Without("Root", "Info") : stream.Dictionary;
        }
        return References(value, "").Select(use => new PdfUse(number, use.Key, use.Reference));
    }

    private bool IsSteady(int number, IReadOnlySet<int> touched) => !touched.Contains(number)
        && (Xref[number] is not { Kind: PdfXrefEntry.Kinds.Compressed } entry || (ContainerOf(entry) is var container && !touched.Contains(container) && OpenContainer(container).IsSelfContained));

    private static int ContainerOf(PdfXrefEntry entry) => (int)Math.Min(entry.OffsetOrContainer, int.MaxValue);

    private static IEnumerable<(string Key, PdfReference Reference)> References(PdfObject value, string key) => value switch
    {
        PdfReference reference => [(key, reference)],
        PdfArray array => array.Items.SelectMany(item => References(item, key)),
        PdfDictionary dictionary => dictionary.Entries.SelectMany(e => References(e.Value, e.Key)),
        _ => [],
    };

    /// <summary>A reader that finds no end where /Length says, or no /Length, looks for one: it must not have to look in what is appended.</summary>
    private bool Ends(PdfStream stream)
    {
        if (Resolve(stream.Dictionary["Length"]) is PdfNumber size)
        {
            if (!size.TryInteger(out var n) || n < 0 || n > Length - stream.Offset) return false;
            if (parser.EndsStream(stream.Offset + n)) return true;
        }
        return parser.Input.Contains(stream.Offset, "endstream"u8);
    }

    public byte[] Raw(long offset, int count) => parser.Input.ReadExactly(offset, count);

    public long Length => parser.Input.Length;

    public PdfBudget Budget => parser.Input.Budget;

    /// <summary>Every leaf of the page tree (7.7.3) in order.</summary>
    public IEnumerable<PdfPage> Pages()
    {
        var visited = new HashSet<int>();
        var index = 0;
        // Depth first without recursion; a node carries what it inherits.
        var pending = new Stack<(PdfReference Reference, PdfDictionary Inherited)>();
        pending.Push((Catalog["Pages"] as PdfReference ?? throw Damaged("no page tree"), PdfDictionary.Empty));
        while (pending.TryPop(out var next))
        {
            if (!visited.Add(next.Reference.Number)) throw Damaged("the page tree has a loop");
            if (Resolve(next.Reference) is not PdfDictionary node) throw Damaged("a page is missing");
            var inherited = next.Inherited;
            foreach (var key in (ReadOnlySpan<string>)["MediaBox", "CropBox", "Rotate"])
            {
                if (node.TryGet(key, out var value)) inherited = inherited.With(key, value);
            }
            if (Resolve(node["Kids"]) is PdfArray kids && node["Type"] is not PdfName { Value: "Page" })
            {
                foreach (var kid in kids.Items.Reverse()) pending.Push((kid as PdfReference ?? throw Damaged("a direct page"), inherited));
                continue;
            }
            yield return Page(++index, next.Reference, node, inherited);
        }
    }

    private PdfPage Page(int index, PdfReference reference, PdfDictionary node, PdfDictionary inherited)
    {
        var media = Box(inherited["MediaBox"]) ?? throw Damaged("a page without /MediaBox");
        var crop = Box(inherited["CropBox"]) ?? media;
        // 14.11.2: what is seen is the crop box cut by the media box.
        var (left, bottom, right, top) = (Math.Max(media.L, crop.L), Math.Max(media.B, crop.B), Math.Min(media.R, crop.R), Math.Min(media.T, crop.T));
        if (right <= left || top <= bottom) (left, bottom, right, top) = media;
        var turn = Resolve(inherited["Rotate"]) is PdfNumber rotate && rotate.TryInteger(out var degrees) ? (int)((degrees % 360 + 360) % 360) : 0;
        return new PdfPage(index, reference, node, left, bottom, right, top, turn - turn % 90,
            Resolve(node["UserUnit"]) is PdfNumber { Value: > 0 } unit ? unit.Value : 1);
    }

    private (double L, double B, double R, double T)? Box(PdfObject value)
    {
        if (Resolve(value) is not PdfArray { Items: { Count: 4 } items }) return null;
        var n = new double[4];
        for (var i = 0; i < 4; i++) n[i] = (Resolve(items[i]) as PdfNumber ?? throw Damaged("strange page box")).Value;
        return (Math.Min(n[0], n[2]), Math.Min(n[1], n[3]), Math.Max(n[0], n[2]), Math.Max(n[1], n[3]));
    }

    private long Integer(PdfObject value) => Resolve(value) is PdfNumber number && number.TryInteger(out var n) ? n : throw Damaged("an integer was expected");

    private static PdfRefusedException Damaged(string what) => new(PdfRefusal.Damaged, what);

    private static PdfRefusedException TooLarge(string what) => new(PdfRefusal.TooLarge, what);
}
