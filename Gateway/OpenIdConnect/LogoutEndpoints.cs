using Bzt.Contracts;
using Bzt.Gateway.OpenIdConnect.Pages;
using Bzt.Grains;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Bzt.Gateway.OpenIdConnect;

/// <summary>
/// RP-Initiated Logout. No login lasts here, so there is nothing to ask the user; what ends is what was issued of the login the ID token is of.
/// </summary>
internal static class LogoutEndpoints
{
    private static readonly string[] GetOrPost = ["GET", "POST"];

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapMethods(Routes.Connect.EndSession, GetOrPost, End);
        pages.MapGet(Routes.Connect.LoggedOut, (HttpContext http) => LoginEndpoints.Page<LoggedOutPage>(http, new { }));
    }

    private static IResult End(HttpContext http)
    {
        if (http.GetOpenIddictServerResponse() is { Error: { } error } response)
        {
            return LoginEndpoints.Page<ErrorPage>(http, new { Error = error, Description = response.ErrorDescription }, StatusCodes.Status400BadRequest);
        }

        // Back to the platform's address when it named one that is registered; else to a page of ours.
        return Results.SignOut(new AuthenticationProperties { RedirectUri = Routes.Connect.LoggedOut }, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }
}

/// <summary>The login the ID token is of. One that has run out still names it, and one of somebody else's making is no hint at all.</summary>
internal sealed class LoginEnd(IGrainFactory grains) : IOpenIddictServerHandler<HandleEndSessionRequestContext>
{
    public async ValueTask HandleAsync(HandleEndSessionRequestContext context)
    {
        if (Guid.TryParse(context.IdentityTokenHintPrincipal?.GetClaim(OpenIdClaims.SessionId), out var session))
        {
            await grains.OAuthGrant(new SessionId(session)).Revoke();
        }
    }
}
