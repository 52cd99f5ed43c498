using System.Security.Cryptography;

namespace Bzt.Grains.Providers.Payments;

/// <summary>RSA keys as the payment providers' consoles hand them out: base64 without header lines.</summary>
/// <remarks>A key object is made for each use: they are not promised to be safe for several threads.</remarks>
static class RsaKey
{
    public static bool IsPrivate(string pkcs8) => IsKey(rsa => rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(pkcs8), out _));

    public static bool IsPublic(string subjectPublicKeyInfo) => IsKey(rsa => rsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(subjectPublicKeyInfo), out _));

    /// <summary>SHA256withRSA, PKCS#1 v1.5, in base64.</summary>
    public static string Sign(byte[] pkcs8, ReadOnlySpan<byte> content)
    {
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        return Convert.ToBase64String(rsa.SignData(content, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public static bool Verify(byte[] subjectPublicKeyInfo, ReadOnlySpan<byte> content, string signature)
    {
        var bytes = new byte[signature.Length];
        if (!Convert.TryFromBase64String(signature, bytes, out var length))
        {
            return false;
        }

        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
        return rsa.VerifyData(content, bytes.AsSpan(0, length), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    static bool IsKey(Action<RSA> import)
    {
        using var rsa = RSA.Create();
        try
        {
            import(rsa);
            return rsa.KeySize >= 2048;
        }
        catch (Exception malformed) when (malformed is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
