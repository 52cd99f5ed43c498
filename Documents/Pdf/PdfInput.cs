namespace Bzt.Documents.Pdf;

/// <summary>
/// What reading may cost, in bytes inflated and bytes of objects parsed, each counted as often as it is read: a small file may name
/// large streams and objects again and again. Parsing takes several times as long. The file's own bytes cost nothing where they are only passed through.
/// </summary>
internal sealed class PdfBudget
{
    /// <summary>For a document read once: far more than the structure of any sane one, and over in seconds.</summary>
    public const long OneReading = 1L << 30;

    private const int Parsed = 4;

    private long left = OneReading;

    public void SpendParsing(long bytes) => Spend(Parsed * bytes);

    public void Spend(long bytes)
    {
        if ((left -= bytes) < 0) throw new PdfRefusedException(PdfRefusal.TooLarge, "the structure comes to more than any sane document's");
    }

    public void Raise(long bytes) => left += bytes;
}

/// <summary>Random access to a file of any size through one small window. Not thread safe.</summary>
internal sealed class PdfInput
{
    private readonly Stream stream;
    private readonly byte[] window = new byte[64 * 1024];
    private long windowStart;
    private int windowLength;

    /// <summary>Looks at the first <paramref name="length"/> bytes only: an earlier revision is read so.</summary>
    public PdfInput(Stream stream, long? length = null, PdfBudget? budget = null)
    {
        if (!stream.CanSeek) throw new ArgumentException("A PDF is read at random: the stream must seek.", nameof(stream));
        this.stream = stream;
        Length = Math.Min(length ?? stream.Length, stream.Length);
        Budget = budget ?? new PdfBudget();
    }

    public long Length { get; }

    public PdfBudget Budget { get; }

    public long Position { get; set; }

    /// <summary>The next byte without taking it, −1 at the end.</summary>
    public int Peek()
    {
        if (Position < windowStart || Position >= windowStart + windowLength)
        {
            if (Position < 0 || Position >= Length) return -1;
            Fill();
        }
        return window[Position - windowStart];
    }

    public int Read()
    {
        var value = Peek();
        if (value >= 0) Position++;
        return value;
    }

    public byte[] ReadExactly(long offset, int count)
    {
        if (offset < 0 || offset > Length - count) throw new PdfRefusedException(PdfRefusal.Damaged, $"{count} bytes at {offset} lie outside the file");
        var bytes = new byte[count];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Whether the word stands anywhere from there on.</summary>
    public bool Contains(long offset, ReadOnlySpan<byte> word)
    {
        const int Piece = 4096;
        // Pieces overlap: the word may lie across their border.
        for (; offset <= Length - word.Length; offset += Piece - word.Length + 1)
        {
            var count = (int)Math.Min(Piece, Length - offset);
            Budget.SpendParsing(count);
            if (ReadExactly(offset, count).AsSpan().IndexOf(word) >= 0) return true;
        }
        return false;
    }

    private void Fill()
    {
        // A little before the position as well: parsers step back.
        windowStart = Math.Max(0, Position - 256);
        stream.Position = windowStart;
        var wanted = (int)Math.Min(window.Length, Length - windowStart);
        windowLength = stream.ReadAtLeast(window.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
        if (Position >= windowStart + windowLength) throw new PdfRefusedException(PdfRefusal.Damaged, "the file became shorter while it was read");
    }
}
