using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.WebPush;

/// <summary>Voluntary application server identification (RFC 8292): says to a push service that we are the one the browser subscribed for.</summary>
internal static class Vapid
{
    private const string Purpose = "web-push/key";

    /// <summary>§2: at most a day ahead.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private static readonly string Header = Base64Url.EncodeToString("""{"typ":"JWT","alg":"ES256"}"""u8);

    public static PushKey NewKey(IKeyProtector protector)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var content = key.ExportPkcs8PrivateKey();
        try
        {
            var publicKey = WebPushEncryption.EncodePoint(key.ExportParameters(includePrivateParameters: false).Q);
            return new PushKey(publicKey, protector.Protect(Purpose, publicKey, content));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>The value of the Authorization header.</summary>
    /// <param name="endpoint">Its origin is who the token is for.</param>
    public static string Authorize(IKeyProtector protector, PushKey key, Uri endpoint, string contact, DateTimeOffset now)
    {
        using var secret = protector.Unprotect(Purpose, key.PublicKey, key.SealedPrivateKey);
        using var signer = ECDsa.Create();
        signer.ImportPkcs8PrivateKey(secret.Span, out _);
        var claims = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["aud"] = endpoint.GetLeftPart(UriPartial.Authority),
            ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
            ["sub"] = contact,
        });
        var signed = $"{Header}.{Base64Url.EncodeToString(claims)}";
        var signature = Base64Url.EncodeToString(signer.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256));
        return $"vapid t={signed}.{signature}, k={Base64Url.EncodeToString(key.PublicKey)}";
    }
}
