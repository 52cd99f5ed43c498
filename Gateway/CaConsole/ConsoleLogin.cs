using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Bzt.Gateway.Phones;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Forms;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.CaConsole;

/// <summary>
/// A reviewer's login. Its cookie says which login it is, since when, and under which password: it is worth nothing after a logout, after the password
/// was changed, or after <see cref="Longest"/>.
/// </summary>
internal static class ConsoleLogin
{
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    private const int MaxReviewerName = 20;
    private const string LoginId = "login";
    private const string LoginAt = "login-at";
    private const string PasswordHash = "password";

    /// <summary>False for a wrong password or a name that cannot stand in an audit.</summary>
    public static async Task<bool> TryLogInAsync(HttpContext http, string? reviewer, string? password)
    {
        var name = reviewer?.Trim() ?? "";
        var expected = http.RequestServices.GetRequiredService<IOptions<CaConsoleOptions>>().Value.Password;
        // Hashes of equal length, compared in constant time: neither length nor a common beginning shows.
        if (expected is null
            || !CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(password ?? "")), SHA256.HashData(Encoding.UTF8.GetBytes(expected)))
            || name.Length is < 2 or > MaxReviewerName || !VisibleText.Is(name))
        {
            return false;
        }

        // We remember from before this login, also where this gateway's clock is behind the one that began to.
        var (since, now) = (await Ended(http).KnownSinceAsync(), Now(http));
        var at = now > since ? now : since;
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.Name, name),
                new Claim(LoginId, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))),
                new Claim(LoginAt, at.UtcTicks.ToString(CultureInfo.InvariantCulture)),
                new Claim(PasswordHash, HashOf(http, expected)),
            ],
            CaConsoleComposition.Scheme);
        await http.SignInAsync(CaConsoleComposition.Scheme, new ClaimsPrincipal(identity));
        return true;
    }

    /// <summary>Ends this login, wherever copies of its cookie are.</summary>
    public static async Task LogOutAsync(HttpContext http)
    {
        if (http.User is { } reviewer && reviewer.FindFirstValue(LoginId) is { } id && Began(reviewer) is { } at)
        {
            await Ended(http).TryUseAsync(Key(id), at + Longest);
        }

        await http.SignOutAsync(CaConsoleComposition.Scheme);
    }

    /// <summary>At each request, before anything is believed of a cookie.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (!await IsInForceAsync(context.HttpContext, context.Principal))
        {
            context.RejectPrincipal();
        }
    }

    private static async Task<bool> IsInForceAsync(HttpContext http, ClaimsPrincipal? reviewer)
    {
        if (reviewer?.FindFirstValue(LoginId) is not { } id || Began(reviewer) is not { } at || Now(http) >= at + Longest
            || http.RequestServices.GetRequiredService<IOptions<CaConsoleOptions>>().Value.Password is not { } password
            || reviewer.FindFirstValue(PasswordHash) != HashOf(http, password))
        {
            return false;
        }

        // Begun before we began to remember, it may have been ended.
        var ended = Ended(http);
        return at >= await ended.KnownSinceAsync() && !await ended.IsUsedAsync(Key(id));
    }

    private static DateTimeOffset? Began(ClaimsPrincipal reviewer) =>
        long.TryParse(reviewer.FindFirstValue(LoginAt), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Keyed, so that a cookie's content is nothing to guess the password by.</summary>
    private static string HashOf(HttpContext http, string password) => http.RequestServices.GetRequiredService<IKeyProtector>().KeyedHash("ca-console-password", password);

    private static IReplayWindow Ended(HttpContext http) => http.RequestServices.GetRequiredService<IReplayWindow>();

    private static DateTimeOffset Now(HttpContext http) => http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    private static string Key(string login) => "ca-console-login." + login;
}
