using Bzt.Contracts;
using Bzt.Gateway.OpenIdConnect.Pages;
using Bzt.Grains;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;

namespace Bzt.Gateway.OpenIdConnect;

/// <summary>
/// RP-Initiated Logout. No login lasts here, so there is nothing to ask the user; what ends is what was issued of the login the ID token is of.
/// </summary>
internal static class LogoutEndpoints
{
    private static readonly string[] GetOrPost = ["GET", "POST"];

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapMethods(Routes.Connect.EndSession, GetOrPost, EndAsync);
        pages.MapGet(Routes.Connect.LoggedOut, (HttpContext http) => LoginEndpoints.Page<LoggedOutPage>(http, new { }));
    }

    private static async Task<IResult> EndAsync(HttpContext http, IGrainFactory grains)
    {
        if (http.GetOpenIddictServerResponse() is { Error: { } error } response)
        {
            return LoginEndpoints.Page<ErrorPage>(http, new { Error = error, Description = response.ErrorDescription }, StatusCodes.Status400BadRequest);
        }

        var hint = await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        if (Guid.TryParse(hint.Principal?.GetClaim(OpenIdClaims.SessionId), out var session))
        {
            await grains.OAuthGrant(new SessionId(session)).Revoke();
        }

        // Back to the platform's address when it named one that is registered; else to a page of ours.
        return Results.SignOut(new AuthenticationProperties { RedirectUri = Routes.Connect.LoggedOut }, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }
}
