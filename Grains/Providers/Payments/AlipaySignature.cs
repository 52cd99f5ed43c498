using System.Security.Cryptography;
using System.Text;

namespace Bzt.Grains.Providers.Payments;

/// <summary>RSA2 of Alipay's open platform: SHA256withRSA over the sorted non-empty parameters, joined unescaped.</summary>
/// <remarks>A key object is made for each use: they are not promised to be safe for several threads.</remarks>
sealed class AlipaySignature(AlipayOptions options)
{
    readonly byte[] own = Convert.FromBase64String(options.PrivateKey);
    readonly byte[] alipay = Convert.FromBase64String(options.AlipayPublicKey);

    public static string Content(IEnumerable<KeyValuePair<string, string>> parameters) => string.Join('&', parameters
        .Where(pair => pair.Value.Length > 0)
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => $"{pair.Key}={pair.Value}"));

    public string Sign(string content)
    {
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(own, out _);
        return Convert.ToBase64String(rsa.SignData(Encoding.UTF8.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public bool Verify(ReadOnlySpan<byte> content, string signature)
    {
        var bytes = new byte[signature.Length];
        if (!Convert.TryFromBase64String(signature, bytes, out var length))
        {
            return false;
        }

        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(alipay, out _);
        return rsa.VerifyData(content, bytes.AsSpan(0, length), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    public override string ToString() => nameof(AlipaySignature);
}
