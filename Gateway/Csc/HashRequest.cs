using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Sessions;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Csc;
using Bzt.Grains.Platforms;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Forms;

namespace Bzt.Gateway.Csc;

/// <param name="Label">Shown on the phone beside 仅摘要; nothing vouches for it.</param>
internal sealed record Digest(byte[] Hash, string Label);

/// <summary>A request to have hashes signed with one credential, whichever way it comes in.</summary>
internal static class HashRequest
{
    public const string Sm3 = "1.2.156.10197.1.401";
    public const string Sm2WithSm3 = "1.2.156.10197.1.501";
    public const string Sm2Curve = "1.2.156.10197.1.301";

    /// <summary>multisign: as many as a session carries documents.</summary>
    public const int Most = SessionLimits.Documents;

    private const int HashLength = 32;

    /// <summary>base64, or base64url without padding, of 32 octets.</summary>
    public static bool TryReadHash(string? text, [NotNullWhen(true)] out byte[]? hash)
    {
        Span<byte> octets = stackalloc byte[HashLength + 4];
        hash = text is { Length: > 0 and < 64 } && (Convert.TryFromBase64String(text, octets, out var written) || TryFromBase64Url(text, octets, out written)) && written == HashLength
            ? octets[..HashLength].ToArray()
            : null;
        return hash is not null;
    }

    public static string Label(string? given, int index) =>
        given?.Trim() is { Length: > 0 and <= SessionLimits.TextLength } label && VisibleText.Is(label)
            ? label
            : string.Create(CultureInfo.InvariantCulture, $"摘要 {index + 1}");

    /// <summary>One algorithm, at least one hash, not more than one confirmation carries, and as many signatures as hashes.</summary>
    public static CscError? Check(string? algorithm, IReadOnlyList<Digest> digests, int count) =>
        algorithm is null ? CscError.Missing("string", "hashAlgorithmOID")
        : algorithm != Sm3 ? CscError.Invalid("hashAlgorithmOID")
        : count < 1 ? new CscError(CscError.InvalidRequest, "Invalid value for parameter numSignatures")
        : count > Most ? new CscError(CscError.InvalidRequest, "Numbers of signatures is too high")
        : count != digests.Count ? new CscError(CscError.InvalidRequest, "Invalid value for parameter numSignatures")
        : null;

    /// <summary>A credential that may serve this platform now; null for one that may not, and for one that is not.</summary>
    public static async Task<CertificateFacts?> FindAsync(string? credential, PlatformFacts platform, IGrainFactory grains) =>
        Guid.TryParseExact(credential, "D", out var id)
        && await grains.GetGrain<ICertificateGrain>(id).GetFacts() is Done<CertificateFacts>({ State: CertificateState.Active, Issued: not null } facts)
        && await ServesAsync(facts, platform, grains) ? facts : null;

    /// <summary>Of the platform's recognition group, bound there, and its enterprise lets the holder sign there.</summary>
    public static async Task<bool> ServesAsync(CertificateFacts facts, PlatformFacts platform, IGrainFactory grains) =>
        facts.RecognitionGroup == platform.RecognitionGroup
        && await grains.GetGrain<IBindingGrain>(BindingKey.Of(platform.Platform, facts.CreditCode, facts.Certificate)).Get(facts.Certificate) is Done<PlatformBinding>
        && (facts.CreditCode is not { Value.Length: > 0 } enterprise || await grains.Enterprise(enterprise).MayUse(facts.Holder, platform.Platform, SessionKind.Sign) is Done<Nothing>);

    public static CreateSession Session(PlatformFacts platform, CertificateFacts credential, IReadOnlyList<Digest> digests, bool pushed) => new(
        CscSessions.Requester(platform.Platform), SessionKind.Sign, null, null, null, null,
        [.. digests.Select(digest => new SessionDocument(SigningForms.HashOnly, new HashOnlyForm(digest.Hash, digest.Label).Content))],
        null, SessionMessages.DefaultTimeout)
    {
        Holder = new SessionHolder(credential.Holder, credential.Device, credential.Certificate, pushed),
    };

    private static bool TryFromBase64Url(string text, Span<byte> octets, out int written)
    {
        written = 0;
        return Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, octets, out written);
    }
}
