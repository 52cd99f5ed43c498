using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Bzt.Contracts.Phone;

/// <summary>Makes DPoP proofs (RFC 9449 §4.2): this request, to this address, with this token, comes from whoever has the device key.</summary>
public static class DpopProofs
{
    /// <param name="key">Signs; its public half stands in the proof.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="address">Query and fragment are left out (htu).</param>
    /// <param name="now">By the device's clock.</param>
    /// <param name="accessToken">The token sent along; null at login.</param>
    /// <param name="nonce">The server's last <c>DPoP-Nonce</c>, if it gave one (§8).</param>
    /// <returns>The value of the header <c>DPoP</c>.</returns>
    public static async ValueTask<string> CreateAsync(IDeviceKey key, string method, Uri address, DateTimeOffset now, string? accessToken, string? nonce = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(address);
        var header = Encode(json =>
        {
            json.WriteString("typ", "dpop+jwt");
            json.WriteString("alg", "ES256");
            json.WriteStartObject("jwk");
            json.WriteString("kty", "EC");
            json.WriteString("crv", "P-256");
            json.WriteString("x", Base64Url.EncodeToString(key.PublicKey.AsSpan(1, 32)));
            json.WriteString("y", Base64Url.EncodeToString(key.PublicKey.AsSpan(33, 32)));
            json.WriteEndObject();
        });
        var claims = Encode(json =>
        {
            json.WriteString("jti", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
            json.WriteString("htm", method);
            json.WriteString("htu", address.GetLeftPart(UriPartial.Path));
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            if (accessToken is not null)
            {
                json.WriteString("ath", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))));
            }

            if (nonce is not null)
            {
                json.WriteString("nonce", nonce);
            }
        });
        var signature = await key.SignAsync(Encoding.ASCII.GetBytes($"{header}.{claims}"));
        return $"{header}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The key's JWK thumbprint (RFC 7638), base64url: what a token bound to it carries (<c>jkt</c>).</summary>
    /// <param name="publicKey">65 octets 04‖x‖y, P-256.</param>
    public static string ThumbprintOf(ReadOnlySpan<byte> publicKey)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(publicKey.Length, 65);
        var (x, y) = (Base64Url.EncodeToString(publicKey[1..33]), Base64Url.EncodeToString(publicKey[33..]));
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));
    }

    private static string Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}
