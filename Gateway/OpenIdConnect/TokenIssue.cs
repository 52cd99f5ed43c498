using System.Security.Claims;
using Bzt.Grains;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Bzt.Gateway.OpenIdConnect;

/// <summary>The token endpoint once client, code, PKCE verifier and redirect URI were found right.</summary>
internal sealed class TokenIssue(IGrainFactory grains) : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (context.Request.IsClientCredentialsGrantType())
        {
            var identity = new ClaimsIdentity("platform");
            identity.SetClaim(Claims.Subject, context.ClientId);
            identity.SetDestinations(_ => [Destinations.AccessToken]);
            context.SignIn(new ClaimsPrincipal(identity));
            return;
        }

        // A code is good once. A second time somebody else has it too: what the first got ends as well.
        if (context.AuthorizationCodePrincipal is not { } principal || OpenIdClaims.SessionOf(principal) is not { } session
            || !await grains.OAuthGrant(session).Redeem())
        {
            context.Reject(Errors.InvalidGrant, "The code is used up.");
            return;
        }

        if (principal.HasScope(AuthorizationServer.CredentialScope))
        {
            principal.SetAccessTokenLifetime(AuthorizationServer.CredentialLifetime);
            context.Parameters["credentialID"] = principal.GetClaim(OpenIdClaims.Certificate);
        }

        context.SignIn(principal);
    }
}

/// <summary>In the header and nowhere else, as at the platforms' interface: this endpoint's token is not read by OpenIddict's validation, which is told so too.</summary>
internal sealed class UserInfoTokenPlace : IOpenIddictServerHandler<ExtractUserInfoRequestContext>
{
    /// <summary>When the parameters are read, and the header is not.</summary>
    public static readonly int Order = OpenIddictServerAspNetCoreHandlers.ExtractAccessToken<ExtractUserInfoRequestContext>.Descriptor.Order - 1;

    public ValueTask HandleAsync(ExtractUserInfoRequestContext context)
    {
        if (context.Request?.HasParameter(Parameters.AccessToken) is true)
        {
            context.Reject(Errors.InvalidRequest, "The token belongs in the Authorization header.");
        }

        return ValueTask.CompletedTask;
    }
}

/// <summary>What the ID token says, for as long as the grant lives.</summary>
internal sealed class UserInfoAnswer(IGrainFactory grains) : IOpenIddictServerHandler<HandleUserInfoRequestContext>
{
    public async ValueTask HandleAsync(HandleUserInfoRequestContext context)
    {
        var principal = context.AccessTokenPrincipal;
        if (OpenIdClaims.SessionOf(principal) is not { } session || !await grains.OAuthGrant(session).IsAlive())
        {
            context.Reject(Errors.InvalidToken, "The token is not of a login, or was revoked.");
            return;
        }

        if (!principal.HasScope(Scopes.OpenId))
        {
            context.Reject(Errors.InsufficientScope, "The token is not of an OpenID Connect login.");
            return;
        }

        Admission.KnownVisitor.Is(context.Transaction.GetHttpRequest()!.HttpContext);
        context.Subject = principal.GetClaim(Claims.Subject);
        foreach (var name in OpenIdClaims.Published)
        {
            if (principal.GetClaim(name) is { } value)
            {
                context.Claims[name] = value;
            }
        }
    }
}

/// <summary>RFC 7009: the platform gives a token back, and the whole grant with it.</summary>
internal sealed class TokenRevocation(IGrainFactory grains) : IOpenIddictServerHandler<HandleRevocationRequestContext>
{
    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        // A platform's own token has no grant; it runs out by itself. Another's is not this client's to end.
        if (OpenIdClaims.SessionOf(context.GenericTokenPrincipal) is { } session && context.GenericTokenPrincipal.GetClaim(Claims.ClientId) == context.Request.ClientId)
        {
            await grains.OAuthGrant(session).Revoke();
        }
    }
}
