using System.Buffers.Binary;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;

namespace Bzt.Protocol.Evidence;

/// <summary>How far a chain goes. Signed by the cluster's evidence key, it makes everything before it undeniable.</summary>
/// <param name="Certificate">Whose chain.</param>
/// <param name="Sequence">Of the newest entry; 0 when there is none.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="SignedAt">When the cluster said so, in whole milliseconds.</param>
public sealed record EvidenceHead(Guid Certificate, long Sequence, byte[] Hash, DateTimeOffset SignedAt)
{
    /// <summary>Signs the head with the evidence key (SM2, default signer id).</summary>
    public Sm2Signature Sign(SecretScalar key, Point publicKey, IRandomSource random) =>
        Sm2Signature.Sign(key, Sm2Signature.Digest(publicKey, ToBeSigned()), random);

    /// <summary>Whether the evidence key signed this head.</summary>
    public bool IsSignedBy(Point publicKey, Sm2Signature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        return signature.Verify(publicKey, Sm2Signature.Digest(publicKey, ToBeSigned()));
    }

    private byte[] ToBeSigned()
    {
        var numbers = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(numbers, Sequence);
        BinaryPrimitives.WriteInt64BigEndian(numbers.AsSpan(8), SignedAt.ToUnixTimeMilliseconds());
        return TaggedHash.Hash("evidence/head", TaggedHash.Part(Certificate.ToString("D")), numbers, Hash);
    }
}

/// <summary>What is wrong with a chain, first fault first.</summary>
public enum EvidenceFault
{
    /// <summary>The chain is whole and its head is signed.</summary>
    None,

    /// <summary>An entry of another certificate.</summary>
    ForeignEntry,

    /// <summary>An entry is missing, doubled or out of order.</summary>
    Gap,

    /// <summary>An entry does not continue the one before: one of them was altered.</summary>
    BrokenLink,

    /// <summary>The entries end before the head, or after it, or differ from it.</summary>
    HeadMismatch,

    /// <summary>The head's signature does not verify under the given key.</summary>
    BadSignature,

    /// <summary>The chain is not in the checkpoint it names, or that is not the cluster's.</summary>
    CheckpointMismatch,
}

/// <summary>Verifies a chain offline. Which public key is the cluster's, the verifier must know from elsewhere.</summary>
public static class EvidenceChain
{
    /// <summary>Checks all entries, oldest first, against the signed head.</summary>
    public static EvidenceFault Verify(IReadOnlyList<EvidenceEntry> entries, EvidenceHead head, Sm2Signature signature, Point evidenceKey)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(head);
        var previous = EvidenceEntry.Beginning;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.Certificate != head.Certificate)
            {
                return EvidenceFault.ForeignEntry;
            }

            if (entry.Sequence != i + 1)
            {
                return EvidenceFault.Gap;
            }

            if (!entry.Previous.AsSpan().SequenceEqual(previous))
            {
                return EvidenceFault.BrokenLink;
            }

            previous = entry.Hash();
        }

        if (head.Sequence != entries.Count || !head.Hash.AsSpan().SequenceEqual(previous))
        {
            return EvidenceFault.HeadMismatch;
        }

        return head.IsSignedBy(evidenceKey, signature) ? EvidenceFault.None : EvidenceFault.BadSignature;
    }
}
