using Bzt.Gateway.Admission;
using Bzt.Grains;
using Bzt.Grains.Platforms;
using Microsoft.AspNetCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Bzt.Gateway.OpenIdConnect;

/// <summary>
/// What is asked of a client, by the platform's own grain: its secret wherever it speaks for itself, and where a browser is sent back to, octet by octet.
/// OpenIddict redirects nobody before these have passed.
/// </summary>
internal static class ClientChecks
{
    private const int LongestId = 100;
    private const int LongestSecret = 500;

    internal sealed class OfAuthorization(IGrainFactory grains) : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>
    {
        public async ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
        {
            if (await FindAsync(grains, context.ClientId) is not { } platform)
            {
                context.Reject(Errors.UnauthorizedClient, "The client is unknown.");
            }
            else if (context.RedirectUri is not { } uri || !platform.RedirectUris.Contains(uri, StringComparer.Ordinal))
            {
                context.Reject(Errors.InvalidRequest, "The redirect_uri is not registered for this client.");
            }
            else if (AuthorizationScopes.Fault(context.Request, platform) is var (error, description))
            {
                context.Reject(error, description);
            }
        }
    }

    internal sealed class OfPushedAuthorization(Clients clients) : IOpenIddictServerHandler<ValidatePushedAuthorizationRequestContext>
    {
        public async ValueTask HandleAsync(ValidatePushedAuthorizationRequestContext context)
        {
            if (await clients.AuthenticateAsync(context, context.ClientId, context.Request.ClientSecret) is not { } platform)
            {
                context.Reject(Errors.InvalidClient, WrongClient);
            }
            else if (context.RedirectUri is not { } uri || !platform.RedirectUris.Contains(uri, StringComparer.Ordinal))
            {
                context.Reject(Errors.InvalidRequest, "The redirect_uri is not registered for this client.");
            }
            else if (AuthorizationScopes.Fault(context.Request, platform) is var (error, description))
            {
                context.Reject(error, description);
            }
        }
    }

    internal sealed class OfToken(Clients clients) : IOpenIddictServerHandler<ValidateTokenRequestContext>
    {
        public async ValueTask HandleAsync(ValidateTokenRequestContext context)
        {
            if (await clients.AuthenticateAsync(context, context.ClientId, context.ClientSecret) is null)
            {
                context.Reject(Errors.InvalidClient, WrongClient);
            }
            else if (context.Request.IsClientCredentialsGrantType() && context.Request.GetScopes().Length > 0)
            {
                context.Reject(Errors.InvalidScope, "Scopes are a user's to grant.");
            }
        }
    }

    internal sealed class OfRevocation(Clients clients) : IOpenIddictServerHandler<ValidateRevocationRequestContext>
    {
        public async ValueTask HandleAsync(ValidateRevocationRequestContext context)
        {
            if (await clients.AuthenticateAsync(context, context.ClientId, context.ClientSecret) is null)
            {
                context.Reject(Errors.InvalidClient, WrongClient);
            }
        }
    }

    internal sealed class OfEndSession(IGrainFactory grains) : IOpenIddictServerHandler<ValidateEndSessionRequestContext>
    {
        public async ValueTask HandleAsync(ValidateEndSessionRequestContext context)
        {
            if (context.PostLogoutRedirectUri is not { } uri)
            {
                return;
            }

            // RP-Initiated Logout §2: which client's addresses count is said by the request, the ID token, or both alike.
            var hinted = context.IdentityTokenHintPrincipal?.GetAudiences() ?? [];
            var client = context.ClientId ?? (hinted is [var only] ? only : null);
            if (client is null || (!hinted.IsEmpty && !hinted.Contains(client))
                || await FindAsync(grains, client) is not { } platform || !platform.PostLogoutRedirectUris.Contains(uri, StringComparer.Ordinal))
            {
                context.Reject(Errors.InvalidRequest, "The post_logout_redirect_uri is not registered for this client.");
            }
        }
    }

    private const string WrongClient = "The client is unknown or its secret is wrong.";

    private static async Task<PlatformFacts?> FindAsync(IGrainFactory grains, string? client) =>
        IsId(client) && await grains.Platform(new PlatformId(client!)).GetFacts() is Done<PlatformFacts>(var platform) ? platform : null;

    /// <summary>What can be a grain's key: neither blank, nor with octets a store does not take.</summary>
    private static bool IsId(string? client) => client is { Length: > 0 and <= LongestId } && !string.IsNullOrWhiteSpace(client) && !client.Any(char.IsControl);

    /// <summary>Who speaks for itself with its secret. It is no stranger from then on: it counts as the platform it is, and beyond that one's rate as a stranger again.</summary>
    internal sealed class Clients(IGrainFactory grains, RateCounts rates, IOptions<LimitsOptions> limits)
    {
        public async Task<PlatformFacts?> AuthenticateAsync(BaseContext context, string? client, string? secret)
        {
            if (!IsId(client) || secret is not { Length: > 0 and <= LongestSecret }
                || await grains.Platform(new PlatformId(client!)).Authenticate(secret) is not Done<PlatformFacts>(var platform))
            {
                return null;
            }

            if (rates.Take("platform/" + platform.Platform.Value, limits.Value.PlatformPerSecond) is null)
            {
                KnownVisitor.Is(context.Transaction.GetHttpRequest()!.HttpContext);
            }

            return platform;
        }
    }
}
