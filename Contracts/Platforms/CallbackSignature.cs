using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bzt.Contracts.Platforms;

/// <summary>
/// The signature of the Standard Webhooks specification, version 1: HMAC-SHA-256 over <c>id.timestamp.body</c>, in base64, as
/// <c>v1,…</c>; several separated by blanks while secrets are rotated.
/// </summary>
public static class CallbackSignature
{
    /// <summary>Names the message, the same at every repeat.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>Seconds since 1970 of this try.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>One signature a valid secret.</summary>
    public const string SignatureHeader = "webhook-signature";

    private const string SecretPrefix = "whsec_";
    private const string Version = "v1,";
    private const int SecretLength = 32;

    /// <summary>A new secret: 32 random octets as <c>whsec_</c> and base64, without the plus sign, which JSON may write as an escape that a shell then takes for the secret.</summary>
    public static string NewSecret()
    {
        while (true)
        {
            // Half of all are without one: a bit less than 256 to guess.
            var text = Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretLength));
            if (!text.Contains('+', StringComparison.Ordinal))
            {
                return SecretPrefix + text;
            }
        }
    }

    /// <summary>One signature.</summary>
    /// <param name="secret">As <see cref="NewSecret"/> made it.</param>
    /// <param name="id">The message's.</param>
    /// <param name="timestamp">Of this try.</param>
    /// <param name="body">The exact octets.</param>
    /// <exception cref="ArgumentException">The secret is none.</exception>
    public static string Sign(string secret, string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body) => TryReadSecret(secret, out var key)
        ? Version + Convert.ToBase64String(Mac(key, id, timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), body))
        : throw new ArgumentException("A secret is whsec_ and base64.", nameof(secret));

    /// <summary>Whether one of the secrets made one of the signatures.</summary>
    internal static bool Verify(IEnumerable<byte[]> keys, string id, string timestamp, string signatures, ReadOnlySpan<byte> body)
    {
        var good = false;
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var key in keys)
        {
            var right = Mac(key, id, timestamp, body);
            foreach (var signature in signatures.Split(' '))
            {
                good |= signature.StartsWith(Version, StringComparison.Ordinal)
                    && Convert.TryFromBase64String(signature[Version.Length..], given, out var length) && length == given.Length
                    && CryptographicOperations.FixedTimeEquals(given, right);
            }
        }

        return good;
    }

    internal static bool TryReadSecret(string secret, [NotNullWhen(true)] out byte[]? key)
    {
        key = null;
        var buffer = new byte[64];
        if (!secret.StartsWith(SecretPrefix, StringComparison.Ordinal) || !Convert.TryFromBase64String(secret[SecretPrefix.Length..], buffer, out var length) || length < 24)
        {
            return false;
        }

        key = buffer[..length];
        return true;
    }

    private static byte[] Mac(byte[] key, string id, string timestamp, ReadOnlySpan<byte> body) =>
        HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body]);
}
