using System.Globalization;
using System.Text.RegularExpressions;
using Bzt.Protocol.Primitives;

namespace Bzt.MobileApp;

/// <summary>Whether the PDF that is looked at is the one whose digest is signed (PDF 32000-1 §12.8.1).</summary>
public static partial class PdfDigest
{
    /// <summary>
    /// SM3 over the file without the place of its last signature: from the first octet up to it, and from its end to the file's last octet.
    /// Null when the file has no such place, or when anything but that place would be left out.
    /// </summary>
    public static byte[]? Of(byte[] pdf)
    {
        ArgumentNullException.ThrowIfNull(pdf);
        // Latin-1 keeps every octet where it is.
        if (ByteRange().Matches(System.Text.Encoding.Latin1.GetString(pdf)) is not [.., var last])
        {
            return null;
        }

        var range = new long[4];
        for (var i = 0; i < range.Length; i++)
        {
            if (!long.TryParse(last.Groups[i + 1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out range[i]) || range[i] > pdf.Length)
            {
                return null;
            }
        }

        var (first, gap, second) = ((int)range[1], (int)range[2], (int)range[3]);
        if (range[0] != 0 || first < 1 || gap <= first + 1 || gap + second != pdf.Length || !IsHexadecimal(pdf.AsSpan(first, gap - first)))
        {
            return null;
        }

        return Sm3.Hash([.. pdf.AsSpan(0, first), .. pdf.AsSpan(gap, second)]);
    }

    /// <summary>Nothing that is shown can hide in the gap: it is one string of hexadecimal digits in angle brackets.</summary>
    private static bool IsHexadecimal(ReadOnlySpan<byte> place)
    {
        if (place[0] != '<' || place[^1] != '>')
        {
            return false;
        }

        foreach (var octet in place[1..^1])
        {
            if (!char.IsAsciiHexDigit((char)octet))
            {
                return false;
            }
        }

        return true;
    }

    [GeneratedRegex(@"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", RegexOptions.CultureInvariant)]
    private static partial Regex ByteRange();
}
