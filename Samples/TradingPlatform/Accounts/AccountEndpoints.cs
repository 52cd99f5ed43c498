using System.Security.Claims;
using System.Security.Cryptography;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Qr;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.Accounts;

/// <summary>扫码登录 and 扫码绑定, and the proof of the last login.</summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this WebApplication app)
    {
        app.MapPost("/qr/login", (HttpContext context, string? returnUrl) => QrEndpoints.StartAsync(context, LogIn(context, returnUrl)));
        app.MapPost("/qr/bind", (HttpContext context, AccountStore accounts) => accounts.Of(context.User) is { Role: not Role.Buyer } account
            ? QrEndpoints.StartAsync(context, Bind(context.RequestServices, account))
            : Task.FromResult(QrEndpoints.Refuse("该账号不使用证书", StatusCodes.Status403Forbidden))).RequireAuthorization();
        app.MapGet("/login/bzt", (string? returnUrl) => Results.Challenge(new AuthenticationProperties { RedirectUri = IsLocal(returnUrl) ? returnUrl : "/" }, [OpenIdLogin.Scheme]));
        app.MapGet("/account/last-login.tbs", (ClaimsPrincipal user, AccountStore accounts) => Proof(accounts, user, proof => proof.ToBeSigned, "last-login.tbs")).RequireAuthorization();
        app.MapGet("/account/last-login.der", (ClaimsPrincipal user, AccountStore accounts) => Proof(accounts, user, proof => proof.Signature, "last-login.der")).RequireAuthorization();
    }

    /// <summary>A login nobody has been chosen for yet: whoever scans it is known by the certificate.</summary>
    private static QrRequest LogIn(HttpContext context, string? returnUrl)
    {
        var services = context.RequestServices;
        var (accounts, clock, platform) = (services.GetRequiredService<AccountStore>(), services.GetRequiredService<TimeProvider>(), PlatformId(services));
        var challenge = RandomNumberGenerator.GetBytes(32);
        return new QrRequest(new CreateSessionRequest(SessionKind.Login) { Challenge = challenge, Visitor = Visitors.NameOf(context) })
        {
            Finish = (_, result) =>
            {
                if (!LoginProof.Holds(result, LoginPurpose.Login, challenge, platform))
                {
                    return Task.FromResult(QrOutcome.Refused("签名校验未通过"));
                }

                if (accounts.OfBound(result) is not { } account)
                {
                    return Task.FromResult(QrOutcome.Refused(result.Enterprise.CreditCode.Length > 0 && !accounts.IsRegistered(result.Enterprise.CreditCode)
                        ? "该企业尚未在本平台注册"
                        : "该证书尚未绑定本平台的账号，请用密码登录后绑定"));
                }

                // Kept as proof: who asked what, signed by whom.
                accounts.KeepLogin(account, result.Signatures[0].ToBeSigned, LoginProof.SignatureDer(result), clock.GetUtcNow());
                return Task.FromResult(new QrOutcome(IsLocal(returnUrl) ? returnUrl : "/") { LogIn = account });
            },
        };
    }

    private static QrRequest Bind(IServiceProvider services, Account account)
    {
        var (accounts, clock, platform) = (services.GetRequiredService<AccountStore>(), services.GetRequiredService<TimeProvider>(), PlatformId(services));
        var challenge = RandomNumberGenerator.GetBytes(32);
        return new QrRequest(new CreateSessionRequest(SessionKind.Bind) { Challenge = challenge, Enterprise = new EnterpriseInfo(account.Name, account.CreditCode) })
        {
            Finish = (_, result) =>
            {
                if (!LoginProof.Holds(result, LoginPurpose.Bind, challenge, platform))
                {
                    return Task.FromResult(QrOutcome.Refused("签名校验未通过"));
                }

                // The service asked for this enterprise or person only. What an account rests on is looked at all the same.
                if (result.Enterprise.CreditCode != account.CreditCode || result.Enterprise.Name != account.Name)
                {
                    return Task.FromResult(QrOutcome.Refused("证书上的名称与本账号不一致"));
                }

                return Task.FromResult(accounts.Bind(account, result, clock.GetUtcNow()) ? new QrOutcome("/account") : QrOutcome.Refused("该企业已由另一账号绑定证书"));
            },
        };
    }

    public static Task SignInAsync(HttpContext context, Account account) => context.SignInAsync(PrincipalOf(account));

    public static ClaimsPrincipal PrincipalOf(Account account) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, account.UserName)], CookieAuthenticationDefaults.AuthenticationScheme));

    private static string PlatformId(IServiceProvider services) => services.GetRequiredService<IOptions<PlatformOptions>>().Value.Bzt.ClientId;

    private static bool IsLocal(string? url) => url is { Length: > 0 } && url[0] == '/' && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.Any(char.IsControl);

    private static IResult Proof(AccountStore accounts, ClaimsPrincipal user, Func<(byte[] ToBeSigned, byte[] Signature), byte[]> part, string name) =>
        accounts.Of(user) is { } account && accounts.LastLogin(account) is { } proof ? Results.File(part(proof), "application/octet-stream", name) : Results.NotFound();
}
