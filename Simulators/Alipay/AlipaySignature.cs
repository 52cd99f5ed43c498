using System.Security.Cryptography;
using System.Text;

namespace Bzt.Simulators.Alipay;

/// <summary>RSA2: SHA256withRSA, PKCS#1 v1.5, over the sorted non-empty parameters joined as a query, unescaped.</summary>
static class AlipaySignature
{
    public static string Content(IEnumerable<KeyValuePair<string, string>> parameters, params string[] except) => string.Join('&', parameters
        .Where(pair => pair.Value.Length > 0 && !except.Contains(pair.Key))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => $"{pair.Key}={pair.Value}"));

    public static string Sign(string content, string privateKey)
    {
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(privateKey), out _);
        return Convert.ToBase64String(rsa.SignData(Encoding.UTF8.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public static bool Verify(string content, string signature, string publicKey)
    {
        var bytes = new byte[signature.Length];
        if (!Convert.TryFromBase64String(signature, bytes, out var length))
        {
            return false;
        }

        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
        return rsa.VerifyData(Encoding.UTF8.GetBytes(content), bytes.AsSpan(0, length), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
