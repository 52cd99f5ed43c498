using System.Collections.Concurrent;
using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;

namespace Bzt.Samples.TradingPlatform.Qr;

/// <summary>
/// Running QR flows, in memory: after a restart a page simply asks for a new one. Each is followed by one long poll at the service, however
/// many pages look at it every second.
/// </summary>
public sealed partial class QrFlows(PlatformClient client, TimeProvider clock, ILogger<QrFlows> log) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, QrFlow> flows = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();

    public async Task<QrFlow> StartAsync(string browser, QrRequest request, CancellationToken cancellation)
    {
        foreach (var (id, old) in flows)
        {
            if (clock.GetElapsedTime(old.StartedAt) > Kept)
            {
                flows.TryRemove(id, out _);
            }
        }

        var session = await client.OpenAsync(request.Session, cancellation: cancellation);
        var flow = new QrFlow(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), browser, request, session, clock.GetTimestamp(), session.Session.ExpiresAt - session.Session.ServerTime);
        flows[flow.Id] = flow;
        _ = FollowAsync(flow);
        return flow;
    }

    public QrFlow? Find(string id, string browser) => flows.GetValueOrDefault(id) is { } flow && flow.Browser == browser ? flow : null;

    public TimeSpan Left(QrFlow flow) => flow.Until - clock.GetElapsedTime(flow.StartedAt) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>Asks the service now: what a result follows from is never what a poll said earlier.</summary>
    public async Task<SessionStatus> AskAsync(QrFlow flow, CancellationToken cancellation) => flow.Status = await client.GetAsync(flow.Session.SessionId, cancellation: cancellation);

    /// <summary>A completed flow is used once.</summary>
    public bool Take(QrFlow flow) => flows.TryRemove(flow.Id, out _);

    public async Task CancelAsync(QrFlow flow, CancellationToken cancellation)
    {
        Take(flow);
        try
        {
            await client.CancelAsync(flow.Session.SessionId, cancellation);
        }
        catch (ApiRefusedException)
        {
            // It is being confirmed, or over: then it ends by itself.
        }
    }

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private async Task FollowAsync(QrFlow flow)
    {
        try
        {
            var status = await client.WaitAsync(flow.Session.SessionId, now => flow.Status = now, stopping.Token);
            flow.Status = status;
            if (status is { End: SessionEnd.Ok, Result: { } result })
            {
                await flow.FinishAsync(result);
            }
            else if (status.End is { } end)
            {
                flow.Request.Ended(end);
            }
        }
        catch (OperationCanceledException)
        {
            // We stop, or the client gave up; whoever asks is told what is known.
        }
        catch (Exception exception)
        {
            // Nobody awaits this; a page that asks gets the same exception from what it asks.
            Lost(log, flow.Session.SessionId, exception);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The session {Session} could not be followed to its end.")]
    private static partial void Lost(ILogger logger, Guid session, Exception exception);
}
