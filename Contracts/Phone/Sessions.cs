using Bzt.Contracts.Platforms;

namespace Bzt.Contracts.Phone;

/// <summary>A scanned QR link, whole, without its fragment (the fragment never leaves the phone).</summary>
public sealed record ScanRequest(string Link);

/// <summary>A session as the phone that scanned it sees it. What is signed is shown from the decoded documents, never from here.</summary>
/// <param name="Certificates">Certificates of this user that may serve it, best first; empty with a reason in <paramref name="NotEligibleCode"/>.</param>
public sealed record PhoneSession(
    Guid SessionId,
    SessionKind Kind,
    SessionState State,
    SessionEnd? End,
    string PlatformId,
    string PlatformName,
    ProjectInfo? Project,
    IReadOnlyList<Guid> Certificates,
    string? NotEligibleCode,
    DateTimeOffset ExpiresAt,
    DateTimeOffset ServerTime)
{
    /// <summary>The seals the signer may choose from; empty when there is nothing to choose.</summary>
    public IReadOnlyList<SealKind> Seals { get; init; } = [];

    /// <summary>The seal whose documents are signed now: the chosen one, or the first.</summary>
    public SealKind? Seal { get; init; }

    /// <summary>Opened by a link on this very device: when it has ended, the browser goes back to the platform (<see cref="Routes.Phone.SessionReturn"/>).</summary>
    public bool SameDevice { get; init; }
}

/// <summary>使用哪一枚印章: until it is confirmed it may be changed.</summary>
public sealed record SealChoice(SealKind Seal);

/// <param name="Url">Of the platform, with a value that is good once: open it in the browser, at once.</param>
public sealed record SessionReturn(string Url);

/// <summary>What is to be signed with the chosen certificate, or decrypted: fixed bytes.</summary>
/// <param name="Decryption">Only with <see cref="SessionKind.Decrypt"/>.</param>
public sealed record SessionDocuments(Guid SessionId, Guid CertificateId, IReadOnlyList<DocumentToSign> Documents, DecryptionRequest? Decryption);

/// <param name="Form">One of the closed set of signing forms (docs/protocol.md).</param>
/// <param name="ToBeSigned">The exact bytes; the phone decodes them strictly and computes e itself.</param>
public sealed record DocumentToSign(string Form, byte[] ToBeSigned);
