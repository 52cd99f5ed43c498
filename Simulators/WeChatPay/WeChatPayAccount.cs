using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Bzt.Simulators.WeChatPay;

/// <summary>A merchant at WeChat Pay, and WeChat's own key that signs to him.</summary>
/// <param name="MerchantCertificate">PEM, as the merchant platform hands it out; what SDKs take the serial number from.</param>
/// <param name="PlatformCertificate">PEM.</param>
public sealed record WeChatPayAccount(
    string AppId, string MerchantId, string ApiV3Key, string MerchantPrivateKey, string MerchantCertificate, string PlatformPrivateKey, string PlatformCertificate)
{
    public string MerchantSerial() => Certificate(MerchantCertificate).SerialNumber;

    public string PlatformSerial() => Certificate(PlatformCertificate).SerialNumber;

    public string PlatformPublicKey() => Convert.ToBase64String(Certificate(PlatformCertificate).PublicKey.ExportSubjectPublicKeyInfo());

    public byte[] MerchantPublicKey() => Certificate(MerchantCertificate).PublicKey.ExportSubjectPublicKeyInfo();

    /// <summary>Not the user name and password it would be: it is printed nowhere.</summary>
    public override string ToString() => nameof(WeChatPayAccount);

    internal static WeChatPayAccount Draw()
    {
        var merchantId = "16" + RandomNumberGenerator.GetString(SimulatorKeys.Digits, 8);
        var (merchantKey, merchantCertificate) = DrawCertificate($"CN={merchantId}, O=标证通");
        var (platformKey, platformCertificate) = DrawCertificate("CN=Tenpay.com sign, O=Tenpay.com");
        return new("wx" + RandomNumberGenerator.GetHexString(16, lowercase: true), merchantId, RandomNumberGenerator.GetString(SimulatorKeys.Letters, 32), merchantKey, merchantCertificate, platformKey, platformCertificate);
    }

    static (string Key, string Certificate) DrawCertificate(string subject)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        // Positive, and without a leading zero that some would print and others not.
        var serial = RandomNumberGenerator.GetBytes(20);
        serial[0] = (byte)(0x10 | (serial[0] & 0x6F));
        using var certificate = request.Create(
            request.SubjectName, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2120, 1, 1, 0, 0, 0, TimeSpan.Zero), serial);
        return (Convert.ToBase64String(key.ExportPkcs8PrivateKey()), certificate.ExportCertificatePem());
    }

    static X509Certificate2 Certificate(string pem) => X509Certificate2.CreateFromPem(pem);
}

/// <summary>APIv3's signatures from WeChat's side, and what it seals for merchants.</summary>
static class WeChatPaySignature
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>Whether the merchant signed this request, lately and for the first time.</summary>
    public static bool IsAuthentic(HttpRequest request, byte[] body, WeChatPayAccount account, SimulatorState state, DateTimeOffset now)
    {
        const string scheme = "WECHATPAY2-SHA256-RSA2048 ";
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(scheme, StringComparison.Ordinal))
        {
            return false;
        }

        var parts = header[scheme.Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2)).Where(part => part.Length == 2 && part[1].Length >= 2)
            .DistinctBy(part => part[0]).ToDictionary(part => part[0], part => part[1][1..^1]);
        var (timestamp, nonce) = (parts.GetValueOrDefault("timestamp", ""), parts.GetValueOrDefault("nonce_str", ""));
        return parts.GetValueOrDefault("mchid") == account.MerchantId
            && string.Equals(parts.GetValueOrDefault("serial_no"), account.MerchantSerial(), StringComparison.OrdinalIgnoreCase)
            && Verify(account.MerchantPublicKey(), [.. Encoding.UTF8.GetBytes($"{request.Method}\n{request.Path}{request.QueryString}\n{timestamp}\n{nonce}\n"), .. body, (byte)'\n'], parts.GetValueOrDefault("signature", ""))
            && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= Window.TotalSeconds
            && nonce.Length is > 0 and <= 32 && state.TryUseNonce("wechatpay/" + nonce, now, Window);
    }

    /// <summary>The headers of an answer or a notification.</summary>
    public static IEnumerable<(string Name, string Value)> Sign(byte[] body, WeChatPayAccount account, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(account.PlatformPrivateKey), out _);
        var signature = rsa.SignData([.. Encoding.UTF8.GetBytes($"{timestamp}\n{nonce}\n"), .. body, (byte)'\n'], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return
        [
            ("Wechatpay-Timestamp", timestamp), ("Wechatpay-Nonce", nonce), ("Wechatpay-Serial", account.PlatformSerial()),
            ("Wechatpay-Signature", Convert.ToBase64String(signature)), ("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048"),
        ];
    }

    /// <summary>AEAD_AES_256_GCM: ciphertext and tag, in base64.</summary>
    public static object Seal(byte[] plain, string associatedData, WeChatPayAccount account)
    {
        var nonce = RandomNumberGenerator.GetString(SimulatorKeys.Letters, 12);
        var sealedIn = new byte[plain.Length + 16];
        using var aes = new AesGcm(Encoding.UTF8.GetBytes(account.ApiV3Key), tagSizeInBytes: 16);
        aes.Encrypt(Encoding.UTF8.GetBytes(nonce), plain, sealedIn.AsSpan(0, plain.Length), sealedIn.AsSpan(plain.Length), Encoding.UTF8.GetBytes(associatedData));
        return new { algorithm = "AEAD_AES_256_GCM", ciphertext = Convert.ToBase64String(sealedIn), associated_data = associatedData, nonce };
    }

    static bool Verify(byte[] publicKey, byte[] content, string signature)
    {
        var bytes = new byte[signature.Length];
        if (!Convert.TryFromBase64String(signature, bytes, out var length))
        {
            return false;
        }

        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(publicKey, out _);
        return rsa.VerifyData(content, bytes.AsSpan(0, length), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
