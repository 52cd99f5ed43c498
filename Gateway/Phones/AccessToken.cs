using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Bzt.Grains;

namespace Bzt.Gateway.Phones;

/// <summary>
/// <c>userId.deviceId.secret</c>, each base64url: the address of the grain that can tell whether the 128-bit secret is right.
/// Only the secret's SHA-256 is ever stored; without a stretch, since a random secret cannot be guessed from it.
/// </summary>
internal static class AccessToken
{
    private const int SecretBytes = 16;

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    public static byte[] Hash(ReadOnlySpan<byte> secret) => SHA256.HashData(secret);

    public static string Format(UserId user, DeviceId device, ReadOnlySpan<byte> secret) =>
        $"{Base64Url.EncodeToString(user.Value.ToByteArray(bigEndian: true))}.{Base64Url.EncodeToString(device.Value.ToByteArray(bigEndian: true))}.{Base64Url.EncodeToString(secret)}";

    public static bool TryParse(string token, out UserId user, out DeviceId device, [NotNullWhen(true)] out byte[]? secretHash)
    {
        (user, device, secretHash) = (default, default, null);
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        if (!TryDecode(parts[0], bytes))
        {
            return false;
        }

        user = new UserId(new Guid(bytes, bigEndian: true));
        if (!TryDecode(parts[1], bytes))
        {
            return false;
        }

        device = new DeviceId(new Guid(bytes, bigEndian: true));
        if (!TryDecode(parts[2], bytes))
        {
            return false;
        }

        secretHash = Hash(bytes);
        return true;
    }

    private static bool TryDecode(string text, Span<byte> exactly) =>
        text.Length == Base64Url.GetEncodedLength(exactly.Length) && Base64Url.TryDecodeFromChars(text, exactly, out var written) && written == exactly.Length;
}
