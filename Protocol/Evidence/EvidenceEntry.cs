using System.Buffers.Binary;
using System.Text;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Evidence;

/// <summary>What an entry of the evidence chain says happened. The values are hashed: they are never reused.</summary>
public enum EvidenceKind
{
    /// <summary>The signing key was generated with the phone; the digest is SM3 of the public key, 65 bytes.</summary>
    KeyGenerated = 1,

    /// <summary>The PKCS#10 request was signed; its digest e is the entry's.</summary>
    RequestSigned = 2,

    /// <summary>The CA's certificates were accepted; the digests are SM3 of the signing and of the encryption certificate.</summary>
    Issued = 3,

    /// <summary>The encryption key arrived at the phone; the certificate is active.</summary>
    Activated = 4,

    /// <summary>Signatures were released; the digests are their e, in order.</summary>
    Signed = 5,

    /// <summary>Decryption partials were released; the digests are SM3 of the wrapped keys as they came, in order.</summary>
    Decrypted = 6,

    /// <summary>A PIN try failed; nothing was released.</summary>
    WrongPin = 7,

    /// <summary>The certificate was locked after wrong PINs.</summary>
    Locked = 8,

    /// <summary>The certificate was frozen: a copy of the phone's share was seen.</summary>
    Frozen = 9,

    /// <summary>The PIN was changed.</summary>
    PinChanged = 10,

    /// <summary>The silo did its part of opening the CA's envelope for the phone.</summary>
    EnvelopeOpened = 11,

    /// <summary>A download was given up before it was finished; the silo's share of its key was destroyed.</summary>
    Abandoned = 12,

    /// <summary>The certificate was revoked; the silo's shares were destroyed. The digest is SM3 of the signing certificate.</summary>
    Revoked = 13,

    /// <summary>Renewed with the same keys; the digests are SM3 of the new signing and encryption certificate.</summary>
    Renewed = 14,

    /// <summary>The holder began anew on a device, after a loss or an expiry; the silo's shares of the old key were destroyed.</summary>
    Rekeyed = 15,

    /// <summary>忘记原PIN码: a reset was asked for; the waiting time began.</summary>
    PinResetAsked = 20,

    /// <summary>A reset was stopped by somebody entitled to.</summary>
    PinResetStopped = 21,

    /// <summary>The enterprise's administrator waived the rest of the wait.</summary>
    PinResetWaived = 22,

    /// <summary>The deposit of the stretched PIN went to the phone.</summary>
    PinResetReleased = 23,
}

/// <summary>A named fact, committed to and not told: SM3 over salt, name and value. Without the salt it says nothing.</summary>
/// <param name="Name">Which fact: <c>platform</c>, <c>project</c>.</param>
/// <param name="Digest">32 bytes.</param>
public sealed record EvidenceCommitment(string Name, byte[] Digest)
{
    /// <summary>Length of a salt in bytes.</summary>
    public const int SaltLength = 16;

    /// <summary>Commits to <paramref name="value"/> under a fresh salt of <see cref="SaltLength"/> bytes.</summary>
    public static EvidenceCommitment To(string name, string value, byte[] salt) =>
        new(name, TaggedHash.Hash("evidence/commitment", salt, TaggedHash.Part(name), TaggedHash.Part(value)));

    /// <summary>Whether this is the commitment to that value under that salt.</summary>
    public bool Opens(string value, byte[] salt) => Digest.AsSpan().SequenceEqual(To(Name, value, salt).Digest);
}

/// <summary>
/// One link of a certificate's evidence chain. It holds no personal data: the holder is a pseudonym, facts are salted commitments,
/// so that the chain may outlive the right to know what it is about.
/// </summary>
/// <param name="Certificate">Whose chain.</param>
/// <param name="Sequence">From 1, without gaps.</param>
/// <param name="Previous"><see cref="Hash"/> of the entry before, 32 zero bytes for the first.</param>
/// <param name="At">In whole milliseconds.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Holder">Pseudonym, 32 bytes: <see cref="Pseudonym"/>.</param>
/// <param name="Request">The session or operation it belongs to; empty when none.</param>
/// <param name="Commitments">Facts that can be opened to whoever may know them.</param>
/// <param name="Digests">32 bytes each; what they are depends on the kind.</param>
public sealed record EvidenceEntry(
    Guid Certificate,
    long Sequence,
    byte[] Previous,
    DateTimeOffset At,
    EvidenceKind Kind,
    byte[] Holder,
    Guid Request,
    IReadOnlyList<EvidenceCommitment> Commitments,
    IReadOnlyList<byte[]> Digests)
{
    /// <summary>What the first entry has before it.</summary>
    public static readonly byte[] Beginning = new byte[Sm3.Length];

    /// <summary>The holder's pseudonym in one certificate's chain: nothing without the certificate's own salt.</summary>
    public static byte[] Pseudonym(Guid holder, byte[] salt) =>
        TaggedHash.Hash("evidence/holder", salt, TaggedHash.Part(holder.ToString("D")));

    /// <summary>SM3 over every member in the order of declaration, each with its length before it.</summary>
    public byte[] Hash() => TaggedHash.Hash(
        "evidence/entry",
        TaggedHash.Part(Certificate.ToString("D")),
        Number(Sequence),
        Previous,
        Number(At.ToUnixTimeMilliseconds()),
        TaggedHash.Part((int)Kind),
        Holder,
        TaggedHash.Part(Request.ToString("D")),
        TaggedHash.Part(Commitments.SelectMany(c => new[] { Encoding.UTF8.GetBytes(c.Name), c.Digest })),
        TaggedHash.Part(Digests));

    private static byte[] Number(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
