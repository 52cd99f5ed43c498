using System.Data.Common;
using System.Security.Claims;
using System.Text.Json;
using Bzt.Gateway.OpenIdConnect;
using Bzt.Grains;
using Bzt.Grains.Platforms;
using Bzt.Silo.Storage;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Validation.AspNetCore;
using Orleans.Runtime;
using StackExchange.Redis;

namespace Bzt.Gateway.Csc;

internal enum CscAccess
{
    Anyone,

    /// <summary>A token of scope service.</summary>
    Service,

    /// <summary>A token of scope service, or of scope credential.</summary>
    ServiceOrCredential,
}

internal sealed record CscAccessMetadata(CscAccess Access);

/// <summary>A user's grant to a platform, as the access token carries it.</summary>
/// <param name="Credential">Of a token of scope credential: the one certificate it is for.</param>
internal sealed record CscCaller(PlatformFacts Platform, UserId User, SessionId Session, CertificateId? Credential)
{
    /// <summary>Null when the token is none of ours, was revoked, or is not of a user's grant.</summary>
    public static async Task<CscCaller?> OfAsync(ClaimsPrincipal? principal, IGrainFactory grains)
    {
        if (principal?.FindFirstValue(OpenIddictConstants.Claims.ClientId) is not { } client
            || OpenIdClaims.SessionOf(principal) is not { } session || OpenIdClaims.UserOf(principal) is not { } user
            || !(principal.HasScope(AuthorizationServer.ServiceScope) || principal.HasScope(AuthorizationServer.CredentialScope))
            || !await grains.OAuthGrant(session).IsAlive()
            || await grains.Platform(new PlatformId(client)).GetFacts() is not Done<PlatformFacts>(var platform))
        {
            return null;
        }

        return new CscCaller(platform, user, session, principal.HasScope(AuthorizationServer.CredentialScope) ? OpenIdClaims.CertificateOf(principal) : null);
    }
}

/// <summary>What an endpoint of the CSC API gets. <see cref="Caller"/> is null only where <see cref="CscAccess.Anyone"/> may call.</summary>
internal sealed record CscCall(CscCaller? Caller, CscObject Body)
{
    public static ValueTask<CscCall?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<CscCall>());
}

/// <summary>Everything that is asked of a CSC request before its endpoint runs, and its own way of saying no.</summary>
internal sealed partial class CscPipeline(RequestDelegate next, IGrainFactory grains, ILogger<CscPipeline> log)
{
    private const int Deepest = 8;
    private const string RetryAfterSeconds = "2";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<CscAccessMetadata>() is not { Access: var access })
        {
            await next(context);
            return;
        }

        try
        {
            var (call, refused) = await ReadAsync(context, access);
            if (call is null)
            {
                await refused!.ExecuteAsync(context);
                return;
            }

            context.Features.Set(call);
            await next(context);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await new CscError(CscError.InvalidRequest, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The request is too large" : "The request cannot be read", bad.StatusCode).ExecuteAsync(context);
        }
        catch (Exception exception) when ((exception is TimeoutException or OrleansException or RedisException || (exception is DbException store && store.IsPassing())) && !context.Response.HasStarted)
        {
            LogUnavailable(exception);
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await new CscError(CscError.TemporarilyUnavailable, "The service is not available now", StatusCodes.Status503ServiceUnavailable).ExecuteAsync(context);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !context.Response.HasStarted)
        {
            LogFailed(exception);
            await new CscError(CscError.ServerError, "The request failed", StatusCodes.Status500InternalServerError).ExecuteAsync(context);
        }
    }

    private async Task<(CscCall? Call, CscError? Refused)> ReadAsync(HttpContext context, CscAccess access)
    {
        // 1. Who: RFC 6750, a token in the header and nowhere else.
        CscCaller? caller = null;
        if (access != CscAccess.Anyone)
        {
            var authorization = context.Request.Headers.Authorization;
            if (authorization.Count > 0 && (authorization.Count > 1 || !authorization[0]!.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)))
            {
                return (null, new CscError(CscError.InvalidRequest, "Malformed authorization header"));
            }

            var result = await context.AuthenticateAsync(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme);
            if (result.Principal is null)
            {
                return (null, new CscError(authorization.Count == 0 ? CscError.InvalidRequest : CscError.InvalidToken, "The access token is missing, expired or not valid", StatusCodes.Status401Unauthorized));
            }

            caller = await CscCaller.OfAsync(result.Principal, grains);
            if (caller is null)
            {
                return (null, new CscError(CscError.InvalidToken, "The access token is not of a user's service or credential authorization, or was revoked", StatusCodes.Status401Unauthorized));
            }

            if (!caller.Platform.MaySignHashes || (caller.Credential is not null && access != CscAccess.ServiceOrCredential))
            {
                return (null, new CscError(CscError.UnauthorizedClient, "The client is not authorized to use this method", StatusCodes.Status403Forbidden));
            }
        }

        // 2. What: one JSON object.
        if (!context.Request.HasJsonContentType())
        {
            return (null, new CscError(CscError.InvalidRequest, "The content type must be application/json"));
        }

        try
        {
            using var document = await JsonDocument.ParseAsync(
                context.Request.Body, new JsonDocumentOptions { MaxDepth = Deepest, AllowDuplicateProperties = false }, context.RequestAborted);
            return document.RootElement.ValueKind == JsonValueKind.Object && IsText(document.RootElement)
                ? (new CscCall(caller, new CscObject(document.RootElement.Clone())), null)
                : (null, new CscError(CscError.InvalidRequest, "The request is not a JSON object"));
        }
        // The second: names that are no text, compared with each other.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (null, new CscError(CscError.InvalidRequest, "The request is not a JSON object"));
        }
    }

    /// <summary>Half a surrogate pair, or octets that are no UTF-8, would only be noticed by whoever reads them.</summary>
    private static bool IsText(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString() is not null,
                JsonValueKind.Array => element.EnumerateArray().All(IsText),
                JsonValueKind.Object => element.EnumerateObject().All(member => member.Name is not null && IsText(member.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A CSC request failed.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster did not answer a CSC request.")]
    private partial void LogUnavailable(Exception exception);
}
