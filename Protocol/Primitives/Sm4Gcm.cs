using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace Bzt.Protocol.Primitives;

/// <summary>SM4 (GB/T 32907) in GCM (GB/T 36624): 16-byte key, 12-byte nonce, 16-byte tag at the end.</summary>
public static class Sm4Gcm
{
    /// <summary>Length of a key in bytes.</summary>
    public const int KeyLength = 16;

    /// <summary>Length of a nonce in bytes. One nonce serves one message under a key.</summary>
    public const int NonceLength = 12;

    /// <summary>Length of the tag in bytes.</summary>
    public const int TagLength = 16;

    /// <summary>Encrypts; the result is longer than the plaintext by <see cref="TagLength"/>.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        var cipher = Create(true, key, nonce, associatedData);
        var output = new byte[plaintext.Length + TagLength];
        var written = cipher.ProcessBytes(plaintext, output);
        cipher.DoFinal(output.AsSpan(written));
        return output;
    }

    /// <summary>Decrypts; false, and no bytes, when the tag does not match.</summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, out byte[] plaintext)
    {
        plaintext = [];
        if (ciphertext.Length < TagLength)
        {
            return false;
        }

        var cipher = Create(false, key, nonce, associatedData);
        var output = new byte[ciphertext.Length - TagLength];
        try
        {
            var written = cipher.ProcessBytes(ciphertext, output);
            cipher.DoFinal(output.AsSpan(written));
            plaintext = output;
            return true;
        }
        catch (InvalidCipherTextException)
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(output);
            return false;
        }
    }

    private static GcmBlockCipher Create(bool encrypt, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceLength);
        var cipher = new GcmBlockCipher(new SM4Engine());
        cipher.Init(encrypt, new AeadParameters(new KeyParameter(key), 8 * TagLength, nonce.ToArray(), associatedData.ToArray()));
        return cipher;
    }
}
