namespace Bzt.Documents.Pdf;

/// <summary>Where an object lies: at an offset, or as the n-th in an object stream.</summary>
internal readonly record struct PdfXrefEntry(PdfXrefEntry.Kinds Kind, long OffsetOrContainer, int GenerationOrIndex)
{
    public enum Kinds : byte { Free, Plain, Compressed }
}

/// <summary>
/// The cross-reference chain of a file (ISO 32000-1, 7.5.4, 7.5.8): tables, streams and hybrids, newest first.
/// </summary>
internal sealed class PdfXref
{
    /// <summary>Acrobat's own architectural limit on indirect objects (annex C).</summary>
    public const int MaximumObjects = 8_388_607;

    /// <summary>One section, as one save wrote it. <see cref="Numbers"/> are the objects that save defined.</summary>
    public sealed record Section(long Offset, PdfDictionary Trailer, bool IsStream, IReadOnlySet<int> Numbers);

    private readonly Dictionary<int, PdfXrefEntry> entries = [];
    private readonly List<Section> sections = [];
    private readonly long mostRows;
    private long rows;

    /// <summary>An object is a byte at the very least, however it is packed; a few may be declared that are not there.</summary>
    private PdfXref(long length) => mostRows = length + 1_000_000;

    public IReadOnlyList<Section> Sections => sections;

    public Section Newest => sections[0];

    public IReadOnlyDictionary<int, PdfXrefEntry> Entries => entries;

    public PdfXrefEntry this[int number] => entries.TryGetValue(number, out var entry) ? entry : default;

    /// <summary>One more than the highest number in use; a wrong /Size must not make us reuse one.</summary>
    public int NextNumber { get; private set; } = 1;

    public static PdfXref Read(PdfParser parser)
    {
        var xref = new PdfXref(parser.Input.Length);
        var visited = new HashSet<long>();
        long? next = FindStart(parser.Input);
        while (next is { } offset)
        {
            if (!visited.Add(offset)) throw Damaged("cross-reference sections form a loop");
            if (visited.Count > 10_000) throw new PdfRefusedException(PdfRefusal.TooLarge, "too many revisions");
            next = xref.ReadSection(parser, offset, visited);
        }
        return xref;
    }

    private static long FindStart(PdfInput input)
    {
        var count = (int)Math.Min(input.Length, 2048);
        var tail = input.ReadExactly(input.Length - count, count);
        var at = tail.AsSpan().LastIndexOf("startxref"u8);
        if (at < 0) throw new PdfRefusedException(PdfRefusal.NotAPdf, "no startxref at the end");
        input.Position = input.Length - count + at + 9;
        return new PdfLexer(input).ReadInteger();
    }

    /// <summary>Reads one section and returns the offset of the one before it.</summary>
    private long? ReadSection(PdfParser parser, long offset, HashSet<long> visited)
    {
        if (offset <= 0 || offset >= parser.Input.Length) throw Damaged("cross-reference offset outside the file");
        parser.Input.Position = offset;
        if (!parser.Lexer.Try("xref"))
        {
            var trailer = ReadStream(parser, offset);
            return Previous(trailer);
        }

        var numbers = ReadTable(parser);
        if (parser.ReadObject() is not PdfDictionary table) throw Damaged("trailer without a dictionary");
        // Each sealed revision has them read again.
        parser.Input.Budget.SpendParsing(parser.Input.Position - offset);
        sections.Add(new Section(offset, table, IsStream: false, numbers));
        // A hybrid file: the stream's entries come after the table's and before the older sections'.
        if (table.TryGet("XRefStm", out var hybrid))
        {
            if (hybrid is not PdfNumber number || !number.TryInteger(out var at) || !visited.Add(at)) throw Damaged("strange /XRefStm");
            var before = sections.Count;
            ReadStream(parser, at);
            var merged = sections[before - 1] with { Numbers = new HashSet<int>([.. numbers, .. sections[before].Numbers]) };
            sections.RemoveAt(before);
            sections[before - 1] = merged;
        }
        return Previous(table);
    }

