namespace Bzt.Contracts.Platforms;

/// <summary>
/// What is to be verified: exactly one of <see cref="Certificate"/>, <see cref="Signature"/> and <see cref="Seal"/>. Documents stay where they
/// are: a signature brings its bytes or their digest, a sealed PDF the seal and the digest of what it covers.
/// </summary>
public sealed record VerifyRequest
{
    /// <summary>A certificate, DER.</summary>
    public byte[]? Certificate { get; init; }

    public SignatureToVerify? Signature { get; init; }

    public SealToVerify? Seal { get; init; }

    /// <summary>Certificates between the one in question and a root, in any order; those of the CAs we know need not come along.</summary>
    public IReadOnlyList<byte[]>? Chain { get; init; }

    /// <summary>When it must have been good; absent: now, and for a seal the time its signer claims.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>An SM2 signature with SM3 under the default signer id. Either <see cref="Data"/> or <see cref="Digest"/>.</summary>
/// <param name="Certificate">The signer's, DER.</param>
/// <param name="Value">r‖s of 64 octets, or DER.</param>
public sealed record SignatureToVerify(byte[] Certificate, byte[] Value)
{
    /// <summary>The exact bytes, half a mebibyte at most.</summary>
    public byte[]? Data { get; init; }

    /// <summary>e = SM3(Z ‖ data), 32 octets: for what is large, or does not leave its place.</summary>
    public byte[]? Digest { get; init; }
}

/// <summary>One seal of a PDF, without the PDF.</summary>
/// <param name="Contents">What lies in the signature dictionary's <c>/Contents</c>: CMS, or the SES_Signature of GB/T 38540; zeros after it may come along.</param>
/// <param name="Digest">SM3 over the octets that its <c>/ByteRange</c> names, 32 octets.</param>
public sealed record SealToVerify(byte[] Contents, byte[] Digest);

/// <summary>What the mathematics says.</summary>
public enum SignatureVerdict
{
    /// <summary>Made by that certificate's key over exactly these bytes.</summary>
    Good,

    /// <summary>Not made by that key.</summary>
    Bad,

    /// <summary>Good, and over other bytes than these: the document was changed.</summary>
    Altered,

    /// <summary>Broken, or another algorithm; nothing is said about it.</summary>
    Unsupported,
}

/// <summary>The way to a root, first fault first.</summary>
public enum PathVerdict
{
    Good,
    UntrustedRoot,
    BrokenLink,
    NotAuthority,
    NotValidThen,
    Malformed,

    /// <summary>The certificate is for encryption, or for something else than signing.</summary>
    NotForSigning,
}

public enum RevocationVerdict { Good, Revoked, Unknown }

/// <param name="Valid">Everything is: signature, path, time, revocation. Unknown revocation is not valid.</param>
/// <param name="JudgedAt">The time it was judged for.</param>
/// <param name="Path">Of the signer's certificate, or of the certificate itself.</param>
public sealed record VerifyResult(bool Valid, DateTimeOffset JudgedAt, PathVerdict Path)
{
    /// <summary>Of a signature or a seal.</summary>
    public SignatureVerdict? Signature { get; init; }

    /// <summary>Whose; null when it cannot be read.</summary>
    public VerifiedCertificate? Certificate { get; init; }

    /// <summary>The CA whose root the path ends at; null when it is none we know.</summary>
    public VerifiedAuthority? Authority { get; init; }

    /// <summary>Only with a path: before it there is nobody to ask.</summary>
    public VerifiedRevocation? Revocation { get; init; }

    /// <summary>When the signer claims to have sealed: his own clock, no time stamp.</summary>
    public DateTimeOffset? ClaimedTime { get; init; }

    /// <summary>Of a seal: the RFC 3161 time stamp on its signature; null without one.</summary>
    public VerifiedTimeStamp? TimeStamp { get; init; }

    /// <summary>Of a seal that its signer has withdrawn (扫码撤章): then it is not valid.</summary>
    public VerifiedWithdrawal? Withdrawn { get; init; }

    /// <summary>Of a seal in the form of GB/T 38540: the electronic seal it was made with.</summary>
    public VerifiedElectronicSeal? ElectronicSeal { get; init; }

    /// <summary>The name the signer was shown, signed with the rest.</summary>
    public string? DocumentName { get; init; }
}

/// <param name="Serial">Hexadecimal.</param>
/// <param name="Subject">Organisation, or the person's name.</param>
/// <param name="CreditCode">The enterprise's, where the certificate names one.</param>
public sealed record VerifiedCertificate(string Serial, string Subject, string? CreditCode, DateTimeOffset NotBefore, DateTimeOffset NotAfter);

/// <param name="CaId">Its id in the catalogue.</param>
/// <param name="AcceptedHere">Whether a platform of the caller's recognition group takes this CA's certificates (M062).</param>
public sealed record VerifiedAuthority(string CaId, string Name, bool AcceptedHere);

/// <param name="Time">When the signature existed at the latest.</param>
/// <param name="Authority">Organisation or name in the authority's certificate.</param>
/// <param name="Good">Over this signature, and of an authority under a root of the catalogue's CAs. Then it is the time the certificate is judged for.</param>
public sealed record VerifiedTimeStamp(DateTimeOffset Time, string Authority, bool Good);

/// <param name="At">When the service took the statement.</param>
/// <param name="Reason">As the signer was shown it.</param>
/// <param name="Statement">The statement as it was signed: an instruction (docs/protocol.md) whose facts name the seal by SM3 over its signature r‖s.</param>
/// <param name="Signature">r‖s over it.</param>
/// <param name="Certificate">Who withdrew, DER.</param>
public sealed record VerifiedWithdrawal(DateTimeOffset At, string Reason, byte[] Statement, byte[] Signature, byte[] Certificate);

/// <param name="Id">The seal's own.</param>
/// <param name="Name">Its name.</param>
/// <param name="Maker">Organisation or name in its maker's certificate.</param>
/// <param name="Good">Used in its time, by a certificate it lists, and of a maker under a root of the catalogue's CAs.</param>
public sealed record VerifiedElectronicSeal(string Id, string Name, string Maker, DateTimeOffset ValidFrom, DateTimeOffset ValidTo, bool Good);

/// <param name="AsOf">The moment the CA speaks of.</param>
/// <param name="RevokedAt">A signature proven to be older, by a time stamp or its evidence, was made with a good certificate.</param>
/// <param name="Reason">CRLReason of RFC 5280.</param>
/// <param name="Why">Why it is unknown, in a word.</param>
public sealed record VerifiedRevocation(RevocationVerdict Status, DateTimeOffset? AsOf, DateTimeOffset? RevokedAt, int? Reason, string? Why);
