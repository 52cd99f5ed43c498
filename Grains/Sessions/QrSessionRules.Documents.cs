using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;

namespace Bzt.Grains.Sessions;

// What is signed or opened, for the certificate that serves.
internal static partial class QrSessionRules
{
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

    public static IReadOnlyList<WrappedKey> WrappedKeys(SessionDecryption decryption) =>
        [.. decryption.Keys.Select(key => new WrappedKey(key.Name, key.Ciphertext) { EncryptionSerial = key.EncryptionSerial })];

    private static SigningForm? Decode(SessionDocument document) =>
        SigningForms.TryParse(document.Form, out var kind) && SigningForm.TryDecode(new SigningDocument(kind, document.ToBeSigned), out var form) ? form : null;
}
