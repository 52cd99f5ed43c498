using System.Security.Cryptography;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>
/// The step from epoch t to t+1, computed alike by phone and silo from α (phone) and β (silo): neither alone chooses
/// it, and a copy of either side's old store is worth nothing afterwards.
/// </summary>
internal sealed class Refresh
{
    private readonly byte[] alpha;
    private readonly byte[] beta;
    private readonly int epoch;

    public Refresh(byte[] alpha, byte[] beta, int epoch)
    {
        (this.alpha, this.beta, this.epoch) = (alpha, beta, epoch);
        Rho = TaggedHash.ToScalar("refresh", alpha, beta, TaggedHash.Part(epoch));
    }

    /// <summary>The phone's u is multiplied by it, the server's d2 by its inverse.</summary>
    public Scalar Rho { get; }

    /// <summary>Added to the phone's uE, subtracted from the server's a2.</summary>
    public Scalar Delta(string encryptionKeyId) =>
        TaggedHash.ToScalar("refresh/enc", alpha, beta, TaggedHash.Part(epoch), TaggedHash.Part(encryptionKeyId));

    public RefreshGrant Grant(IReadOnlyList<string> encryptionKeys) => new(beta, Check(encryptionKeys), encryptionKeys);

    /// <summary>Whether the silo used this very α and t. Reveals nothing of ρ.</summary>
    public bool Matches(RefreshGrant grant) =>
        CryptographicOperations.FixedTimeEquals(grant.Check, Check(grant.EncryptionKeys));

    private byte[] Check(IReadOnlyList<string> encryptionKeys) => TaggedHash.Hash(
        "refresh/ok", Rho.Encode(), TaggedHash.Part(epoch + 1), TaggedHash.Part(encryptionKeys.Select(TaggedHash.Part)));
}
