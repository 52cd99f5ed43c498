using System.Security.Cryptography;
using System.Text;
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
internal static class QrSessionRules
{
    public const int MinimumTimeout = 30;
    public const int MaximumTimeout = 600;
    public const int MaximumDocuments = SessionLimits.Documents;
    public const int MaximumDocumentOctets = 8 * 1024;
    public const int MaximumKeys = 500;
    public const int MaximumCiphertextOctets = 512;
    public const int MaximumTextLength = SessionLimits.TextLength;

    /// <summary>Whether a request is one a session may be made of. The bytes to be signed are decoded here once, so that a phone is never shown what it could not decode.</summary>
    public static Refusal? Check(CreateSession command, PlatformFacts platform)
    {
        var invalid = new Refusal(RefusalCode.InvalidRequest);
        // A bid tool works under a login the platform has already made: it neither binds nor logs in.
        if (command is { Requester.ToolKeyThumbprint: not null, Kind: SessionKind.Bind or SessionKind.Login })
        {
            return new Refusal(RefusalCode.KindNotAllowed);
        }

        if (command.TimeoutSeconds is < MinimumTimeout or > MaximumTimeout)
        {
            return invalid;
        }

        // What a sealing session lets in is seals, whatever else it says.
        if (command is { Sealing: not null, Kind: not SessionKind.Seal })
        {
            return new Refusal(RefusalCode.KindNotAllowed);
        }

        if (command is { Opening: not null, Kind: not SessionKind.Decrypt })
        {
            return invalid;
        }

        if (command.Project is { } project && (!IsText(project.ProjectId) || !IsText(project.Name)))
        {
            return invalid;
        }

        if (CheckReturn(command, platform) is { } noReturn)
        {
            return noReturn;
        }

        if (command.Withdrawal is not null && command.Kind != SessionKind.Withdraw)
        {
            return invalid;
        }

        return command.Kind switch
        {
            SessionKind.Withdraw =>
                command.Documents.Count == 0 && command.Challenge is null && command.Decryption is null
                && command.Withdrawal is { } seal && IsText(seal.Reason) && IsText(seal.DocumentName) && IsText(seal.Signer) ? null : invalid,
            SessionKind.Bind or SessionKind.Login =>
                command.Challenge is { Length: >= 32 and <= 64 } && command.Documents.Count == 0 && command.Decryption is null
                && (command.Kind == SessionKind.Login || command.Enterprise is not null) ? null : invalid,
            SessionKind.Seal or SessionKind.Sign or SessionKind.Encrypt =>
                command.Decryption is null && command.Challenge is null ? CheckDocuments(command, platform) : invalid,
            SessionKind.Decrypt =>
                command.Documents.Count == 0 && command.Challenge is null && command.Project is not null
                && command.Decryption is { } decryption && IsDecryption(decryption) ? CheckKeys(command, decryption, platform) : invalid,
            _ => invalid,
        };
    }

    /// <summary>Only to an address the platform has registered, only for a browser that the platform knows again, and never for a tool, which has none.</summary>
    private static Refusal? CheckReturn(CreateSession command, PlatformFacts platform) => command switch
    {
        { Visitor: { } visitor } when !IsVisible(visitor, 1, 100) => new Refusal(RefusalCode.InvalidRequest),
        { ReturnUrl: null, ReturnNonce: null } => null,
        { Requester.ToolKeyThumbprint: not null } => new Refusal(RefusalCode.KindNotAllowed),
        { ReturnUrl: { } url, ReturnNonce: { } nonce } when IsVisible(nonce, 22, 128) =>
            platform.ReturnUrls.Contains(url, StringComparer.Ordinal) ? null : new Refusal(RefusalCode.ReturnUrlUnknown),
        _ => new Refusal(RefusalCode.InvalidRequest),
    };

    private static bool IsVisible(string text, int least, int most) => text.Length >= least && text.Length <= most && text.All(c => c is >= '!' and <= '~');

