using Bzt.Protocol.Forms;

namespace Bzt.Gateway.Applications;

/// <summary>An enterprise's name as it may stand in a certificate: at most 64 characters (X.520), nothing invisible.</summary>
internal static class EnterpriseNames
{
    private const int Longest = 64;

    public static bool TryRead(string text, out string name)
    {
        // One form for what looks the same: full-width brackets are the ones on a licence.
        name = text.Trim().Normalize().Replace('(', '（').Replace(')', '）');
        return name.Length is >= 2 and <= Longest && VisibleText.Is(name);
    }
}
