using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.CaConsole;

internal static class ConsoleLogin
{
    private const int MaxReviewerName = 20;

    /// <summary>False for a wrong password or a name that cannot stand in an audit.</summary>
    public static async Task<bool> TryLogInAsync(HttpContext http, string? reviewer, string? password)
    {
        var name = reviewer?.Trim() ?? "";
        var expected = http.RequestServices.GetRequiredService<IOptions<CaConsoleOptions>>().Value.Password;
        // Hashes of equal length, compared in constant time: neither length nor a common beginning shows.
        if (expected is null
            || !CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(password ?? "")), SHA256.HashData(Encoding.UTF8.GetBytes(expected)))
            || name.Length is < 2 or > MaxReviewerName || name.Any(char.IsControl))
        {
            return false;
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], CaConsoleComposition.Scheme);
        await http.SignInAsync(CaConsoleComposition.Scheme, new ClaimsPrincipal(identity));
        return true;
    }
}