    private static Refusal? CheckDocuments(CreateSession command, PlatformFacts platform)
    {
        // As many of each seal.
        if (command.Documents.Count == 0 || command.Documents.Count > MaximumDocuments * Math.Max(1, Seals(command.Documents).Count)
            || command.Documents.Any(document => document.ToBeSigned.Length == 0 || document.ToBeSigned.Length > (document.Form == SigningForms.Ses ? SessionLimits.SealDocumentOctets : MaximumDocumentOctets))
            || command.Documents.Where(document => document.Form == SigningForms.Ses).Sum(document => document.ToBeSigned.Length) > SessionLimits.SealDocumentsOctets
            || (command.Kind == SessionKind.Encrypt && (command.Project is null || command.Documents.Count != 1)))
        {
            return new Refusal(RefusalCode.InvalidRequest);
        }

        foreach (var document in command.Documents)
        {
            if (!MayCarry(command.Kind, document.Form, platform))
            {
                return new Refusal(RefusalCode.KindNotAllowed);
            }

            if (!SigningForms.TryParse(document.Form, out var kind) || !SigningForm.TryDecode(new SigningDocument(kind, document.ToBeSigned), out var form) || !SaysTheSame(command, platform, form))
            {
                return new Refusal(RefusalCode.DocumentRefused);
            }
        }

        return IsChoice(command) ? null : new Refusal(RefusalCode.DocumentRefused);
    }

    private static bool MayCarry(SessionKind kind, string form, PlatformFacts platform) => (kind, form) switch
    {
        (SessionKind.Seal, SigningForms.CmsPdf or SigningForms.GmPdf or SigningForms.Ses) => true,
        (SessionKind.Encrypt, SigningForms.BidManifest) => true,
        (SessionKind.Sign, SigningForms.HashOnly) => platform.MaySignHashes,
        _ => false,
    };

    /// <summary>
    /// A manifest names platform, project and opening time inside the signed bytes: they must be the session's. An electronic seal is its maker's, so that the
    /// name the phone shows is not the platform's invention.
    /// </summary>
    private static bool SaysTheSame(CreateSession command, PlatformFacts platform, SigningForm form) =>
        form is SesForm ses ? ElectronicSeal.TryRead(ses.Seal) is { SignatureGood: true }
        : form is not BidManifestForm manifest
        || (manifest.PlatformId == platform.Platform.Value
            && manifest.ProjectId == command.Project!.ProjectId
            && manifest.ProjectName == command.Project.Name
            && manifest.OpeningTime == command.Project.OpeningTime);

    private static bool IsDecryption(SessionDecryption decryption) =>
        decryption.ToolKey.Length == 65 && decryption.EncryptionSerial.Length is > 0 and <= 64
        && decryption.Keys.Count is > 0 and <= MaximumKeys
        && decryption.Keys.All(key => IsText(key.Name) && key.Ciphertext.Length is > 0 and <= MaximumCiphertextOctets && key.EncryptionSerial is null or { Length: > 0 and <= 64 });

    public static IReadOnlyList<WrappedKey> WrappedKeys(SessionDecryption decryption) =>
        [.. decryption.Keys.Select(key => new WrappedKey(key.Name, key.Ciphertext) { EncryptionSerial = key.EncryptionSerial })];

    /// <summary>Points and ciphertexts are decoded here once: what a phone opens later is known to decode.</summary>
    private static Refusal? CheckKeys(CreateSession command, SessionDecryption decryption, PlatformFacts platform) => DecryptionTasks.Create(
        decryption.ToolKey, decryption.Recipient, decryption.EncryptionSerial, platform.Platform.Value,
        new ProjectInfo(command.Project!.ProjectId, command.Project.Name, command.Project.OpeningTime),
        WrappedKeys(decryption)) is null
            ? new Refusal(RefusalCode.DocumentRefused)
            : null;

    private static bool IsText(string text) => text.Length is > 0 and <= MaximumTextLength && !text.Any(char.IsControl);

    public static bool Owns(QrSessionState state, SessionRequester requester) =>
        state.Command is { } command && command.Requester == requester;

    /// <summary>Passing of time: a session nobody confirmed in time has ended. A confirmation under way holds it open.</summary>
    public static QrSessionState Age(QrSessionState state, DateTimeOffset now, bool confirming) =>
        state.End is null && !confirming && now >= state.ExpiresAt
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

        var age = (now - state.CreatedAt).TotalSeconds - command.ElapsedSeconds;
        if (!command.SameDevice && age is > DynamicQr.StaleAfterSeconds or < -DynamicQr.ClockSkewSeconds)
        {
            return (state, new Refusal(RefusalCode.QrStale));
        }

        if (state.Scanner is { } scanner && scanner.User != command.User)
        {
            return (state, new Refusal(RefusalCode.SessionTaken));
        }

