using System.Text;

namespace Bzt.Grains.Providers.Payments;

/// <summary>RSA2 of Alipay's open platform: SHA256withRSA over the sorted non-empty parameters, joined unescaped.</summary>
sealed class AlipaySignature(AlipayOptions options)
{
    readonly byte[] own = Convert.FromBase64String(options.PrivateKey);
    readonly byte[] alipay = Convert.FromBase64String(options.AlipayPublicKey);

    public static string Content(IEnumerable<KeyValuePair<string, string>> parameters) => string.Join('&', parameters
        .Where(pair => pair.Value.Length > 0)
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => $"{pair.Key}={pair.Value}"));

    public string Sign(string content) => RsaKey.Sign(own, Encoding.UTF8.GetBytes(content));

    public bool Verify(ReadOnlySpan<byte> content, string signature) => RsaKey.Verify(alipay, content, signature);

    public override string ToString() => nameof(AlipaySignature);
}
