using System.Globalization;
using System.Text;

namespace Bzt.Protocol.Forms;

/// <summary>
/// Texts of others that a signer is shown. A character that cannot be seen, or that turns the order of those around it (U+202E), shows another name
/// than the one that is signed: a file called 报价\u202Efdp.exe reads as 报价exe.pdf.
/// </summary>
public static class VisibleText
{
    /// <summary>
    /// Whether all of it is what it looks like: no control or format characters (Unicode Cc and Cf, so U+200B to 200F, 202A to 202E, 2060 to 206F,
    /// FEFF and the tags), no line or paragraph separators, no blank letters, no half of a surrogate pair. Variation selectors stay: names need them.
    /// </summary>
    public static bool Is(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsVisible(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same text with a question mark for each such character: for names that are there already, as in a bid file from before.</summary>
    public static string Show(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Is(text) ? text : string.Concat(text.EnumerateRunes().Select(rune => IsVisible(rune) ? rune.ToString() : "?"));
    }

    private static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && rune.Value is not (0x034F or 0x115F or 0x1160 or 0x2800 or 0x3164 or 0xFFA0 or 0xFFFD);
}
