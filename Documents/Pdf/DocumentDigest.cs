using System.Security.Cryptography;
using Bzt.Protocol.Primitives;

namespace Bzt.Documents.Pdf;

/// <summary>What a document is digested with.</summary>
public enum SealDigest
{
    /// <summary>For SM2 signatures.</summary>
    Sm3,
    /// <summary>For the RSA and ECDSA signatures of older CA locks.</summary>
    Sha256,
}

/// <summary>Either digest, piece by piece.</summary>
internal sealed class DocumentDigest : IDisposable
{
    private readonly Sm3? sm3;
    private readonly IncrementalHash? sha256;

    public DocumentDigest(SealDigest kind) : this(kind == SealDigest.Sm3 ? new Sm3() : null, kind == SealDigest.Sha256 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null)
    {
    }

    private DocumentDigest(Sm3? sm3, IncrementalHash? sha256) => (this.sm3, this.sha256) = (sm3, sha256);

    public void Append(ReadOnlySpan<byte> data)
    {
        sm3?.Append(data);
        sha256?.AppendData(data);
    }

    /// <summary>Another that has hashed the same so far.</summary>
    public DocumentDigest Copy() => new(sm3?.Copy(), sha256?.Clone());

    public byte[] Finish() => sm3?.Finish() ?? sha256!.GetHashAndReset();

    public void Dispose() => sha256?.Dispose();
}
