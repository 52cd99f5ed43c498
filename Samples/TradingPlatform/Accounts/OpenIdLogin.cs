using Bzt.Samples.TradingPlatform.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Bzt.Samples.TradingPlatform.Accounts;

/// <summary>
/// The same login by the stock middleware of ASP.NET Core: the service is an OpenID Connect provider whose login page shows the QR. What is ours
/// is to find the account of the certificate in the ID token's claims.
/// </summary>
internal static class OpenIdLogin
{
    public const string Scheme = "bzt";
    public const string CallbackPath = "/signin-bzt";

    public static AuthenticationBuilder AddOpenIdLogin(this AuthenticationBuilder authentication, PlatformOptions platform) => authentication.AddOpenIdConnect(Scheme, oidc =>
    {
        var authority = new Uri(platform.Bzt.PublicBaseUrl ?? platform.Bzt.BaseUrl);
        oidc.Authority = authority.GetLeftPart(UriPartial.Authority);
        oidc.RequireHttpsMetadata = !authority.IsLoopback;
        oidc.ClientId = platform.Bzt.ClientId;
        oidc.ClientSecret = platform.Bzt.ClientSecret;
        oidc.CallbackPath = CallbackPath;
        oidc.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        // A navigation brings the code back, so these cookies need not travel with requests of other sites.
        oidc.ResponseMode = OpenIdConnectResponseMode.Query;
        oidc.CorrelationCookie.SameSite = oidc.NonceCookie.SameSite = SameSiteMode.Lax;
        oidc.CorrelationCookie.SecurePolicy = oidc.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        oidc.MapInboundClaims = false;
        oidc.Events.OnRedirectToIdentityProvider = context =>
        {
            // As it is registered, whatever a proxy in front made of the request.
            context.ProtocolMessage.RedirectUri = new Uri(new Uri(platform.PublicBaseUrl), CallbackPath).ToString();
            return Task.CompletedTask;
        };
        oidc.Events.OnTokenValidated = context =>
        {
            var claims = context.Principal!;
            var account = context.HttpContext.RequestServices.GetRequiredService<AccountStore>()
                .OfBound(claims.FindFirst("credit_code")?.Value ?? "", claims.FindFirst("certificate_serial")?.Value ?? "");
            if (account is null)
            {
                Leave(context.Response, "unknown");
                context.HandleResponse();
            }
            else
            {
                context.Principal = AccountEndpoints.PrincipalOf(account);
            }

            return Task.CompletedTask;
        };
        oidc.Events.OnRemoteFailure = context =>
        {
            Leave(context.Response, context.Failure?.Data["error"] is "access_denied" || context.Request.Query["error"] == "access_denied" ? "refused" : "failed");
            context.HandleResponse();
            return Task.CompletedTask;
        };
    });

    private static void Leave(HttpResponse response, string reason) => response.Redirect($"/login?reason={reason}");
}
