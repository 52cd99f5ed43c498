namespace Bzt.Grains.Accounts;

/// <summary>Personal data as it may be shown.</summary>
internal static class Masks
{
    public static string PhoneNumber(string number) => $"{number[..3]}****{number[^4..]}";

    public static string IdNumber(string number) => $"{number[..3]}{new string('*', number.Length - 7)}{number[^4..]}";

    /// <summary>The first character, by text element: a rare surname may be a surrogate pair.</summary>
    public static string Name(string name)
    {
        var elements = new System.Globalization.StringInfo(name);
        return elements.SubstringByTextElements(0, 1) + new string('*', Math.Max(1, elements.LengthInTextElements - 1));
    }
}
