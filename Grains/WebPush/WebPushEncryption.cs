using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Bzt.Grains.WebPush;

/// <summary>
/// Message encryption for web push (RFC 8291) in the one record of an <c>aes128gcm</c> content coding (RFC 8188): only the browser that subscribed can
/// read it, not the push service that carries it.
/// </summary>
internal static class WebPushEncryption
{
    public const int PointLength = 65;
    public const int AuthLength = 16;
    public const int SaltLength = 16;

    private const int RecordSize = 4096;
    private const int KeyLength = 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = SaltLength + sizeof(uint) + 1 + PointLength;
    private const byte LastRecord = 2;

    /// <summary>Every message has this length before it is encrypted: what it says cannot be told from how long it is.</summary>
    private const int Padded = 160;

    /// <summary>With a fresh key and salt.</summary>
    public static byte[] Encrypt(PushSubscription to, ReadOnlySpan<byte> plaintext)
    {
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Encrypt(to.P256dh, to.Auth, plaintext, Padded, ephemeral, RandomNumberGenerator.GetBytes(SaltLength));
    }

    /// <param name="paddedLength">Of the plaintext with its delimiter and padding.</param>
    /// <param name="ephemeral">Used for this one message.</param>
    public static byte[] Encrypt(byte[] p256dh, byte[] auth, ReadOnlySpan<byte> plaintext, int paddedLength, ECDiffieHellman ephemeral, byte[] salt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(paddedLength, plaintext.Length + 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(paddedLength, RecordSize - TagLength);
        var own = EncodePoint(ephemeral.ExportParameters(includePrivateParameters: false).Q);
        using var browser = ECDiffieHellman.Create(DecodePoint(p256dh));
        using var browserKey = browser.PublicKey;

        // RFC 8291 §3.3, §3.4: both keys and the subscription's secret go into the keying material.
        var shared = ephemeral.DeriveRawSecretAgreement(browserKey);
        byte[] keyInfo = [.. "WebPush: info\0"u8, .. p256dh, .. own];
        var material = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, auth, keyInfo);

        // RFC 8188 §2.2, §2.3.
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, KeyLength, salt, [.. "Content-Encoding: aes128gcm\0"u8]);
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, NonceLength, salt, [.. "Content-Encoding: nonce\0"u8]);
        var record = new byte[paddedLength];
        plaintext.CopyTo(record);
        record[plaintext.Length] = LastRecord;

        // RFC 8188 §2.1: salt, record size, and as key id our key. The nonce of the first record is the nonce itself.
        var message = new byte[HeaderLength + paddedLength + TagLength];
        salt.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(SaltLength), RecordSize);
        message[SaltLength + sizeof(uint)] = PointLength;
        own.CopyTo(message, SaltLength + sizeof(uint) + 1);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, record, message.AsSpan(HeaderLength, paddedLength), message.AsSpan(HeaderLength + paddedLength));
        CryptographicOperations.ZeroMemory(shared);
        CryptographicOperations.ZeroMemory(material);
        CryptographicOperations.ZeroMemory(key);
        return message;
    }

    public static byte[] EncodePoint(ECPoint point) => [4, .. point.X!, .. point.Y!];

    public static ECParameters DecodePoint(byte[] point) => new()
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = point[1..33], Y = point[33..] },
    };

    /// <summary>65 octets, uncompressed, and on the curve: the framework's import looks.</summary>
    public static bool IsPoint(byte[] point)
    {
        if (point is not [4, ..] || point.Length != PointLength)
        {
            return false;
        }

        try
        {
            using var key = ECDiffieHellman.Create(DecodePoint(point));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
