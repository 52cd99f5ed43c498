using System.Buffers;
using System.Globalization;
using System.Text;

namespace Bzt.Documents.Pdf;

/// <summary>Writes objects, and the cross-reference of one incremental update (ISO 32000-1, 7.5.6).</summary>
internal sealed class PdfWriter(long start, int firstNumber)
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly SortedDictionary<int, (long Offset, int Generation)> written = [];

    /// <summary>The offset in the finished file.</summary>
    public long Position => start + buffer.WrittenCount;

    public int NextNumber { get; private set; } = firstNumber;

    public PdfReference Allocate() => new(NextNumber++, 0);

    public byte[] ToArray() => buffer.WrittenSpan.ToArray();

    public void Object(PdfReference reference, PdfObject value)
    {
        Begin(reference);
        Write(value);
        Text("\nendobj\n");
    }

    public void Stream(PdfReference reference, PdfDictionary dictionary, ReadOnlySpan<byte> data)
    {
        Begin(reference);
        Write(dictionary.With("Length", new PdfNumber(data.Length)));
        Text("\nstream\n");
        buffer.Write(data);
        Text("\nendstream\nendobj\n");
    }

    /// <summary>Opens an object whose value the caller writes itself.</summary>
    public void Begin(PdfReference reference)
    {
        written[reference.Number] = (Position, reference.Generation);
        Text($"{reference.Number} {reference.Generation} obj\n");
    }

    public void Text(string text) => buffer.Write(Encoding.Latin1.GetBytes(text));

    /// <summary>The update's cross-reference, in the form the newest section has: readers of either form find it.</summary>
    public void Finish(PdfXref.Section previous, byte[] idSeed)
    {
        var trailer = PdfDictionary.Empty;
        foreach (var key in (ReadOnlySpan<string>)["Root", "Info"])
        {
            if (previous.Trailer.TryGet(key, out var value)) trailer = trailer.With(key, value);
        }
        // 14.4: the first identifier stays for the document's life, the second changes with each save.
        var changed = new PdfString(idSeed, Hexadecimal: true);
        var permanent = previous.Trailer["ID"] is PdfArray { Items: [PdfString first, ..] } ? first : changed;
        trailer = trailer.With("ID", new PdfArray(permanent, changed)).With("Prev", new PdfNumber(previous.Offset));

        if (previous.IsStream) FinishWithStream(trailer); else FinishWithTable(trailer);
    }

    private void FinishWithTable(PdfDictionary trailer)
    {
        var at = Position;
        Text("xref\n");
        foreach (var (first, count) in Runs())
        {
            Text($"{first} {count}\n");
            for (var n = first; n < first + count; n++) Text($"{written[n].Offset:D10} {written[n].Generation:D5} n \n");
        }
        Text("trailer\n");
        Write(trailer.With("Size", new PdfNumber(NextNumber)));
        Text($"\nstartxref\n{at}\n%%EOF\n");
    }

    private void FinishWithStream(PdfDictionary trailer)
    {
        var self = Allocate();
        var at = Position;
        written[self.Number] = (at, 0);
        using var rows = new MemoryStream();
        foreach (var (offset, generation) in written.Values)
        {
            rows.WriteByte(1);
            for (var shift = 56; shift >= 0; shift -= 8) rows.WriteByte((byte)(offset >> shift));
            rows.WriteByte((byte)(generation >> 8));
            rows.WriteByte((byte)generation);
        }
        PdfObject[] index = [.. Runs().SelectMany(r => (PdfNumber[])[new PdfNumber(r.First), new PdfNumber(r.Count)])];
        var dictionary = trailer
            .With("Type", new PdfName("XRef"))
            .With("Size", new PdfNumber(NextNumber))
            .With("W", new PdfArray(new PdfNumber(1), new PdfNumber(8), new PdfNumber(2)))
            .With("Index", new PdfArray(index))
            .With("Filter", new PdfName("FlateDecode"));
        Stream(self, dictionary, PdfFilters.Deflate(rows.ToArray()));
        Text($"startxref\n{at}\n%%EOF\n");
    }

    private IEnumerable<(int First, int Count)> Runs()
    {
        var numbers = written.Keys.ToArray();
        for (int i = 0, n; i < numbers.Length; i += n)
        {
            for (n = 1; i + n < numbers.Length && numbers[i + n] == numbers[i] + n;) n++;
            yield return (numbers[i], n);
        }
    }

    public void Write(PdfObject value)
    {
        switch (value)
        {
            case PdfNull: Text("null"); break;
            case PdfBoolean b: Text(b.Value ? "true" : "false"); break;
            case PdfNumber n: Text(n.Text); break;
            case PdfName n: Name(n.Value); break;
            case PdfString s: Text($"<{Convert.ToHexString(s.Bytes)}>"); break;
            case PdfReference r: Text($"{r.Number} {r.Generation} R"); break;
            case PdfArray a:
                Text("[");
                for (var i = 0; i < a.Items.Count; i++)
                {
                    if (i > 0) Text(" ");
                    Write(a.Items[i]);
                }
                Text("]");
                break;
            case PdfDictionary d:
                Text("<<");
                foreach (var (key, item) in d.Entries)
                {
                    Name(key);
                    Text(" ");
                    Write(item);
                }
                Text(">>");
                break;
            default: throw new ArgumentException($"{value.GetType().Name} is not written so", nameof(value));
        }
    }

    private void Name(string name)
    {
        Text("/");
        foreach (var c in name)
        {
            if (c is > ' ' and <= '~' and not ('#' or '(' or ')' or '<' or '>' or '[' or ']' or '{' or '}' or '/' or '%')) Text(c.ToString());
            else Text($"#{(int)c:X2}");
        }
    }

    /// <summary>A real number as PDF writes it: no exponent, a tenth of a micrometre at most.</summary>
    public static PdfNumber Real(double value)
    {
        var text = Math.Round(value, 4).ToString("0.####", CultureInfo.InvariantCulture);
        return new PdfNumber(value, text == "-0" ? "0" : text);
    }

    /// <summary>A text string (7.9.2.2): UTF-16 with its mark as soon as ASCII does not do.</summary>
    public static PdfString TextString(string text) =>
        new(text.All(char.IsAscii) ? Encoding.ASCII.GetBytes(text) : [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(text)]);
}
