using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;

namespace Bzt.Silo.KeyProtection;

/// <summary>
/// What lies in the store. Every form begins: form | id of the ring's key, 4 bytes, big-endian | salt, 32 bytes.
/// <para>Form 2: the blob's own secret, 32 bytes, AES-256-GCM under the ring's key, tag, 16 bytes | ciphertext | tag, 16 bytes.
/// The first part names the ring's key and can be put under another one by whoever has both; the second, under the blob's own
/// secret, stays as it is. What a blob is for and where it belongs are bound to the second.</para>
/// <para>Form 1: ciphertext | tag, sealed by a key of the ring's for the purpose. It cannot move to another key. The root key's file
/// wraps in this form, and stores that are older than the ring in the store hold it.</para>
/// Key and nonce of each encryption come from a secret and a random salt of its own (HKDF, RFC 5869), so there is no number of blobs
/// after which nonces meet. Header and associated data are authenticated.
/// </summary>
internal static class SealedBlob
{
    public const byte Direct = 1;
    public const byte Enveloped = 2;

    private const int SaltAt = 5;
    private const int SaltLength = 32;
    private const int HeaderLength = SaltAt + SaltLength;
    private const int KeyLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int EnvelopeLength = KeyLength + TagLength;
    private const int ContentAt = HeaderLength + EnvelopeLength;

    /// <summary>Of form 2.</summary>
    public const int ShortestLength = ContentAt + TagLength;

    public static byte[] Seal(ReadOnlySpan<byte> key, uint keyId, string purpose, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        var blob = new byte[ContentAt + plaintext.Length + TagLength];
        using var secret = new SecretBytes(KeyLength);
        RandomNumberGenerator.Fill(secret.Span);
        Wrap(key, keyId, secret.Span, blob);
        using var derived = Derive(secret.Span, salt: [], "bzt/v2/blob/" + purpose);
        Encrypt(derived.Span, plaintext, blob.AsSpan(ContentAt), [Enveloped, .. associatedData]);
        return blob;
    }

    public static SecretBytes Open(ReadOnlySpan<byte> key, string purpose, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> blob)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        using var secret = Unwrap(key, blob);
        using var derived = Derive(secret.Span, salt: [], "bzt/v2/blob/" + purpose);
        return Decrypt(derived.Span, blob[ContentAt..], [Enveloped, .. associatedData]);
    }

    /// <summary>Moves a blob of form 2 from one key to another, in place. False when the old key does not open its envelope: then it is not ours.</summary>
    public static bool TryRewrap(ReadOnlySpan<byte> oldKey, ReadOnlySpan<byte> newKey, uint newId, Span<byte> blob)
    {
        if (blob.Length < ContentAt)
        {
            return false;
        }

        try
        {
            using var secret = Unwrap(oldKey, blob);
            Wrap(newKey, newId, secret.Span, blob);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public static byte[] SealDirectly(ReadOnlySpan<byte> key, uint keyId, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        var blob = new byte[HeaderLength + plaintext.Length + TagLength];
        var header = WriteHeader(blob, Direct, keyId);
        using var derived = Derive(key, header[SaltAt..], "bzt/v1/blob");
        Encrypt(derived.Span, plaintext, blob.AsSpan(HeaderLength), [.. header, .. associatedData]);
        return blob;
    }

    public static SecretBytes OpenDirectly(ReadOnlySpan<byte> key, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> blob)
    {
        if (!TryReadKeyId(blob, out _) || !IsDirect(blob))
        {
            throw new CryptographicException("Not a sealed blob.");
        }

        var header = blob[..HeaderLength];
        using var derived = Derive(key, header[SaltAt..], "bzt/v1/blob");
        return Decrypt(derived.Span, blob[HeaderLength..], [.. header, .. associatedData]);
    }

    public static bool IsDirect(ReadOnlySpan<byte> blob) => blob[0] == Direct;

    public static bool TryReadKeyId(ReadOnlySpan<byte> blob, out uint keyId)
    {
        var ours = (blob.Length >= HeaderLength + TagLength && blob[0] == Direct) || (blob.Length >= ShortestLength && blob[0] == Enveloped);
        keyId = ours ? BinaryPrimitives.ReadUInt32BigEndian(blob[1..]) : 0;
        return ours;
    }

    private static void Wrap(ReadOnlySpan<byte> key, uint keyId, ReadOnlySpan<byte> secret, Span<byte> blob)
    {
        var header = WriteHeader(blob, Enveloped, keyId);
        using var derived = Derive(key, header[SaltAt..], "bzt/v2/envelope");
        Encrypt(derived.Span, secret, blob[HeaderLength..ContentAt], header);
    }

    private static SecretBytes Unwrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> blob)
    {
        var header = blob[..HeaderLength];
        using var derived = Derive(key, header[SaltAt..], "bzt/v2/envelope");
        return Decrypt(derived.Span, blob[HeaderLength..ContentAt], header);
    }

    private static Span<byte> WriteHeader(Span<byte> blob, byte form, uint keyId)
    {
        var header = blob[..HeaderLength];
        header[0] = form;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], keyId);
        RandomNumberGenerator.Fill(header[SaltAt..]);
        return header;
    }

    private static void Encrypt(ReadOnlySpan<byte> derived, ReadOnlySpan<byte> plaintext, Span<byte> destination, ReadOnlySpan<byte> authenticated)
    {
        using var aes = new AesGcm(derived[..KeyLength], TagLength);
        aes.Encrypt(derived[KeyLength..], plaintext, destination[..plaintext.Length], destination[plaintext.Length..], authenticated);
    }

    private static SecretBytes Decrypt(ReadOnlySpan<byte> derived, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> authenticated)
    {
        var plaintext = new SecretBytes(ciphertext.Length - TagLength);
        try
        {
            using var aes = new AesGcm(derived[..KeyLength], TagLength);
            aes.Decrypt(derived[KeyLength..], ciphertext[..^TagLength], ciphertext[^TagLength..], plaintext.Span, authenticated);
            return plaintext;
        }
        catch
        {
            plaintext.Dispose();
            throw;
        }
    }

    private static SecretBytes Derive(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, string info)
    {
        var derived = new SecretBytes(KeyLength + NonceLength);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived.Span, salt, Encoding.UTF8.GetBytes(info));
        return derived;
    }
}
