using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Bzt.Contracts.Phone;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Evidence;
using Bzt.Grains.Foundations;
using Bzt.Grains.Sealing;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Rounds;

namespace Bzt.Grains.Certificates;

/// <summary>Everything durable about one certificate. What an operation did is one write of the whole.</summary>
[StateVersion(1)]
public sealed record CertificateRecord : IHasOutbox<CertificateRecord>
{
    /// <summary>The command that began it; null before.</summary>
    public CreateCertificate? Created { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The server's shares, sealed, with epoch, PIN count and recorded answers; null before key generation.</summary>
    public KeyShareState? Shares { get; init; }

    /// <summary>PKCS#10, DER; null before it is signed.</summary>
    public byte[]? Request { get; init; }

    /// <summary>What the CA answered, verified; null before.</summary>
    public IssuedCertificates? Issued { get; init; }

    /// <summary>When the encryption key had arrived at the phone.</summary>
    public DateTimeOffset? ActivatedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The last expiry notice: for which end, and how many days ahead it was.</summary>
    public ExpiryNotice? Noticed { get; init; }

    /// <summary>When its holder was removed from the enterprise; it counts as revoked from there, and the CA was told.</summary>
    public DateTimeOffset? HolderRemovedAt { get; init; }

    /// <summary>When the download was given up for good.</summary>
    public DateTimeOffset? AbandonedAt { get; init; }

    /// <summary>Bids encrypted to this certificate that are not opened yet: while there are any, revoking it does harm.</summary>
    public ImmutableArray<OpenBid> OpenBids { get; init; } = [];

    /// <summary>The certificates before the present ones, oldest first: files encrypted to them name them.</summary>
    public ImmutableArray<PastCertificates> Past { get; init; } = [];

    /// <summary>A renewal on its way; the certificate serves meanwhile.</summary>
    public PendingRenewal? Renewal { get; init; }

    /// <summary>The key is made anew, on a new phone or after an expiry, and the encryption keys arrive again.</summary>
    public Rekeying? Rekeying { get; init; }

    /// <summary>What arrived with the key that was made anew: a phone that never heard so asks for it again.</summary>
    public ImmutableArray<RecoveredKey> Recovered { get; init; } = [];

    /// <summary>The newest applications that were fulfilled by a renewal or a new key: asked for again they are done.</summary>
    public ImmutableArray<string> Fulfilled { get; init; } = [];

    /// <summary>What the service itself asks the holder to confirm; expired ones stay until room is needed.</summary>
    public ImmutableArray<CertificateTask> Tasks { get; init; } = [];

    /// <summary>The newest signed tasks: asked for again they are done.</summary>
    public ImmutableArray<Guid> SignedTasks { get; init; } = [];

    /// <summary>会话签章: what the holder allowed with the PIN, how much of it is used, and the newest that ended.</summary>
    public ImmutableArray<SealingGrant> Sealings { get; init; } = [];

    /// <summary>Changing and resetting the PIN; null as long as nobody did.</summary>
    public CertificatePin? Pin { get; init; }

    /// <summary>Over count, lock, freeze and approval in <see cref="Shares"/>; null without shares, and in rows of releases that sealed no count.</summary>
    public byte[]? PinSeal { get; init; }

    /// <summary>After which of the store's declared restores the PIN was last proved; null as long as there was none.</summary>
    public int? ProvenAfterRestore { get; init; }

    public EvidenceLog? Evidence { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public CertificateRecord WithOutbox(Outbox outbox) => this with { Outbox = outbox };

    public CertificateState StateAt(DateTimeOffset now) =>
        RevokedAt is not null || HolderRemovedAt is not null ? CertificateState.Revoked
        : AbandonedAt is not null ? CertificateState.Abandoned
        : Shares is null ? CertificateState.Generating
        : Shares.IsFrozen ? CertificateState.Frozen
        : SigningCertificate?.NotAfter < now ? CertificateState.Expired
        : Shares.Pin.LockAt(now) is not null ? CertificateState.Locked
        : ActivatedAt is not null ? CertificateState.Active
        : Issued is not null ? CertificateState.Arriving
        : Request is not null ? CertificateState.Requested
        : CertificateState.Generating;

    [JsonIgnore]
    public Sm2Certificate? SigningCertificate => Issued is null ? null : Parse(Issued.SigningCertificate);

    [JsonIgnore]
    public Sm2Certificate? EncryptionCertificate => Issued is null ? null : Parse(Issued.EncryptionCertificate);

    [JsonIgnore]
    public Point PublicKey => Shares is { } shares && Point.TryDecode(shares.PublicKey, out var point)
        ? point
        : throw new InvalidDataException("There is no stored public key.");

    [JsonIgnore]
    public IssuedFacts? IssuedFacts => Issued is { } issued && SigningCertificate is { } signing && EncryptionCertificate is { } encryption
        ? new IssuedFacts(
            signing.Serial, encryption.Serial, signing.NotBefore, signing.NotAfter, issued.SigningCertificate, issued.EncryptionCertificate, issued.Chain, Request ?? [])
        : null;

    [JsonIgnore]
    public SessionSignerFacts? SignerFacts => IssuedFacts is { } issued && Created is { } created
        ? new SessionSignerFacts(
            created.EnterpriseName, created.CreditCode, issued.SigningSerial, issued.SigningCertificate, issued.EncryptionSerial,
            issued.EncryptionCertificate, issued.Chain)
        : null;

    /// <summary>Each message asks several times, and parsing takes longer than the rest of such a question: once for as long as the octets are in memory.</summary>
    private static readonly ConditionalWeakTable<byte[], Sm2Certificate> Parsed = [];

    // What was accepted was parsed then.
    private static Sm2Certificate Parse(byte[] der) => Parsed.GetValue(der, static octets => Sm2Certificate.TryParse(octets, out var certificate)
        ? certificate
        : throw new InvalidDataException("A stored certificate does not parse."));
}

/// <summary>A bid file was encrypted to this certificate.</summary>
public sealed record OpenBid(PlatformId Platform, string ProjectId, string ProjectName, DateTimeOffset OpeningTime);

/// <param name="NotAfter">The end it spoke of; a renewed certificate has another.</param>
/// <param name="Days">30, 7 or 1.</param>
public sealed record ExpiryNotice(DateTimeOffset NotAfter, int Days);

/// <param name="SigningCertificate">DER.</param>
/// <param name="EncryptionCertificate">DER.</param>
public sealed record PastCertificates(byte[] SigningCertificate, byte[] EncryptionCertificate);

/// <param name="Request">PKCS#10 with the same key, DER; null before the phone signed it.</param>
/// <param name="Issued">Verified; null before the CA answered.</param>
public sealed record PendingRenewal(ApplicationId Application, string ApplicationNumber, byte[]? Request, IssuedCertificates? Issued);

/// <param name="Keys">What has to arrive beside the present encryption key; verified.</param>
/// <param name="KeysKnown">The CA has said which.</param>
public sealed record Rekeying(string ApplicationNumber, ImmutableArray<RecoveredKey> Keys, bool KeysKnown);
