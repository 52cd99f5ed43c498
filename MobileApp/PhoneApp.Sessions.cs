using System.Text.Json;
using System.Text.Json.Serialization;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Microsoft.JSInterop;

namespace Bzt.MobileApp;

/// <summary>What is kept of a scan while it is looked at: the system may take our memory in between.</summary>
internal sealed record KeptScan(Guid SessionId, byte[]? Binding);

/// <summary>A confirmation as the user saw it. Kept until its outcome was shown.</summary>
internal sealed record Confirmation(
    Guid SessionId, Guid CertificateId, SessionKind Kind, string PlatformName, string? ProjectName, IReadOnlyList<string> Items, DateTimeOffset At)
{
    /// <summary>The platform's page is in this phone's browser, and waits there.</summary>
    public bool SameDevice { get; init; }
}

/// <summary>How a request ended, for the result screen.</summary>
/// <param name="Outcome">Null: refused by the user.</param>
/// <param name="SessionFailed">The request was served, the sealing session that was ticked was not begun.</param>
internal sealed record Ending(Confirmation Confirmation, PinOutcome? Outcome, bool Disowned, bool SessionFailed);

[JsonSerializable(typeof(KeptScan))]
[JsonSerializable(typeof(Confirmation))]
internal sealed partial class SessionJson : JsonSerializerContext;

// Requests of platforms: what is looked at, what was confirmed, how it ended. All of it survives the end of the app.
public sealed partial class PhoneApp
{
    private const string ScanRecord = "scan";
    private const string ConfirmationRecord = "confirmation";

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
        var kept = new KeptScan(scanned.Session.SessionId, scanned.Binding);
        await vault.WriteAsync(ScanRecord, JsonSerializer.SerializeToUtf8Bytes(kept, SessionJson.Default.KeptScan));
    }

    /// <summary>What was being looked at when the app ended; null when it is over.</summary>
    public async Task<ScannedSession?> ResumeScanAsync()
    {
        if (Scanned is null && await vault.ReadAsync(ScanRecord) is { } stored && JsonSerializer.Deserialize(stored, SessionJson.Default.KeptScan) is { } kept)
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
        await vault.WriteAsync(ScanRecord, null);
    }

    /// <summary>Before the PIN is sent: from here on the outcome is asked for until it is known.</summary>
    internal async Task BeginConfirmationAsync(Confirmation confirmation)
    {
        await vault.WriteAsync(ConfirmationRecord, JsonSerializer.SerializeToUtf8Bytes(confirmation, SessionJson.Default.Confirmation));
        Unsettled = confirmation;
    }

    /// <summary>The outcome is known, and is not the end: another PIN may be tried.</summary>
    internal async Task TryAgainAsync()
    {
        Unsettled = null;
        await vault.WriteAsync(ConfirmationRecord, null);
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
    internal Task SeenAsync() => Unsettled is null ? vault.WriteAsync(ConfirmationRecord, null) : Task.CompletedTask;

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
            Unsettled = await vault.ReadAsync(ConfirmationRecord) is { } stored ? JsonSerializer.Deserialize(stored, SessionJson.Default.Confirmation) : null;
            interrupted = Unsettled is not null;
        }
        catch (Exception exception) when (exception is JsonException or JSException)
        {
            // What the key did is in the key's own record, and settled from there; lost is only what this would have said of it.
            await Console.Out.WriteLineAsync($"What was under way cannot be read: {exception.Message}");
            await vault.WriteAsync(ConfirmationRecord, null);
        }
    }
}
