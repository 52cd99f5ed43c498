using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Sessions;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.Sessions;

namespace Bzt.Gateway.Platforms;

/// <summary>GET /rp/v1/sessions/{sessionId}: with <c>timeoutMs</c>, a long poll.</summary>
internal static class GetSessionEndpoint
{
    private const int LongestWait = 120_000;

    /// <summary>A call to a grain may not outlast the cluster's response time-out, so a long wait is many short ones.</summary>
    private static readonly TimeSpan OneWait = TimeSpan.FromSeconds(3);

    public static void Map(IEndpointRouteBuilder group) => group
        .MapGet(Routes.Platforms.Session, HandleAsync)
        .WithName("getSession")
        .WithMetadata(new Admission.HoldsOpen())
        .WithSummary("The session now, or at its next change")
        .WithDescription("A long poll: with timeoutMs (0 to 120000) it answers at the next change or when the time is over. "
            + "seen is the state the caller knows (created, scanned, confirmed); without it the first change from the current state is waited for.")
        .Refuses(400, 404)
        .Produces<SessionStatus>();

    private static async Task<IResult> HandleAsync(
        Guid sessionId, PlatformCaller caller, IGrainFactory grains, TimeProvider clock, Draining draining, CancellationToken aborted, int timeoutMs = 0, string? seen = null)
    {
        SessionState? known = null;
        if (timeoutMs is < 0 or > LongestWait || (seen is not null && !TryReadState(seen, out known)))
        {
            return new ProblemResult(ErrorCodes.InvalidRequest) { Detail = "内容不正确：timeoutMs 或 seen" };
        }

        using var step = Telemetry.Step(sessionId, "session status");
        var session = grains.GetGrain<IQrSessionGrain>(sessionId);
        var started = clock.GetTimestamp();
        while (true)
        {
            var left = TimeSpan.FromMilliseconds(timeoutMs) - clock.GetElapsedTime(started);
            var wait = left < OneWait ? left : OneWait;
            var reply = await session.GetStatus(caller.Requester, known, wait > TimeSpan.Zero && known is not null ? wait : TimeSpan.Zero);
            if (reply is Done<SessionView>(var view) && view.State != SessionState.Completed && left > TimeSpan.Zero && (known is null || view.State == known) && !draining.Begun)
            {
                aborted.ThrowIfCancellationRequested();
                known = view.State;
                continue;
            }

            return reply.ToHttp(found => Results.Json(SessionMessages.ToHttp(sessionId, found), BztJson.Default.SessionStatus));
        }
    }

    private static bool TryReadState(string text, out SessionState? state)
    {
        state = text switch
        {
            "created" => SessionState.Created,
            "scanned" => SessionState.Scanned,
            "confirmed" => SessionState.Confirmed,
            "completed" => SessionState.Completed,
            _ => null,
        };
        return state is not null;
    }
}
