using System.Buffers.Text;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Wire;

namespace Bzt.Contracts.Phone;

// Sessions: scan, look, confirm.
public sealed partial class PhoneClient
{
    /// <summary>Brings a scanned link to the server. The fragment stays here: it vouches for a decryption.</summary>
    public async Task<ScannedSession> ScanAsync(string link, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(link);
        var parts = link.Split('#', 2);
        var binding = parts.Length == 2 && Base64Url.IsValid(parts[1]) ? Base64Url.DecodeFromChars(parts[1]) : null;
        var request = new ScanRequest(parts[0]);
        var session = await RepeatAsync(
            () => http.PostAsync(Routes.Phone.Scan, request, BztJson.Default.ScanRequest, BztJson.Default.PhoneSession, cancellation), cancellation);
        return new ScannedSession(session, binding);
    }

    /// <summary>
    /// The same with a link that came from elsewhere than the app's own scanner or the user's hand, as from another camera or a message: what its
    /// fragment says vouches for nothing, or whoever sends a link would say himself for which PC files are opened.
    /// </summary>
    public Task<ScannedSession> FollowLinkAsync(string link, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(link);
        return ScanAsync(link.Split('#', 2)[0], cancellation);
    }

    /// <summary>The session now.</summary>
    public Task<PhoneSession> GetSessionAsync(Guid sessionId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.Session, "sessionId", sessionId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.PhoneSession, cancellation), cancellation);
    }

    /// <summary>
    /// Opens a scanned request with one of the caller's certificates. What comes back is decoded from the very bytes that will be signed,
    /// or from the list the QR code vouches for; nothing in it is a text of the server's.
    /// </summary>
    /// <exception cref="ApiRefusedException">The session ended, or may not be served by this certificate.</exception>
    public async Task<RequestOpening> OpenRequestAsync(ScannedSession scanned, Guid certificateId, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scanned);
        var key = await OpenKeyAsync(certificateId, cancellation);
        var requestId = scanned.Session.SessionId.ToString("D");
        if (scanned.Session.Kind == SessionKind.Decrypt)
        {
            // Without the QR's own fragment nothing vouches for whom the files are opened for.
            if (scanned.Binding is not { } binding)
            {
                return new RequestOpening.NotOpened(new PinOutcome.Failed(nameof(ProtocolFailure.BindingMismatch)));
            }

            var decryption = await RepeatLostAsync(() => key.OpenDecryptionAsync(requestId, binding), cancellation);
            return decryption.Round is { } opened
                ? new RequestOpening.Opened(new OpenedRequest(scanned.Session, certificateId, key, opened))
                : new RequestOpening.NotOpened(PinOutcomes.Of(decryption.Refusal!));
        }

        var signing = await RepeatLostAsync(() => key.OpenSigningAsync(requestId), cancellation);
        return signing.Round is { } round
            ? new RequestOpening.Opened(new OpenedRequest(scanned.Session, certificateId, key, round))
            : new RequestOpening.NotOpened(PinOutcomes.Of(signing.Refusal!));
    }

    /// <summary>
    /// The user's confirmation. After <see cref="PinOutcome.WrongPin"/> it may be called again. Survives lost answers: the outcome is asked for,
    /// and the true one returned.
    /// </summary>
    /// <exception cref="PhoneLinkException">The server stayed away; the attempt is remembered, and whatever is called next settles it first.</exception>
    public async Task<PinOutcome> ConfirmAsync(OpenedRequest request, string pin, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return PinOutcomes.Of(await ProveAsync(request.Key, pin, request.ConfirmAsync, cancellation));
    }

    /// <summary>Which seal the documents are to show, of <see cref="PhoneSession.Seals"/>. Open the request anew afterwards: its bytes are others.</summary>
    public async Task<ScannedSession> ChooseSealAsync(ScannedSession scanned, SealKind seal, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scanned);
        var path = Route(Routes.Phone.SessionSeal, "sessionId", scanned.Session.SessionId);
        var session = await RepeatAsync(
            () => http.PostAsync(path, new SealChoice(seal), BztJson.Default.SealChoice, BztJson.Default.PhoneSession, cancellation), cancellation);
        return scanned with { Session = session };
    }

    /// <summary>Where the browser goes back to after a session with <see cref="PhoneSession.SameDevice"/>, however it ended; asked again, the same.</summary>
    /// <exception cref="ApiRefusedException">It has not ended, or was not opened on this device.</exception>
    public async Task<string> GetReturnAsync(Guid sessionId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.SessionReturn, "sessionId", sessionId);
        return (await RepeatAsync(() => http.GetAsync(path, BztJson.Default.SessionReturn, cancellation), cancellation)).Url;
    }

    /// <summary>The user says no.</summary>
    public Task RefuseAsync(Guid sessionId, CancellationToken cancellation = default) =>
        http.PostAsync(Route(Routes.Phone.SessionRefusal, "sessionId", sessionId), cancellation);

    /// <summary>不是我发起的: the user says no, and that somebody else asked; the platform is told so.</summary>
    public Task DisownAsync(Guid sessionId, CancellationToken cancellation = default) =>
        http.PostAsync(Route(Routes.Phone.SessionRefusal, "sessionId", sessionId) + "?disowned=true", cancellation);

    /// <summary>
    /// Settles what an interruption left behind, as at the start of the app: asks what became of a confirmation whose answer was lost.
    /// Null when nothing was left.
    /// </summary>
    public async Task<PinOutcome?> ResumeAsync(Guid certificateId, CancellationToken cancellation = default)
    {
        var key = await OpenKeyAsync(certificateId, cancellation);
        return await RepeatLostAsync(key.ResumeAsync, cancellation) switch
        {
            null => null,
            Voided => new PinOutcome.Ended(),
            var answer => PinOutcomes.Of(answer),
        };
    }
}

