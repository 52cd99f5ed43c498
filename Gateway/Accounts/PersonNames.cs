using Bzt.Protocol.Forms;

namespace Bzt.Gateway.Accounts;

/// <summary>A person's name as it may stand on an identity card and in a certificate: 2 to 50 characters, nothing invisible.</summary>
internal static class PersonNames
{
    private const int Longest = 50;

    public static bool TryRead(string? text, out string name)
    {
        name = text?.Trim() ?? "";
        return name.Length is >= 2 and <= Longest && VisibleText.Is(name);
    }
}
