using System.Text.Json;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.MobileApp.Records;
using Microsoft.JSInterop;

namespace Bzt.MobileApp;

/// <summary>How a request ended, for the result screen.</summary>
/// <param name="Outcome">Null: refused by the user.</param>
/// <param name="SessionFailed">The request was served, the sealing session that was ticked was not begun.</param>
internal sealed record Ending(Confirmation Confirmation, PinOutcome? Outcome, bool Disowned, bool SessionFailed);

// Requests of platforms: what is looked at, what was confirmed, how it ended. All of it survives the end of the app.
public sealed partial class PhoneApp
{
    private bool interrupted;

    /// <summary>The request that is being looked at.</summary>
    public ScannedSession? Scanned { get; private set; }

    /// <summary>A confirmation whose outcome nobody has seen yet.</summary>
    internal Confirmation? Unsettled { get; private set; }

    /// <summary>How the last request ended.</summary>
    internal Ending? Ended { get; private set; }

    /// <summary>Brings a link to the server.</summary>
    /// <param name="link">Whole.</param>
    /// <param name="fromElsewhere">It opened the app, and was not read or entered in it.</param>
    public async Task ScanAsync(string link, bool fromElsewhere) => await LookAtAsync(await (fromElsewhere ? Client.FollowLinkAsync(link) : Client.ScanAsync(link)));

    /// <summary>The request to look at from now on.</summary>
    public async Task LookAtAsync(ScannedSession scanned)
    {
        ArgumentNullException.ThrowIfNull(scanned);
        Scanned = scanned;
        (Ended, PushedIn) = (null, null);
        SetServerTime(scanned.Session.ServerTime);
        await records.WriteScanAsync(new KeptScan(scanned.Session.SessionId, scanned.Binding));
    }

    /// <summary>What was being looked at when the app ended; null when it is over.</summary>
    public async Task<ScannedSession?> ResumeScanAsync()
    {
        if (Scanned is null && await records.ReadScanAsync() is { } kept)
        {
            var session = await Client.GetSessionAsync(kept.SessionId);
            if (session.End is null)
            {
                Scanned = new ScannedSession(session, kept.Binding);
                SetServerTime(session.ServerTime);
            }
        }

        return Scanned;
    }

    /// <summary>The user went elsewhere.</summary>
    public async Task ForgetScanAsync()
    {
        (Scanned, PushedIn) = (null, null);
        await records.WriteScanAsync(null);
    }

    /// <summary>Before the PIN is sent: from here on the outcome is asked for until it is known.</summary>
    internal async Task BeginConfirmationAsync(Confirmation confirmation)
    {
        await records.WriteUnsettledAsync(confirmation);
        Unsettled = confirmation;
    }

    /// <summary>The outcome is known, and is not the end: another PIN may be tried.</summary>
    internal async Task TryAgainAsync()
    {
        Unsettled = null;
        await records.WriteUnsettledAsync(null);
    }

    /// <summary>The outcome is known, and shown next.</summary>
    internal async Task EndAsync(Confirmation confirmation, PinOutcome? outcome, bool disowned = false, bool sessionFailed = false)
    {
        // Kept until the user has left the result: who comes back to it sees it again.
        await BeginConfirmationAsync(confirmation);
        Unsettled = null;
        Ended = new Ending(confirmation, outcome, disowned, sessionFailed);
        await ForgetScanAsync();
        _ = LoadCertificatesAsync();
    }

    /// <summary>Back to the platform's page, with the value that proves that it is this browser.</summary>
    internal async Task ReturnAsync(Confirmation confirmation)
    {
        var address = await Client.GetReturnAsync(confirmation.SessionId);
        await SeenAsync();
        await window.LeaveToAsync(address);
    }

    /// <summary>The result was seen.</summary>
    internal Task SeenAsync() => Unsettled is null ? records.WriteUnsettledAsync(null) : Task.CompletedTask;

    /// <summary>Asks what became of a confirmation; it is never sent a second time.</summary>
    internal async Task SettleAsync(Confirmation confirmation)
    {
        // What the phone itself remembers comes first; when it remembers nothing the answer arrived, and the session knows how it ended.
        var outcome = await Client.ResumeAsync(confirmation.CertificateId) ?? (await Client.GetSessionAsync(confirmation.SessionId)).End switch
        {
            SessionEnd.Ok => new PinOutcome.Done(),
            SessionEnd.Refused => null,
            _ => new PinOutcome.Ended(),
        };
        await EndAsync(confirmation, outcome);
    }

    /// <summary>Whether the last run ended before the user saw an outcome; told once.</summary>
    internal bool TakeInterruption()
    {
        var taken = interrupted && Phase == AppPhase.Ready;
        interrupted &= !taken;
        return taken;
    }

    private async Task LoadUnsettledAsync()
    {
        try
        {
            Unsettled = await records.ReadUnsettledAsync();
            interrupted = Unsettled is not null;
        }
        catch (Exception exception) when (exception is JsonException or JSException)
        {
            // What the key did is in the key's own record, and settled from there; lost is only what this would have said of it.
            await Console.Out.WriteLineAsync($"What was under way cannot be read: {exception.Message}");
            await records.WriteUnsettledAsync(null);
        }
    }
}
