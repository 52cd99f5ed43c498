using System.Collections.Concurrent;
using System.Text.Json;
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

/// <summary>GET /rp/v1/sessions/{sessionId}/events: server-sent events, one at each change, the end as the last.</summary>
internal static class StreamSessionEndpoint
{
    private const int LongestStream = 600_000;

    /// <summary>As for a long poll: a call to a grain may not outlast the cluster's response time-out.</summary>
    private static readonly TimeSpan OneWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void Map(IEndpointRouteBuilder group) => group
        .MapGet(Routes.Platforms.SessionEvents, HandleAsync)
        .WithName("streamSession")
        .WithMetadata(new Admission.HoldsOpen())
        .WithSummary("The session's changes as server-sent events")
        .WithDescription("Each event `state` carries the session as getSession answers it; its id is the state. After a break send Last-Event-ID: what you know is not told again. "
            + "A comment every 15 seconds shows that the line stands. The stream ends after `completed`, or after timeoutMs (1 to 600000).")
        .Refuses(400, 404, 429)
        .Produces<string>(StatusCodes.Status200OK, "text/event-stream");

    private static async Task<IResult> HandleAsync(
        Guid sessionId, HttpContext context, PlatformCaller caller, IGrainFactory grains, SessionStreams streams, TimeProvider clock, Draining draining, int timeoutMs = LongestStream)
    {
        if (timeoutMs is < 1 or > LongestStream)
        {
            return new ProblemResult(ErrorCodes.InvalidRequest) { Detail = "内容不正确：timeoutMs" };
        }

        using var step = Telemetry.Step(sessionId, "session stream");
        var session = grains.GetGrain<IQrSessionGrain>(sessionId);
        if (await session.GetStatus(caller.Requester, null, TimeSpan.Zero) is not Done<SessionView>(var view))
        {
            return new ProblemResult(ErrorCodes.NotFound);
        }

        using var place = streams.TryEnter(caller.Platform);
        if (place is null)
        {
            return new ProblemResult(ErrorCodes.RateLimited) { RetryAt = clock.GetUtcNow() + TimeSpan.FromSeconds(5) };
        }

        await WriteAsync(sessionId, view, session, caller.Requester, context, clock, draining, TimeSpan.FromMilliseconds(timeoutMs));
        return Results.Empty;
    }

    private static async Task WriteAsync(
        Guid sessionId, SessionView view, IQrSessionGrain session, SessionRequester requester, HttpContext context, TimeProvider clock, Draining draining, TimeSpan longest)
    {
        var (response, aborted) = (context.Response, context.RequestAborted);
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        // A proxy that gathers an answer before it sends it on would make a poll of it.
        response.Headers["X-Accel-Buffering"] = "no";
        var (started, spoken) = (clock.GetTimestamp(), clock.GetTimestamp());
        var told = context.Request.Headers["Last-Event-ID"].ToString();
        await response.WriteAsync("retry: 1000\n\n", aborted);
        await response.Body.FlushAsync(aborted);
        while (true)
        {
            var id = JsonNamingPolicy.SnakeCaseLower.ConvertName(view.State.ToString());
            if (id != told)
            {
                told = id;
                var data = JsonSerializer.Serialize(SessionMessages.ToHttp(sessionId, view), BztJson.Default.SessionStatus);
                await response.WriteAsync($"event: state\nid: {id}\ndata: {data}\n\n", aborted);
                await response.Body.FlushAsync(aborted);
                spoken = clock.GetTimestamp();
            }

            var left = longest - clock.GetElapsedTime(started);
            if (view.State == SessionState.Completed || left <= TimeSpan.Zero || draining.Begun)
            {
                return;
            }

            if (clock.GetElapsedTime(spoken) >= Heartbeat)
            {
                await response.WriteAsync(":\n\n", aborted);
                await response.Body.FlushAsync(aborted);
                spoken = clock.GetTimestamp();
            }

            // A session that cannot be asked any more ends the stream: whoever reads it takes it up again.
            if (await session.GetStatus(requester, view.State, left < OneWait ? left : OneWait) is not Done<SessionView>(var next))
            {
                return;
            }

            aborted.ThrowIfCancellationRequested();
            view = next;
        }
    }
}

/// <summary>Open streams of each platform at this gateway: none takes the sockets of the others.</summary>
internal sealed class SessionStreams
{
    private const int MostPerPlatform = 4000;

    private readonly ConcurrentDictionary<PlatformId, int> open = new();

    /// <summary>Null when the platform has all it may have. Dispose when the stream ends.</summary>
    public IDisposable? TryEnter(PlatformId platform)
    {
        if (open.AddOrUpdate(platform, 1, (_, count) => count + 1) > MostPerPlatform)
        {
            Leave(platform);
            return null;
        }

        return new Place(this, platform);
    }

    private void Leave(PlatformId platform) => open.AddOrUpdate(platform, 0, (_, count) => count - 1);

    private sealed class Place(SessionStreams streams, PlatformId platform) : IDisposable
    {
        public void Dispose() => streams.Leave(platform);
    }
}
