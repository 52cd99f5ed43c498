using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Bzt.Contracts.Phone;

/// <summary>The device's own P-256 key. In the browser it lives in WebCrypto and cannot be exported.</summary>
public interface IDeviceKey
{
    /// <summary>65 octets 04‖x‖y.</summary>
    byte[] PublicKey { get; }

    /// <summary>ECDSA with SHA-256 over <paramref name="data"/>; 64 octets r‖s (IEEE P1363).</summary>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data);
}

/// <summary>A device key held by .NET, for phones without a browser and for programs on a PC.</summary>
[UnsupportedOSPlatform("browser")]
public sealed class EcdsaDeviceKey : IDeviceKey, IDisposable
{
    private readonly ECDsa key;

    public EcdsaDeviceKey() : this(ECDsa.Create(ECCurve.NamedCurves.nistP256))
    {
    }

    private EcdsaDeviceKey(ECDsa key)
    {
        this.key = key;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        PublicKey = [4, .. point.X!, .. point.Y!];
    }

    public byte[] PublicKey { get; }

    /// <summary>A key as <see cref="ExportPkcs8"/> gave it.</summary>
    /// <exception cref="CryptographicException">Not a P-256 key in PKCS#8.</exception>
    public static EcdsaDeviceKey ImportPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out var read);
            if (read != pkcs8.Length || key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != "1.2.840.10045.3.1.7")
            {
                throw new CryptographicException("A device key is a P-256 key in PKCS#8, and nothing after it.");
            }

            return new EcdsaDeviceKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>The private key, for the caller to keep safe.</summary>
    public byte[] ExportPkcs8() => key.ExportPkcs8PrivateKey();

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data) =>
        ValueTask.FromResult(key.SignData(data.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    public void Dispose() => key.Dispose();

    public override string ToString() => nameof(EcdsaDeviceKey);
}
