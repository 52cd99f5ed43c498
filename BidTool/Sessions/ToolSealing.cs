using Bzt.BidTool.Commands;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Sessions;

/// <summary>
/// Requests for seals in the sealing session the user ticked at one of them (会话签章): pushed to the phone without a scan. Which session is kept with the
/// login, so that it serves the next commands too; where there is none, or it is over, the QR is shown.
/// </summary>
internal sealed class ToolSealing(ToolSessions sessions, LoginProfile profile, ToolLogin login, UserInterface ui)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);
    private const int Looks = 20;

    private ToolLogin login = login;

    /// <inheritdoc cref="ToolSessions.RunAsync"/>
    public async Task<(Guid SessionId, SessionResult Result)> RunAsync(CreateSessionRequest request, string purpose, CancellationToken stop)
    {
        if (login.SealingSession is { } running)
        {
            try
            {
                var status = await sessions.Client.GetSealingSessionAsync(running, stop);
                if (status.State is SealingSessionState.Running or SealingSessionState.Paused)
                {
                    return await sessions.PushAsync(request with { UseSealingSession = running }, purpose, status, stop);
                }
            }
            catch (ApiRefusedException refused) when (refused.Code is ErrorCodes.NotFound or ErrorCodes.SealingSessionEnded or ErrorCodes.SealingSessionBoundReached)
            {
                // It ended on the way, or has less left than is asked for.
            }

            Remember(null);
        }

        var (session, result) = await sessions.RunAsync(request, purpose, null, null, stop);
        if ((await sessions.Client.GetAsync(session, cancellation: stop)).SealingSession is { } begun && await RunsAsync(begun, stop))
        {
            Remember(begun);
            ui.Done(Say("已建立会话，后续签章无需扫码", "A sealing session has begun: no more scans"), new Dictionary<string, object?> { ["sealingSession"] = begun });
        }

        return (session, result);
    }

    /// <summary>The phone signs the bounds right after the request.</summary>
    private async Task<bool> RunsAsync(Guid sealing, CancellationToken stop)
    {
        for (var look = 0; look < Looks; look++)
        {
            if ((await sessions.Client.GetSealingSessionAsync(sealing, stop)).State is not SealingSessionState.Proposed and var state)
            {
                return state != SealingSessionState.Ended;
            }

            await Task.Delay(LookAgain, stop);
        }

        return false;
    }

    private void Remember(Guid? sealing)
    {
        login = login with { SealingSession = sealing };
        profile.Save(login);
    }
}
