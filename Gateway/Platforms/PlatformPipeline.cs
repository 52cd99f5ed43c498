using System.Security.Claims;
using Bzt.Contracts;
using Bzt.Gateway.OpenIdConnect;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Validation.AspNetCore;

namespace Bzt.Gateway.Platforms;

/// <summary>Everything that is asked of a relying party's request before its endpoint runs, in order.</summary>
internal sealed class PlatformPipeline(RequestDelegate next, DpopVerifier dpop, ProjectTokens tokens, PlatformTokens known)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<PlatformAccessMetadata>() is not { Access: var access })
        {
            await next(context);
            return;
        }

        var (caller, refused) = await IdentifyAsync(context);
        if (caller is null)
        {
            if (refused == ErrorCodes.InvalidDpop)
            {
                dpop.Challenge(context.Response);
            }
            else
            {
                // RFC 6750 §3: no error code where no token was sent.
                context.Response.Headers.WWWAuthenticate = context.Request.Headers.Authorization.Count == 0 ? "Bearer" : "Bearer error=\"invalid_token\"";
            }

            await new ProblemResult(refused!).ExecuteAsync(context);
            return;
        }

        if (access == PlatformAccess.PlatformOnly && caller.Grant is not null)
        {
            await new ProblemResult(ErrorCodes.Forbidden).ExecuteAsync(context);
            return;
        }

        context.Features.Set(caller);
        await next(context);
    }

    private async Task<(PlatformCaller? Caller, string? Refused)> IdentifyAsync(HttpContext context)
    {
        const string Dpop = "DPoP ";
        var authorization = context.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Dpop, StringComparison.Ordinal))
        {
            // An access token of the client credentials grant.
            if (context.Features.Get<KnownPlatform>() is { Platform: var asBefore })
            {
                return (new PlatformCaller(asBefore, null), null);
            }

            var result = await context.AuthenticateAsync(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme);
            // Its subject is the platform itself; a token a user granted by a login has the user's, and is not for this.
            if (result.Principal?.FindFirstValue(OpenIddictConstants.Claims.Subject) is not { } platform
                || result.Principal.FindFirstValue(OpenIddictConstants.Claims.ClientId) != platform || result.Principal.HasClaim(claim => claim.Type == OpenIdClaims.Session))
            {
                return (null, ErrorCodes.Unauthenticated);
            }

            known.Remember(context.Request, new PlatformId(platform), result.Principal.GetExpirationDate());
            return (new PlatformCaller(new PlatformId(platform), null), null);
        }

        // A project token: ours, not expired, and presented by the holder of the key it is bound to.
        var token = authorization[Dpop.Length..];
        if (!tokens.TryRead(token, out var grant))
        {
            return (null, ErrorCodes.Unauthenticated);
        }

        return await dpop.VerifyAsync(context.Request, token) is { } proof && proof.Jkt == grant.ToolKeyThumbprint
            ? (new PlatformCaller(new PlatformId(grant.PlatformId), grant), null)
            : (null, ErrorCodes.InvalidDpop);
    }
}
