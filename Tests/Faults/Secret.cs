using System.Text;
using Bzt.Protocol.Arithmetic;

namespace Bzt.Tests.Faults;

/// <summary>Something that must not be found, in every form in which it could lie somewhere.</summary>
internal sealed record Secret(string Name, IReadOnlyList<byte[]> Forms)
{
    /// <summary>A text: as it is, in UTF-16, as JSON escapes it, in base64 wherever it may begin.</summary>
    public static Secret Of(string name, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        List<byte[]> forms = [utf8, Encoding.Unicode.GetBytes(text), .. Base64(utf8)];
        if (utf8.Length != text.Length)
        {
            forms.Add(Encoding.ASCII.GetBytes(string.Concat(text.Select(c => $"\\u{(int)c:X4}"))));
            forms.Add(Encoding.ASCII.GetBytes(string.Concat(text.Select(c => $"\\u{(int)c:x4}"))));
            forms.Add(Encoding.ASCII.GetBytes(Uri.EscapeDataString(text)));
        }

        return new Secret(name, forms);
    }

    /// <summary>Octets: as they are, from the other end, in hexadecimal, in base64 and base64url wherever they may begin.</summary>
    public static Secret Of(string name, byte[] octets) => new(name, [
        octets, [.. octets.Reverse()],
        Encoding.ASCII.GetBytes(Convert.ToHexString(octets)), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(octets)), .. Base64(octets)]);

    public static Secret Of(string name, Scalar scalar) => Of(name, scalar.Encode());

    /// <summary>A point by its x coordinate, which is in every encoding of it.</summary>
    public static Secret Of(string name, Point point) => Of(name, point.Encode()[1..33]);

    public bool IsIn(ReadOnlySpan<byte> content)
    {
        foreach (var form in Forms)
        {
            if (content.IndexOf(form) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The characters that depend on these octets alone, for each of the three places they may have among others.</summary>
    private static IEnumerable<byte[]> Base64(byte[] octets)
    {
        for (var before = 0; before < 3; before++)
        {
            var text = Convert.ToBase64String([.. new byte[before], .. octets]).TrimEnd('=');
            var first = (before * 8 + 5) / 6;
            var last = (before + octets.Length) * 8 / 6;
            var sure = text[first..last];
            yield return Encoding.ASCII.GetBytes(sure);
            yield return Encoding.ASCII.GetBytes(sure.Replace('+', '-').Replace('/', '_'));

            // As JSON may escape it.
            yield return Encoding.ASCII.GetBytes(sure.Replace("+", "\\u002B", StringComparison.Ordinal));
        }
    }
}
