using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Bzt.Protocol.Channel;

/// <summary>Signs with the device's own key: ECDSA on P-256 with SHA-256, 64 bytes r ‖ s, as WebCrypto makes it.</summary>
public delegate ValueTask<byte[]> DeviceSigner(byte[] data);

/// <summary>Verifies what a <see cref="DeviceSigner"/> made.</summary>
/// <param name="publicKey">The registered key, 65 bytes 04 ‖ X ‖ Y.</param>
/// <param name="data">What was signed.</param>
/// <param name="signature">64 bytes r ‖ s.</param>
public delegate bool DeviceSignatureVerifier(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

/// <summary>The registered device of a key.</summary>
/// <param name="DeviceId">Its id.</param>
/// <param name="PublicKey">Its P-256 key, 65 bytes.</param>
public sealed record DeviceIdentity(string DeviceId, byte[] PublicKey);

/// <summary>Device keys where .NET has ECDSA: the silo, and headless phones. Browsers use WebCrypto.</summary>
[UnsupportedOSPlatform("browser")]
public sealed class P256DeviceKey : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>04 ‖ X ‖ Y.</summary>
    public byte[] PublicKey
    {
        get
        {
            var q = key.ExportParameters(false).Q;
            return [4, .. q.X!, .. q.Y!];
        }
    }

    /// <summary>A <see cref="DeviceSigner"/>.</summary>
    public ValueTask<byte[]> SignAsync(byte[] data) =>
        ValueTask.FromResult(key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    /// <summary>A <see cref="DeviceSignatureVerifier"/>.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var verifier = new P256DeviceVerifier();
        return verifier.Verify(publicKey, data, signature);
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}

/// <summary>
/// Verifies for somebody who hears the same device again and again: it keeps the last key it imported, since importing checks the point, which
/// takes twice as long as verifying. Not safe for concurrent use.
/// </summary>
[UnsupportedOSPlatform("browser")]
public sealed class P256DeviceVerifier : IDisposable
{
    private byte[] known = [];
    private ECDsa? key;

    /// <summary>A <see cref="DeviceSignatureVerifier"/>.</summary>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != 65 || publicKey[0] != 4 || signature.Length != ChannelKeys.SignatureLength)
        {
            return false;
        }

        try
        {
            if (key is null || !publicKey.SequenceEqual(known))
            {
                Dispose();
                key = ECDsa.Create(new ECParameters
                {
                    Curve = ECCurve.NamedCurves.nistP256,
                    Q = new ECPoint { X = publicKey[1..33].ToArray(), Y = publicKey[33..].ToArray() },
                });
                known = publicKey.ToArray();
            }

            return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        key?.Dispose();
        (key, known) = (null, []);
    }
}
