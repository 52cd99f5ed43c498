using System.IO.Compression;

namespace Bzt.Documents.Pdf;

/// <summary>FlateDecode with predictors (ISO 32000-1, 7.4.4): what cross-reference and object streams use.</summary>
internal static class PdfFilters
{
    /// <summary>No cross-reference or object stream of a sane document is larger; a bomb is.</summary>
    public const int MaximumDecoded = 128 * 1024 * 1024;

    private const int MaximumFilters = 4;

    public static byte[] Decode(byte[] encoded, PdfObject filter, PdfObject parameters, int maximum = MaximumDecoded)
    {
        var filters = filter switch
        {
            PdfNull => [],
            PdfName name => [name],
            PdfArray array => array.Items,
            _ => throw Damaged("strange /Filter"),
        };
        // One is what producers use; each may inflate to the maximum, whatever the last comes to.
        if (filters.Count > MaximumFilters) throw Damaged("strange /Filter");
        var allParameters = parameters is PdfArray list ? list.Items : [parameters];
        for (var i = 0; i < filters.Count; i++)
        {
            if (filters[i] is not PdfName { Value: "FlateDecode" or "Fl" }) throw Damaged("only FlateDecode is expected on structural streams");
            var p = i < allParameters.Count && allParameters[i] is PdfDictionary dictionary ? dictionary : PdfDictionary.Empty;
            encoded = Unpredict(Inflate(encoded, maximum), Integer(p, "Predictor", 1), Integer(p, "Colors", 1), Integer(p, "BitsPerComponent", 8), Integer(p, "Columns", 1));
        }
        return encoded;
    }

    public static byte[] Deflate(ReadOnlySpan<byte> data)
    {
        using var buffer = new MemoryStream();
        using (var zlib = new ZLibStream(buffer, CompressionLevel.SmallestSize, leaveOpen: true)) zlib.Write(data);
        return buffer.ToArray();
    }

    private static byte[] Inflate(byte[] encoded, int maximum)
    {
        using var zlib = new ZLibStream(new MemoryStream(encoded), CompressionMode.Decompress);
        using var decoded = new MemoryStream();
        var buffer = new byte[81920];
        try
        {
            for (int n; (n = zlib.Read(buffer)) > 0;)
            {
                decoded.Write(buffer, 0, n);
                if (decoded.Length > maximum) throw new PdfRefusedException(PdfRefusal.TooLarge, "a structural stream inflates beyond bounds");
            }
        }
        catch (InvalidDataException e)
        {
            throw new PdfRefusedException(PdfRefusal.Damaged, "broken compressed data", e);
        }
        return decoded.ToArray();
    }

    private static byte[] Unpredict(byte[] data, int predictor, int colors, int bits, int columns)
    {
        if (predictor <= 1) return data;
        if (predictor < 10 || colors is < 1 or > 32 || bits is not (1 or 2 or 4 or 8 or 16) || columns is < 1 or > 1_000_000)
        {
            throw Damaged("strange predictor");
        }
        var pixel = Math.Max(1, colors * bits / 8);
        var row = (colors * bits * columns + 7) / 8;
        if (data.Length % (row + 1) != 0) throw Damaged("predicted rows do not fit");
        var rows = data.Length / (row + 1);
        var result = new byte[rows * row];
        for (var y = 0; y < rows; y++)
        {
            var kind = data[y * (row + 1)];
            var current = result.AsSpan(y * row, row);
            var above = y > 0 ? result.AsSpan((y - 1) * row, row) : default;
            data.AsSpan(y * (row + 1) + 1, row).CopyTo(current);
            for (var x = 0; x < row; x++)
            {
                int left = x >= pixel ? current[x - pixel] : 0, up = y > 0 ? above[x] : 0, corner = y > 0 && x >= pixel ? above[x - pixel] : 0;
                current[x] += (byte)(kind switch
                {
                    0 => 0,
                    1 => left,
                    2 => up,
                    3 => (left + up) / 2,
                    4 => Paeth(left, up, corner),
                    _ => throw Damaged("unknown row predictor"),
                });
            }
        }
        return result;
    }

    private static int Paeth(int left, int up, int corner)
    {
        var p = left + up - corner;
        int a = Math.Abs(p - left), b = Math.Abs(p - up), c = Math.Abs(p - corner);
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }

    private static int Integer(PdfDictionary dictionary, string key, int otherwise) =>
        dictionary.TryGet(key, out var value)
            ? value is PdfNumber number && number.TryInteger(out var n) && n is >= 0 and <= int.MaxValue ? (int)n : throw Damaged($"strange /{key}")
            : otherwise;

    private static PdfRefusedException Damaged(string what) => new(PdfRefusal.Damaged, what);
}
