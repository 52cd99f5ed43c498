using Org.BouncyCastle.Crypto.Digests;

namespace Bzt.Protocol.Primitives;

/// <summary>SM3 (GB/T 32905): 32 bytes.</summary>
public sealed class Sm3
{
    /// <summary>Length of a digest in bytes.</summary>
    public const int Length = 32;

    private readonly SM3Digest digest;

    /// <summary>With nothing hashed yet.</summary>
    public Sm3()
        : this(new SM3Digest())
    {
    }

    private Sm3(SM3Digest digest) => this.digest = digest;

    /// <summary>The digest of the concatenation of <paramref name="parts"/>.</summary>
    public static byte[] Hash(params ReadOnlySpan<byte[]> parts)
    {
        var sm3 = new Sm3();
        foreach (var part in parts)
        {
            sm3.Append(part);
        }

        return sm3.Finish();
    }

    /// <summary>The digest of <paramref name="data"/>.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> data) => new Sm3().Append(data).Finish();

    /// <summary>Adds bytes to what is hashed.</summary>
    public Sm3 Append(ReadOnlySpan<byte> data)
    {
        digest.BlockUpdate(data);
        return this;
    }

    /// <summary>Another instance that has hashed the same so far: each goes on by itself.</summary>
    public Sm3 Copy() => new(new SM3Digest(digest));

    /// <summary>The digest; afterwards the instance starts anew.</summary>
    public byte[] Finish()
    {
        var hash = new byte[Length];
        digest.DoFinal(hash);
        return hash;
    }
}
