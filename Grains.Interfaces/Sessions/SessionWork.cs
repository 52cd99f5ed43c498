using Bzt.Contracts.Platforms;

namespace Bzt.Grains.Sessions;

/// <summary>The certificate that asks for work, as its own grain states it.</summary>
[GenerateSerializer, Immutable, Alias("bzt.SessionSigner")]
public sealed record SessionSigner(
    [property: Id(0)] UserId User,
    [property: Id(1)] CertificateId Certificate,
    [property: Id(2)] string EnterpriseName,
    [property: Id(3)] CreditCode CreditCode,
    [property: Id(4)] string RecognitionGroup,
    [property: Id(5)] string SigningSerial,
    [property: Id(6)] IReadOnlyList<string> EncryptionSerials);

[GenerateSerializer, Immutable, Alias("bzt.SessionWork")]
public sealed record SessionWork(
    [property: Id(0)] SessionKind Kind,
    [property: Id(1)] PlatformId Platform,
    [property: Id(2)] string PlatformName,
    [property: Id(3)] SessionProject? Project,
    [property: Id(4)] IReadOnlyList<SessionDocument> Documents,
    [property: Id(5)] SessionDecryption? Decryption,
    [property: Id(6)] SealingId? Sealing = null);

/// <summary>What became of a session at a certificate. Idempotent: the first outcome that ends the session stays.</summary>
/// <param name="End">Ok, WrongPin (does not end the session while tries are left), Locked, CertificateUnusable, ProtocolFailure.</param>
[GenerateSerializer, Immutable, Alias("bzt.SessionOutcome")]
public sealed record SessionOutcome(
    [property: Id(0)] CertificateId Certificate,
    [property: Id(1)] SessionEnd End,
    [property: Id(2)] SessionSignerFacts? Signer,
    [property: Id(3)] IReadOnlyList<SessionSignature> Signatures,
    [property: Id(4)] SessionPartials? Decryption);

[GenerateSerializer, Immutable, Alias("bzt.SessionSignerFacts")]
public sealed record SessionSignerFacts(
    [property: Id(0)] string EnterpriseName,
    [property: Id(1)] CreditCode CreditCode,
    [property: Id(2)] string SigningSerial,
    [property: Id(3)] byte[] SigningCertificate,
    [property: Id(4)] string EncryptionSerial,
    [property: Id(5)] byte[] EncryptionCertificate,
    [property: Id(6)] IReadOnlyList<byte[]> Chain);

[GenerateSerializer, Immutable, Alias("bzt.SessionSignature")]
public sealed record SessionSignature([property: Id(0)] string Form, [property: Id(1)] byte[] ToBeSigned, [property: Id(2)] byte[] Signature);

/// <summary>One sealed box each: only the PC opens them.</summary>
[GenerateSerializer, Immutable, Alias("bzt.SessionPartials")]
public sealed record SessionPartials([property: Id(0)] byte[] PhoneParts, [property: Id(1)] byte[] SiloParts);