/// <param name="Session">As the server describes it: who asks, until when, which certificates may serve.</param>
/// <param name="Binding">From the link's fragment; null when it had none.</param>
public sealed record ScannedSession(PhoneSession Session, byte[]? Binding);

/// <summary>A request ready to be looked at, or why it is not.</summary>
public abstract record RequestOpening
{
    private RequestOpening()
    {
    }

    /// <summary>Show it; then confirm or refuse. Dispose it when the user leaves.</summary>
    public sealed record Opened(OpenedRequest Request) : RequestOpening;

    /// <summary>Locked, frozen, or not what the QR code vouches for.</summary>
    public sealed record NotOpened(PinOutcome Reason) : RequestOpening;
}

/// <summary>What the user sees before confirming.</summary>
public sealed class OpenedRequest : IDisposable
{
    private readonly PhoneSigning? signing;
    private readonly PhoneDecryption? decryption;

    internal OpenedRequest(PhoneSession session, Guid certificateId, PhoneKey key, PhoneSigning round) =>
        (Session, CertificateId, Key, signing) = (session, certificateId, key, round);

    internal OpenedRequest(PhoneSession session, Guid certificateId, PhoneKey key, PhoneDecryption round) =>
        (Session, CertificateId, Key, decryption) = (session, certificateId, key, round);

    /// <summary>Who asks, and until when: the server's word.</summary>
    public PhoneSession Session { get; }

    /// <summary>The certificate that would serve it.</summary>
    public Guid CertificateId { get; }

    /// <summary>What is to be signed, decoded; empty for a decryption.</summary>
    public IReadOnlyList<SigningForm> Forms => signing?.Forms ?? [];

    /// <summary>What is to be opened and for whom; null for signatures.</summary>
    public DecryptionTask? Decryption => decryption?.Task;

    /// <summary>核对码: six characters that must equal the tool's; null for signatures.</summary>
    public string? CheckCode => decryption?.Task.CheckCode;

    internal PhoneKey Key { get; }

    internal ValueTask<SiloAnswer> ConfirmAsync(StretchedPin pin) => signing?.ConfirmAsync(pin) ?? decryption!.ConfirmAsync(pin);

    /// <inheritdoc/>
    public void Dispose()
    {
        signing?.Dispose();
        decryption?.Dispose();
    }
}
