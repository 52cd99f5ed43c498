using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bzt.Grains.Providers.Payments;

/// <summary>WeChat Pay APIv3: requests signed with the merchant's RSA key, answers and notifications with WeChat's; notifications sealed with AES-256-GCM.</summary>
sealed class WeChatPaySignature(WeChatPayOptions options)
{
    const string Scheme = "WECHATPAY2-SHA256-RSA2048";
    static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    readonly byte[] own = Convert.FromBase64String(options.PrivateKey);
    readonly byte[] platform = Convert.FromBase64String(options.PlatformPublicKey);

    public void Sign(HttpRequestMessage request, string body, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = RandomNumberGenerator.GetHexString(32);
        var signature = RsaKey.Sign(own, Encoding.UTF8.GetBytes($"{request.Method}\n{request.RequestUri!.PathAndQuery}\n{timestamp}\n{nonce}\n{body}\n"));
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"{Scheme} mchid=\"{options.MerchantId}\",nonce_str=\"{nonce}\",signature=\"{signature}\",timestamp=\"{timestamp}\",serial_no=\"{options.MerchantSerial}\"");
        // Which of its keys WeChat is to answer with.
        request.Headers.TryAddWithoutValidation("Wechatpay-Serial", options.PlatformSerial);
    }

    /// <summary>Whether WeChat signed this body lately. Played again within minutes it passes again: what it says must be idempotent.</summary>
    public bool IsAuthentic(Func<string, string?> header, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var (timestamp, nonce, signature) = (header("wechatpay-timestamp"), header("wechatpay-nonce"), header("wechatpay-signature"));
        return header("wechatpay-serial") == options.PlatformSerial && nonce is not null && signature is not null
            && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= Window.TotalSeconds
            && RsaKey.Verify(platform, [.. Encoding.UTF8.GetBytes($"{timestamp}\n{nonce}\n"), .. body, (byte)'\n'], signature);
    }

    /// <summary>Null when it was not sealed with our key.</summary>
    public byte[]? Open(string ciphertext, string nonce, string associatedData)
    {
        var bytes = new byte[ciphertext.Length];
        if (!Convert.TryFromBase64String(ciphertext, bytes, out var length) || length < 16 || Encoding.UTF8.GetByteCount(nonce) != 12)
        {
            return null;
        }

        using var aes = new AesGcm(Encoding.UTF8.GetBytes(options.ApiV3Key), tagSizeInBytes: 16);
        var plain = new byte[length - 16];
        try
        {
            aes.Decrypt(Encoding.UTF8.GetBytes(nonce), bytes.AsSpan(0, length - 16), bytes.AsSpan(length - 16, 16), plain, Encoding.UTF8.GetBytes(associatedData));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    public override string ToString() => nameof(WeChatPaySignature);
}
