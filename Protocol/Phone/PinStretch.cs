using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;

namespace Bzt.Protocol.Phone;

/// <summary>How a PIN is stretched: PBKDF2-HMAC-SHA-256 (RFC 8018), 32 bytes of output.</summary>
/// <param name="Salt">16 random bytes, new with every PIN.</param>
/// <param name="Rounds">Iterations.</param>
public sealed record PinStretch(byte[] Salt, int Rounds)
{
    /// <summary>Iterations for a new PIN.</summary>
    public const int DefaultRounds = 600_000;

    /// <summary>Length of the salt in bytes.</summary>
    public const int SaltLength = 16;

    /// <summary>Parameters for a new PIN.</summary>
    public static PinStretch Create(IRandomSource random, int rounds = DefaultRounds) => new(random.Bytes(SaltLength), rounds);

    /// <summary>Stretches where .NET has PBKDF2. The browser does the same with WebCrypto and hands over the 32 bytes.</summary>
    [UnsupportedOSPlatform("browser")]
    public StretchedPin Stretch(string pin)
    {
        using var bytes = new SecretBytes(StretchedPin.Length);
        Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(pin), Salt, bytes.Span, Rounds, HashAlgorithmName.SHA256);
        return new(this, bytes.Span);
    }

    internal bool IsSameAs(PinStretch other) => Rounds == other.Rounds && Salt.AsSpan().SequenceEqual(other.Salt);
}

/// <summary>
/// A stretched PIN, held from the user's entry to a definite answer. Every 32 bytes give valid blinding scalars:
/// nothing here can tell a right PIN from a wrong one. It may be disposed while it is used: what reads it gets all of it, or none.
/// </summary>
public sealed class StretchedPin : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 32;

    private readonly SecretBytes bytes;
    private readonly Lock gate = new();

    /// <summary>Copies 32 bytes made with <paramref name="stretch"/>; the caller zeroes its own.</summary>
    public StretchedPin(PinStretch stretch, ReadOnlySpan<byte> stretched)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(stretched.Length, Length);
        Stretch = stretch;
        bytes = new(stretched);
    }

    /// <summary>The parameters it was made with.</summary>
    public PinStretch Stretch { get; }

    /// <summary>The PIN that is being replaced by this one: it goes with it.</summary>
    internal StretchedPin? Companion { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            bytes.Dispose();
        }

        Companion?.Dispose();
    }

    /// <summary>Prints the type, never the value.</summary>
    public override string ToString() => nameof(StretchedPin);

    /// <summary>u = d1·h⁻¹.</summary>
    internal Scalar Blind(SecretScalar share) => share.Value * SigningMask().Invert();

    /// <summary>d1 = u·h, with a wrong PIN another scalar.</summary>
    internal SecretScalar Unblind(Scalar blindedShare) => new(blindedShare * SigningMask());

    /// <summary>hE of one encryption key: uE = a1 − hE.</summary>
    internal Scalar EncryptionMask(string encryptionKeyId) => NonZero("pin/enc", TaggedHash.Part(encryptionKeyId));

    /// <summary>stretch(PIN) ⊕ m, which without m says nothing.</summary>
    internal byte[] Masked(ReadOnlySpan<byte> mask)
    {
        lock (gate)
        {
            return Xor(bytes.Span, mask);
        }
    }

    /// <summary>The stretched PIN back from the server's deposit and the phone's mask.</summary>
    internal static StretchedPin FromDeposit(PinStretch stretch, ReadOnlySpan<byte> deposit, ReadOnlySpan<byte> mask)
    {
        var stretched = Xor(deposit, mask);
        var pin = new StretchedPin(stretch, stretched);
        CryptographicOperations.ZeroMemory(stretched);
        return pin;
    }

    private static byte[] Xor(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var result = new byte[Length];
        for (var i = 0; i < Length; i++)
        {
            result[i] = (byte)(a[i] ^ b[i]);
        }

        return result;
    }

    private Scalar SigningMask() => NonZero("pin/sign", []);

    private Scalar NonZero(string label, byte[] part)
    {
        byte[] stretched;
        lock (gate)
        {
            stretched = bytes.Span.ToArray();
        }

        var scalar = TaggedHash.ToScalar(label, stretched, part);
        CryptographicOperations.ZeroMemory(stretched);
        return scalar.IsZero ? Scalar.One : scalar;
    }
}
