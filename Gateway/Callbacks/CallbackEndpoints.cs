using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Callbacks;

namespace Bzt.Gateway.Callbacks;

/// <summary>A platform's callbacks: where to, with which secrets, and what could not be delivered. Only for the platform itself.</summary>
internal static class CallbackEndpoints
{
    public static void Map(IEndpointRouteBuilder platforms)
    {
        var group = platforms.MapGroup("").WithMetadata(new PlatformAccessMetadata(PlatformAccess.PlatformOnly));
        group.MapGet(Routes.Platforms.CallbackEndpoint, GetAsync)
            .WithName("getCallbackEndpoint").WithSummary("Where callbacks go").Refuses(403, 404).Produces<CallbackEndpoint>();
        group.MapPut(Routes.Platforms.CallbackEndpoint, SetAsync)
            .WithName("setCallbackEndpoint").WithSummary("Sets or moves the callback endpoint")
            .WithDescription("https on a public address, 1800 characters at most. The first call makes the secret and answers it; it is never shown again. Sessions opened from then on are told of.")
            .Refuses(403, 422).Produces<CallbackEndpointSaved>();
        group.MapDelete(Routes.Platforms.CallbackEndpoint, RemoveAsync)
            .WithName("removeCallbackEndpoint").WithSummary("No more callbacks").Refuses(403).Produces(StatusCodes.Status204NoContent);
        group.MapPost(Routes.Platforms.CallbackSecrets, RotateAsync)
            .WithName("rotateCallbackSecret").WithSummary("Makes a new secret")
            .WithDescription("For overlapSeconds (0 to 604800) the old one signs beside it.").Refuses(403, 404).Produces<CallbackEndpointSaved>(StatusCodes.Status201Created);
        group.MapGet(Routes.Platforms.DeadLetters, GetDeadAsync)
            .WithName("getDeadLetters").WithSummary("Callbacks that were given up").Refuses(403).Produces<DeadLetters>();
        group.MapPost(Routes.Platforms.DeadLetterRedelivery, RedeliverAsync)
            .WithName("redeliver").WithSummary("Tries a callback anew").WithDescription("It leaves the list when it is taken.").Refuses(403, 404).Produces(StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> GetAsync(PlatformCaller caller, IGrainFactory grains) =>
        (await grains.CallbackEndpoint(caller.Platform).Get()).ToHttp(view => Results.Json(ToHttp(view), BztJson.Default.CallbackEndpoint));

    private static async Task<IResult> SetAsync(CallbackEndpointRequest request, PlatformCaller caller, IGrainFactory grains) =>
        (await grains.CallbackEndpoint(caller.Platform).Set(request.Url)).ToHttp(changed => Saved(changed, StatusCodes.Status200OK));

    private static async Task<IResult> RotateAsync(CallbackRotationRequest request, PlatformCaller caller, IGrainFactory grains) =>
        (await grains.CallbackEndpoint(caller.Platform).Rotate(TimeSpan.FromSeconds(request.OverlapSeconds))).ToHttp(changed => Saved(changed, StatusCodes.Status201Created));

    private static async Task<IResult> RemoveAsync(PlatformCaller caller, IGrainFactory grains)
    {
        await grains.CallbackEndpoint(caller.Platform).Remove();
        return Results.NoContent();
    }

    private static async Task<IResult> GetDeadAsync(PlatformCaller caller, IGrainFactory grains)
    {
        var dead = await grains.CallbackEndpoint(caller.Platform).GetDead();
        return Results.Json(
            new DeadLetters([.. dead.Newest.Select(letter => new DeadLetter(CallbackMessageId.Of(letter.Session), letter.Session, letter.FailedAt, letter.Attempts, letter.Reason))], dead.Dropped),
            BztJson.Default.DeadLetters);
    }

    private static async Task<IResult> RedeliverAsync(string messageId, PlatformCaller caller, IGrainFactory grains) =>
        CallbackMessageId.SessionOf(messageId) is { } session
            ? (await grains.SessionCallback(session).Redeliver(caller.Platform)).ToHttp(_ => Results.Accepted())
            : new ProblemResult(ErrorCodes.NotFound);

    private static IResult Saved(CallbackEndpointChanged changed, int status) =>
        Results.Json(new CallbackEndpointSaved(ToHttp(changed.Endpoint), changed.Secret), BztJson.Default.CallbackEndpointSaved, statusCode: status);

    private static CallbackEndpoint ToHttp(CallbackEndpointView view) =>
        new(view.Url, [.. view.Secrets.Select(secret => new CallbackSecretInfo(secret.CreatedAt, secret.ValidUntil))]);
}
