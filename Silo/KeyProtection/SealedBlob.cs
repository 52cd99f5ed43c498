using System.Buffers.Binary;
using System.Security.Cryptography;
using Bzt.Grains.Foundations;

namespace Bzt.Silo.KeyProtection;

/// <summary>
/// version 1 | key id, 4 bytes, big-endian | salt, 32 bytes | AES-256-GCM ciphertext | tag, 16 bytes.
/// Key and nonce of each blob come from the purpose's key and the blob's own random salt (HKDF, RFC 5869), so there is no
/// number of blobs after which nonces meet. Header and associated data are authenticated.
/// </summary>
internal static class SealedBlob
{
    private const byte Version = 1;
    private const int SaltAt = 5;
    private const int SaltLength = 32;
    private const int HeaderLength = SaltAt + SaltLength;
    private const int KeyLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    public static byte[] Seal(ReadOnlySpan<byte> key, uint keyId, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        var blob = new byte[HeaderLength + plaintext.Length + TagLength];
        var header = blob.AsSpan(0, HeaderLength);
        header[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], keyId);
        RandomNumberGenerator.Fill(header[SaltAt..]);
        using var derived = Derive(key, header[SaltAt..]);
        using var aes = new AesGcm(derived.Span[..KeyLength], TagLength);
        aes.Encrypt(derived.Span[KeyLength..], plaintext, blob.AsSpan(HeaderLength, plaintext.Length), blob.AsSpan(^TagLength..), Authenticated(header, associatedData));
        return blob;
    }

    public static bool TryReadKeyId(ReadOnlySpan<byte> blob, out uint keyId)
    {
        var ours = blob.Length >= HeaderLength + TagLength && blob[0] == Version;
        keyId = ours ? BinaryPrimitives.ReadUInt32BigEndian(blob[1..]) : 0;
        return ours;
    }

    public static SecretBytes Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> blob)
    {
        if (!TryReadKeyId(blob, out _))
        {
            throw new CryptographicException("Not a sealed blob.");
        }

        var header = blob[..HeaderLength];
        var plaintext = new SecretBytes(blob.Length - HeaderLength - TagLength);
        try
        {
            using var derived = Derive(key, header[SaltAt..]);
            using var aes = new AesGcm(derived.Span[..KeyLength], TagLength);
            aes.Decrypt(derived.Span[KeyLength..], blob[HeaderLength..^TagLength], blob[^TagLength..], plaintext.Span, Authenticated(header, associatedData));
            return plaintext;
        }
        catch
        {
            plaintext.Dispose();
            throw;
        }
    }

    private static SecretBytes Derive(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        var derived = new SecretBytes(KeyLength + NonceLength);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived.Span, salt, "bzt/v1/blob"u8);
        return derived;
    }

    private static byte[] Authenticated(ReadOnlySpan<byte> header, ReadOnlySpan<byte> associatedData) => [.. header, .. associatedData];
}
