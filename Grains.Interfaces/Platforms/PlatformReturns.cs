namespace Bzt.Grains.Platforms;

/// <summary>What a platform may register as the address its users' browsers return to.</summary>
public static class PlatformReturns
{
    /// <summary>Leaves room for the two values within the 1,800 characters that every browser and camera takes.</summary>
    public const int LongestUrl = 1600;

    /// <summary>https, or this machine; without query, fragment and user.</summary>
    public static bool IsReturnUrl(string text) =>
        text.Length <= LongestUrl && Uri.TryCreate(text, UriKind.Absolute, out var url) && text.IndexOfAny(['?', '#']) < 0 && url.UserInfo.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));

    /// <summary>The address with the session and its one-time value.</summary>
    public static string Of(string returnUrl, Guid session, string value) => $"{returnUrl}?session={session:N}&value={value}";
}
