using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Openings;
using Bzt.Grains.Platforms;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Seals;

namespace Bzt.Grains.Sessions;

/// <summary>What may happen to a session, without clock, randomness or Orleans.</summary>
internal static partial class QrSessionRules
{
    public static bool Owns(QrSessionState state, SessionRequester requester) =>
        state.Command is { } command && command.Requester == requester;

    /// <summary>More than the clocks of silos that somebody sets are apart.</summary>
    private static readonly TimeSpan ClockSetBack = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Passing of time: a session nobody confirmed in time has ended. A confirmation under way holds it open. So has one that nobody scanned and that
    /// is from the future, since the clock was set back after it began: its code is stale whenever it is scanned, and the PC shows another one.
    /// </summary>
    public static QrSessionState Age(QrSessionState state, DateTimeOffset now, bool confirming) =>
        state.End is null && !confirming && (now >= state.ExpiresAt || (state.Scanner is null && now < state.CreatedAt - ClockSetBack))
            ? state with { End = state.WrongPin ? SessionEnd.WrongPin : SessionEnd.TimedOut }
            : state;

    public static (QrSessionState State, Refusal? Refusal) Scan(QrSessionState state, ScanSession command, ReadOnlySpan<byte> secret, DateTimeOffset now)
    {
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(command.Token), Encoding.ASCII.GetBytes(state.Token))
            || !CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(command.Code),
                Encoding.ASCII.GetBytes(command.SameDevice ? DynamicQr.DeviceCode(state.Token, secret) : DynamicQr.Code(state.Token, secret, command.ElapsedSeconds)))
            || (command.SameDevice && state.Command!.ReturnUrl is null))
        {
            return (state, new Refusal(RefusalCode.QrInvalid));
        }

        if (Ended(state) is { } ended)
        {
            return (state, ended);
        }

        // The phone that scanned it before has it already, whatever a clock that was set says of the code's age.
        var scanner = new SessionScanner(command.User, command.Device, command.SameDevice);
        var age = (now - state.CreatedAt).TotalSeconds - command.ElapsedSeconds;
        if (!command.SameDevice && state.Scanner != scanner && age is > DynamicQr.StaleAfterSeconds or < -DynamicQr.ClockSkewSeconds)
        {
            return (state, new Refusal(RefusalCode.QrStale));
        }

        if (state.Scanner is { User: var user } && user != command.User)
        {
            return (state, new Refusal(RefusalCode.SessionTaken));
        }

        return (state with { Scanner = scanner }, null);
    }

    /// <summary>
    /// How operators see the end. A code that nobody scanned is a page that somebody left, and a pushed request that no phone looked at is a phone
    /// that is off: no fault of anybody's.
    /// </summary>
    public static string EndCounted(QrSessionState state, bool looked) =>
        state.End is SessionEnd.TimedOut && (state.Scanner is null || (!looked && state.Command?.Holder is { Pushed: true })) ? "not_scanned" : JsonNamingPolicy.SnakeCaseLower.ConvertName(state.End!.Value.ToString());

    public static Refusal? Ended(QrSessionState state) => state.End switch
    {
        null => null,
        SessionEnd.TimedOut or SessionEnd.WrongPin => new Refusal(RefusalCode.SessionExpired),
        _ => new Refusal(RefusalCode.SessionEnded),
    };

    /// <summary>Whether this certificate may serve this session; the binding is looked up by the grain.</summary>
    public static Refusal? MayServe(QrSessionState state, SessionSigner signer)
    {
        var command = state.Command!;
        if (state.Scanner?.User != signer.User)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (signer.RecognitionGroup != state.Platform!.RecognitionGroup || (command.Holder is { } holder && holder.Certificate != signer.Certificate))
        {
            return new Refusal(RefusalCode.CertificateNotEligible);
        }

        if ((state.OpeningBidder ?? command.OnlyFor) is { } bidder && bidder != signer.CreditCode)
        {
            return new Refusal(RefusalCode.EnterpriseMismatch);
        }

        if (command.Enterprise is { } enterprise && (enterprise.CreditCode != signer.CreditCode || enterprise.Name != signer.EnterpriseName))
        {
            return new Refusal(RefusalCode.EnterpriseMismatch);
        }

        // Whoever put a seal takes it back, also with a later certificate; nobody else does.
        if (command.Withdrawal is { } withdrawal && withdrawal.Owner != signer.CreditCode.Value && !withdrawal.Owner.Equals(signer.SigningSerial, StringComparison.OrdinalIgnoreCase))
        {
            return new Refusal(RefusalCode.CertificateNotEligible);
        }

        // An electronic seal is used by the certificates it lists, and by nobody else's.
        if (command.Documents.Any(document => document.Form == SigningForms.Ses && !IsSealOf(document, signer)))
        {
            return new Refusal(RefusalCode.CertificateNotEligible);
        }

        return SessionRecipients.Serves(command.Kind, Serials(command), signer.EncryptionSerials) ? null : new Refusal(RefusalCode.CertificateNotEligible);
    }

    /// <summary>
    /// Which encryption certificates a request is about. A bid file is confirmed by a certificate that will open it, one of its recipients: by another one it
    /// would be handed in, and at the opening nobody could decrypt it. What is opened is opened by the certificate that all its keys are wrapped for.
    /// </summary>
    public static IReadOnlyList<string> Serials(CreateSession command) => command switch
    {
        { Decryption: { } decryption } => [.. decryption.Keys.Select(key => key.EncryptionSerial ?? decryption.EncryptionSerial).Distinct(StringComparer.OrdinalIgnoreCase)],
        { Kind: SessionKind.Encrypt, Documents: [var document] } when Decode(document) is BidManifestForm manifest => manifest.Recipients,
        _ => [],
    };

    private static bool IsSealOf(SessionDocument document, SessionSigner signer) =>
        Decode(document) is SesForm ses && ElectronicSeal.TryRead(ses.Seal) is { } seal
        && seal.Info.Certificates.Any(der => Sm2Certificate.TryParse(der, out var listed) && listed.Serial.Equals(signer.SigningSerial, StringComparison.OrdinalIgnoreCase));

    /// <summary>A confirmation's outcome. The first that ends the session stays; a wrong PIN with tries left does not end it.</summary>
    public static QrSessionState Complete(QrSessionState state, SessionOutcome outcome) => (state.End, outcome.End) switch
    {
        (not null, _) => state,
        (null, SessionEnd.WrongPin) => state with { WrongPin = true },
        (null, _) => state with { End = outcome.End, Outcome = outcome },
    };

    /// <summary>The end of a session of a bid opening, as its record tells it.</summary>
    public static OpeningAnswered OpeningAnswer(QrSessionState state, SessionId session) => new(
        session,
        state.EndedAt ?? state.ExpiresAt,
        state switch
        {
            { End: SessionEnd.Ok } => Protocol.Evidence.OpeningAnswer.Released,
            { End: SessionEnd.Refused } => state.Disowned ? Protocol.Evidence.OpeningAnswer.Disowned : Protocol.Evidence.OpeningAnswer.Refused,
            // The scan is in memory only: after a restart nobody knows of it, and it blames nobody.
            { End: SessionEnd.TimedOut } => state.Scanner is null ? Protocol.Evidence.OpeningAnswer.NotScanned : Protocol.Evidence.OpeningAnswer.NotConfirmed,
            { End: SessionEnd.WrongPin } => Protocol.Evidence.OpeningAnswer.WrongPin,
            { End: SessionEnd.Locked } => Protocol.Evidence.OpeningAnswer.Locked,
            { End: SessionEnd.CertificateUnusable } => Protocol.Evidence.OpeningAnswer.CertificateUnusable,
            { End: SessionEnd.Cancelled } => Protocol.Evidence.OpeningAnswer.Cancelled,
            _ => Protocol.Evidence.OpeningAnswer.ProtocolFailure,
        },
        state.Outcome?.Signer?.SigningSerial);
}