    private HashSet<int> ReadTable(PdfParser parser)
    {
        var numbers = new HashSet<int>();
        while (!parser.Lexer.Try("trailer"))
        {
            var first = parser.Lexer.ReadInteger();
            var count = parser.Lexer.ReadInteger();
            // A row is 20 bytes, at the very least 18 in sloppy files: the file's own length bounds what may be declared.
            if (count > parser.Input.Length / 18 || first + count > MaximumObjects) throw new PdfRefusedException(PdfRefusal.TooLarge, "cross-reference table");
            for (var i = 0; i < count; i++)
            {
                var offset = parser.Lexer.ReadInteger();
                var generation = parser.Lexer.ReadInteger();
                parser.Lexer.SkipSpace();
                var kind = parser.Input.Read();
                // A free row's generation means nothing; mutool writes 65536.
                if (kind is not ('n' or 'f') || (kind == 'n' && generation > 65535)) throw Damaged("strange row in the cross-reference table");
                Add(numbers, (int)first + i, new PdfXrefEntry(kind == 'n' && offset > 0 ? PdfXrefEntry.Kinds.Plain : PdfXrefEntry.Kinds.Free, offset, (int)Math.Min(generation, 65535)));
            }
        }
        return numbers;
    }

    private PdfDictionary ReadStream(PdfParser parser, long offset)
    {
        var (number, _, value) = parser.ReadIndirect(offset);
        if (value is not PdfStream { Dictionary: var trailer } stream || trailer["Type"] is not PdfName { Value: "XRef" }) throw Damaged("a cross-reference stream was expected");
        // 7.5.8.2: everything in it is direct, so it can be read before anything is known.
        if (!TryCount(trailer["Length"], int.MaxValue, out var length)) throw Damaged("strange /Length of the cross-reference stream");
        if (length > PdfFilters.MaximumDecoded) throw new PdfRefusedException(PdfRefusal.TooLarge, "the cross-reference stream");
        var data = PdfFilters.Decode(parser.Input.ReadExactly(stream.Offset, length), trailer["Filter"], trailer["DecodeParms"]);
        parser.Input.Budget.Spend(data.Length);

        if (trailer["W"] is not PdfArray { Items: { Count: 3 } widths }) throw Damaged("strange /W");
        Span<int> w = stackalloc int[3];
        for (var i = 0; i < 3; i++)
        {
            if (!TryCount(widths[i], 8, out w[i])) throw Damaged("strange /W");
        }
        if (!TryCount(trailer["Size"], MaximumObjects, out var size)) throw Damaged("strange /Size");
        var index = trailer["Index"] is PdfArray ranges ? ranges.Items : [new PdfNumber(0), new PdfNumber(size)];
        if (index.Count % 2 != 0) throw Damaged("strange /Index");

        var numbers = new HashSet<int>();
        var row = w[0] + w[1] + w[2];
        var at = 0;
        for (var i = 0; i < index.Count; i += 2)
        {
            if (!TryCount(index[i], MaximumObjects, out var first) || !TryCount(index[i + 1], MaximumObjects, out var count)
                || row == 0 || first + count > MaximumObjects || count > (data.Length - at) / row)
            {
                throw Damaged("strange /Index");
            }
            for (var n = 0; n < count; n++, at += row)
            {
                var kind = w[0] == 0 ? 1 : Field(data, at, w[0]);
                var second = Field(data, at + w[0], w[1]);
                var third = Field(data, at + w[0] + w[1], w[2]);
                if (second < 0 || third is < 0 or > int.MaxValue) throw Damaged("cross-reference entry out of range");
                var entry = kind switch
                {
                    1 => new PdfXrefEntry(PdfXrefEntry.Kinds.Plain, second, (int)third),
                    2 => new PdfXrefEntry(PdfXrefEntry.Kinds.Compressed, second, (int)third),
                    _ => default, // 7.5.8.3: unknown kinds are references to null
                };
                Add(numbers, first + n, entry);
            }
        }
        Add(numbers, number, new PdfXrefEntry(PdfXrefEntry.Kinds.Plain, offset, 0));
        sections.Add(new Section(offset, trailer, IsStream: true, numbers));
        return trailer;
    }

    private void Add(HashSet<int> section, int number, PdfXrefEntry entry)
    {
        if (++rows > mostRows) throw new PdfRefusedException(PdfRefusal.TooLarge, "cross-reference sections");
        if (section.Add(number)) entries.TryAdd(number, entry);
        NextNumber = Math.Max(NextNumber, number + 1);
    }

    private static long? Previous(PdfDictionary trailer) =>
        !trailer.TryGet("Prev", out var value) ? null
        : value is PdfNumber number && number.TryInteger(out var offset) ? offset
        : throw Damaged("strange /Prev");

    private static bool TryCount(PdfObject value, int maximum, out int count)
    {
        count = 0;
        if (value is not PdfNumber number || !number.TryInteger(out var n) || n < 0 || n > maximum) return false;
        count = (int)n;
        return true;
    }

    private static long Field(byte[] data, int offset, int width)
    {
        long value = 0;
        for (var i = 0; i < width; i++) value = value << 8 | data[offset + i];
        return value;
    }

    private static PdfRefusedException Damaged(string what) => new(PdfRefusal.Damaged, what);
}
