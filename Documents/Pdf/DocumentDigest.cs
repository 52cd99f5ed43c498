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
internal sealed class DocumentDigest(SealDigest kind) : IDisposable
{
    private readonly Sm3? sm3 = kind == SealDigest.Sm3 ? new Sm3() : null;
    private readonly IncrementalHash? sha256 = kind == SealDigest.Sha256 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;

    public void Append(ReadOnlySpan<byte> data)
    {
        sm3?.Append(data);
        sha256?.AppendData(data);
    }

    public byte[] Finish() => sm3?.Finish() ?? sha256!.GetHashAndReset();

    public void Dispose() => sha256?.Dispose();
}
