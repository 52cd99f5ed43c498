using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bzt.Contracts.Phone;

namespace Bzt.Gateway.Phones;

/// <summary>A DPoP proof (RFC 9449) whose signature holds under the key it carries. Nothing else about it is checked yet.</summary>
/// <param name="Jkt">RFC 7638 thumbprint of the key.</param>
/// <param name="PublicKey">65 octets 04‖x‖y.</param>
internal sealed record DpopProof(string Jkt, byte[] PublicKey, string Jti, string Htm, string Htu, long Iat, string? Ath, string? Nonce)
{
    private const int MaxLength = 4096;
    private const int CoordinateBytes = 32;

    /// <summary>RFC 9449 §4.3, steps 2 to 7.</summary>
    public static bool TryRead(string text, DeviceKeys keys, [NotNullWhen(true)] out DpopProof? proof)
    {
        proof = null;

        // 2. A well-formed JWT in compact serialisation.
        var parts = text.Split('.');
        if (text.Length > MaxLength || parts.Length != 3 || !TryReadObject(parts[0], out var header) || !TryReadObject(parts[1], out var claims))
        {
            return false;
        }

        using (header)
        using (claims)
        {
            // 4. The type keeps other JWTs of the same key from passing for proofs.
            // 5. One algorithm, asymmetric: neither "none" nor an HMAC keyed with the public key.
            if (Text(header.RootElement, "typ") != "dpop+jwt" || Text(header.RootElement, "alg") != "ES256")
            {
                return false;
            }

            // 7. (before 6: it is the same member) The key is public.
            if (!header.RootElement.TryGetProperty("jwk", out var jwk) || jwk.ValueKind != JsonValueKind.Object || jwk.TryGetProperty("d", out _)
                || Text(jwk, "kty") != "EC" || Text(jwk, "crv") != "P-256"
                || !TryReadCoordinate(jwk, "x", out var x) || !TryReadCoordinate(jwk, "y", out var y))
            {
                return false;
            }

            // 6. The signature verifies under it.
            byte[] publicKey = [4, .. x, .. y];
            var jkt = DpopProofs.ThumbprintOf(publicKey);
            if (!Verifies(keys, jkt, new ECPoint { X = x, Y = y }, text.AsSpan(0, text.LastIndexOf('.')), parts[2]))
            {
                return false;
            }

            // 3. All claims are there.
            if (Text(claims.RootElement, "jti") is not { Length: >= 16 and <= 256 } jti || Text(claims.RootElement, "htm") is not { } htm || Text(claims.RootElement, "htu") is not { } htu
                || !claims.RootElement.TryGetProperty("iat", out var iat) || iat.ValueKind != JsonValueKind.Number || !iat.TryGetInt64(out var seconds)
                || seconds is < 0 or > 253402300799)
            {
                return false;
            }

            proof = new DpopProof(jkt, publicKey, jti, htm, htu, seconds, Text(claims.RootElement, "ath"), Text(claims.RootElement, "nonce"));
            return true;
        }
    }

    private static bool Verifies(DeviceKeys keys, string jkt, ECPoint point, ReadOnlySpan<char> signed, string signature)
    {
        Span<byte> rs = stackalloc byte[2 * CoordinateBytes];
        Span<byte> octets = stackalloc byte[MaxLength];
        try
        {
            return TryDecode(signature, rs) && keys.Verify(jkt, point, octets[..Encoding.ASCII.GetBytes(signed, octets)], rs);
        }
        catch (CryptographicException)
        {
            // The point is not on the curve.
            return false;
        }
    }

    private static bool TryReadObject(string part, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        try
        {
            document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return false;
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        document.Dispose();
        document = null;
        return false;
    }

    private static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool TryReadCoordinate(JsonElement jwk, string member, out byte[] coordinate)
    {
        coordinate = new byte[CoordinateBytes];
        return Text(jwk, member) is { } text && TryDecode(text, coordinate);
    }

    private static bool TryDecode(string text, Span<byte> exactly)
    {
        if (text.Length != Base64Url.GetEncodedLength(exactly.Length))
        {
            return false;
        }

        return Base64Url.TryDecodeFromChars(text, exactly, out var written) && written == exactly.Length;
    }
}
