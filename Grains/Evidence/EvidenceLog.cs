using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;

namespace Bzt.Grains.Evidence;

/// <summary>The head of a certificate's evidence chain, as it lies in the certificate's own state.</summary>
/// <param name="Salt">32 random bytes from which pseudonym and commitments draw theirs. Destroyed with the account, it leaves a chain that says nothing about anybody.</param>
public sealed record EvidenceLog(long Sequence, byte[] Hash, byte[] Salt)
{
    public const int SaltLength = 32;

    public static EvidenceLog Begin(byte[] salt) => new(0, EvidenceEntry.Beginning, salt);

    /// <summary>The next link, and the head after it.</summary>
    public (EvidenceLog Log, EvidenceRecord Record) Append(
        CertificateId certificate, UserId holder, DateTimeOffset now, EvidenceKind kind, Guid request,
        IReadOnlyList<(string Name, string Value)> facts, IReadOnlyList<byte[]> digests)
    {
        var sequence = Sequence + 1;
        var opened = facts.Select(fact =>
        {
            var salt = TaggedHash.Expand("evidence/salt", EvidenceCommitment.SaltLength, Salt, TaggedHash.Part(sequence.ToString()), TaggedHash.Part(fact.Name));
            return new EvidenceFact(fact.Name, EvidenceCommitment.To(fact.Name, fact.Value, salt).Digest, fact.Value, salt);
        }).ToArray();
        var at = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var entry = new EvidenceEntry(
            certificate.Value, sequence, Hash, at, kind, EvidenceEntry.Pseudonym(holder.Value, Salt), request,
            [.. opened.Select(fact => new EvidenceCommitment(fact.Name, fact.Commitment))], digests);
        return (this with { Sequence = sequence, Hash = entry.Hash() },
            new EvidenceRecord(sequence, entry.Previous, at, kind, entry.Holder, request, opened, digests));
    }
}
