using Bzt.Contracts;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Phones;

/// <summary>Everything that is asked of a phone's request before its endpoint runs, in order.</summary>
internal sealed class PhonePipeline(RequestDelegate next, DpopVerifier dpop, HubTickets tickets, IGrainFactory grains, IOptions<GatewayOptions> options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<PhoneAccessMetadata>() is not { Access: var access })
        {
            await next(context);
            return;
        }

        if (await RefuseAsync(context, access) is { } refused)
        {
            if (refused is ErrorCodes.Unauthenticated or ErrorCodes.InvalidDpop)
            {
                dpop.Challenge(context.Response);
            }

            await new ProblemResult(refused).ExecuteAsync(context);
            return;
        }

        await next(context);
    }

    /// <summary>The code of the first step that does not hold; null when all do.</summary>
    private async Task<string?> RefuseAsync(HttpContext context, PhoneAccess access)
    {
        // 1. An app from an old cache is told so before anything else: it may not understand any other answer.
        if (context.Request.Headers[Routes.AppVersionHeader] is [{ } version]
            && (!Version.TryParse(version, out var parsed) || parsed < Version.Parse(options.Value.OldestAppVersion)))
        {
            return ErrorCodes.ClientOutdated;
        }

        if (access == PhoneAccess.Anyone)
        {
            return null;
        }

        // 2. Login: a device key, no token yet.
        if (access == PhoneAccess.DeviceKey)
        {
            if (await dpop.VerifyAsync(context.Request, accessToken: null) is not { } login)
            {
                return ErrorCodes.InvalidDpop;
            }

            context.Features.Set(new DeviceKeyProof(login.Jkt, login.PublicKey));
            return null;
        }

        // 3. The hub: a ticket stands for token and proof, which a browser's WebSocket cannot carry. Browsers put it into the query.
        if (context.GetEndpoint()!.Metadata.GetMetadata<HubUser.TicketAccepted>() is not null && TicketOf(context.Request) is { } ticket)
        {
            if (await tickets.RedeemAsync(ticket) is not { } holder)
            {
                return ErrorCodes.Unauthenticated;
            }

            context.Features.Set(holder);
            return null;
        }

        // 4. A token, under the scheme that says that it is bound to a key (RFC 9449 §7.1): as a Bearer token it is worth nothing.
        if (context.Request.Headers.Authorization is not [{ } authorization] || !authorization.StartsWith("DPoP ", StringComparison.Ordinal)
            || !AccessToken.TryParse(authorization["DPoP ".Length..], out var user, out var device, out var hash))
        {
            return ErrorCodes.Unauthenticated;
        }

        // 5. A fresh proof made for this request and this token.
        if (await dpop.VerifyAsync(context.Request, authorization["DPoP ".Length..]) is not { } proof)
        {
            return ErrorCodes.InvalidDpop;
        }

        // 6. The user's grain knows the token and the key it was given to.
        if (await grains.User(user).Authenticate(device, hash, proof.Jkt) is not Done<AuthenticatedDevice>(var known))
        {
            return ErrorCodes.Unauthenticated;
        }

        dpop.Remember(proof);
        context.Features.Set(new Caller(user, device, known.PublicKey, known.Limited, known.RealNamed));

        // 7. A limited device looks; it does not act.
        if (access >= PhoneAccess.FullDevice && known.Limited)
        {
            return ErrorCodes.DeviceLimited;
        }

        // 8. M014.
        return access >= PhoneAccess.RealNamed && !known.RealNamed ? ErrorCodes.RealNameRequired : null;
    }

    private static string? TicketOf(HttpRequest request) =>
        request.Query["access_token"] is [{ } query] ? query
        : request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..]
        : null;
}