        return (state with { Scanner = new SessionScanner(command.User, command.Device, command.SameDevice) }, null);
    }

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

        return command.Decryption is { } decryption
            && decryption.Keys.Any(key => !signer.EncryptionSerials.Contains(key.EncryptionSerial ?? decryption.EncryptionSerial, StringComparer.OrdinalIgnoreCase))
            ? new Refusal(RefusalCode.CertificateNotEligible)
            : null;
    }

    private static bool IsSealOf(SessionDocument document, SessionSigner signer) =>
        Decode(document) is SesForm ses && ElectronicSeal.TryRead(ses.Seal) is { } seal
        && seal.Info.Certificates.Any(der => Sm2Certificate.TryParse(der, out var listed) && listed.Serial.Equals(signer.SigningSerial, StringComparison.OrdinalIgnoreCase));

    private static SigningForm? Decode(SessionDocument document) =>
        SigningForms.TryParse(document.Form, out var kind) && SigningForm.TryDecode(new SigningDocument(kind, document.ToBeSigned), out var form) ? form : null;

    /// <summary>The bytes for this certificate: a function of the session and the certificate, so that a lost activation gives them again.</summary>
    public static IReadOnlyList<SessionDocument> Documents(QrSessionState state, SessionId session, SessionSigner signer)
    {
        var command = state.Command!;
        if (command.Withdrawal is { } withdrawal)
        {
            return [new SessionDocument(SigningForms.Instruction, Withdrawal(state, session, withdrawal).Content)];
        }

        if (command.Kind is not (SessionKind.Bind or SessionKind.Login))
        {
            return SealOf(state) is { } seal ? [.. command.Documents.Where(document => document.Seal == seal)] : command.Documents;
        }

        var form = new LoginForm(
            command.Kind == SessionKind.Bind ? LoginPurpose.Bind : LoginPurpose.Login,
            state.Platform!.Platform.Value,
            state.Platform.Name,
            signer.EnterpriseName,
            signer.CreditCode.Value,
            signer.SigningSerial,
            command.Challenge!,
            state.CreatedAt,
            state.ExpiresAt);
        return [new SessionDocument(SigningForms.Login, form.Content)];
    }

    /// <summary>No platform brings an instruction: this one is written here, of what the seal itself says.</summary>
    private static InstructionForm Withdrawal(QrSessionState state, SessionId session, SessionWithdrawal withdrawal) => new(
        "withdraw-seal",
        "撤销签章",
        [
            new("文件", withdrawal.DocumentName),
            new("签章单位", withdrawal.Signer),
            new("签章时间", withdrawal.SealedAt is { } at ? at.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) : "未注明"),
            new("撤销原因", withdrawal.Reason),
            new("平台", state.Platform!.Name),
            new("签章编号", withdrawal.SealId),
        ],
        session.Value,
        state.ExpiresAt);

    /// <summary>What the signer may choose from, in the platform's order; empty without a choice.</summary>
    public static IReadOnlyList<SealKind> Seals(QrSessionState state) => Seals(state.Command!.Documents);

    /// <summary>The seal whose documents are signed.</summary>
    public static SealKind? SealOf(QrSessionState state) => state.Seal ?? (Seals(state) is [var first, ..] ? first : null);

    private static IReadOnlyList<SealKind> Seals(IReadOnlyList<SessionDocument> documents) => [.. documents.Select(document => document.Seal).OfType<SealKind>().Distinct()];

    /// <summary>With a choice every seal comes with the same documents: what the user reads is the same whichever is taken.</summary>
    private static bool IsChoice(CreateSession command)
    {
        var seals = Seals(command.Documents);
        return seals.Count == 0 || (command.Kind == SessionKind.Seal && command.Documents.All(document => document.Seal is not null)
            && seals.Select(Names).Distinct(StringComparer.Ordinal).Count() == 1);

        string Names(SealKind seal) => string.Join('\n', command.Documents.Where(document => document.Seal == seal)
            .Select(document => Decode(document) is IDocumentForm pdf ? pdf.DocumentName : ""));
    }

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

    /// <summary>A confirmation's outcome. The first that ends the session stays; a wrong PIN with tries left does not end it.</summary>
    public static QrSessionState Complete(QrSessionState state, SessionOutcome outcome) => (state.End, outcome.End) switch
    {
        (not null, _) => state,
        (null, SessionEnd.WrongPin) => state with { WrongPin = true },
        (null, _) => state with { End = outcome.End, Outcome = outcome },
    };
}
