using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Seals;

namespace Bzt.Grains.Sessions;

// What a session may be made of.
internal static partial class QrSessionRules
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

        if (CheckTexts(command) is { } hidden)
        {
            return hidden;
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

    /// <summary>With a choice every seal comes with the same documents: what the user reads is the same whichever is taken.</summary>
    private static bool IsChoice(CreateSession command)
    {
        var seals = Seals(command.Documents);
        return seals.Count == 0 || (command.Kind == SessionKind.Seal && command.Documents.All(document => document.Seal is not null)
            && seals.Select(Names).Distinct(StringComparer.Ordinal).Count() == 1);

        string Names(SealKind seal) => string.Join('\n', command.Documents.Where(document => document.Seal == seal)
            .Select(document => Decode(document) is IDocumentForm pdf ? pdf.DocumentName : ""));
    }

    private static bool IsDecryption(SessionDecryption decryption) =>
        decryption.ToolKey.Length == 65 && decryption.EncryptionSerial.Length is > 0 and <= 64
        && decryption.Keys.Count is > 0 and <= MaximumKeys
        && decryption.Keys.All(key => IsText(key.Name) && key.Ciphertext.Length is > 0 and <= MaximumCiphertextOctets && key.EncryptionSerial is null or { Length: > 0 and <= 64 });

    /// <summary>Points and ciphertexts are decoded here once: what a phone opens later is known to decode.</summary>
    private static Refusal? CheckKeys(CreateSession command, SessionDecryption decryption, PlatformFacts platform) => DecryptionTasks.Create(
        decryption.ToolKey, decryption.Recipient, decryption.EncryptionSerial, platform.Platform.Value,
        new ProjectInfo(command.Project!.ProjectId, command.Project.Name, command.Project.OpeningTime),
        WrappedKeys(decryption)) is null
            ? new Refusal(RefusalCode.DocumentRefused)
            : null;

    private static bool IsVisible(string text, int least, int most) => text.Length >= least && text.Length <= most && text.All(c => c is >= '!' and <= '~');

    private static bool IsText(string text) => text.Length is > 0 and <= MaximumTextLength;
}
