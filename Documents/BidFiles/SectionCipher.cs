using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Bzt.Documents.BidFiles;

/// <summary>The chunks of one section under its key: SM4-GCM, every chunk a message of its own, into buffers of the caller.</summary>
internal sealed class SectionCipher : IDisposable
{
    private readonly byte[] key, noncePrefix, associatedData;

    public SectionCipher(ReadOnlySpan<byte> key, byte[] noncePrefix, byte[] associatedData)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, BidFileFormat.KeyLength);
        (this.key, this.noncePrefix, this.associatedData) = (key.ToArray(), noncePrefix, associatedData);
    }

    /// <summary>Writes ciphertext and tag. A section's key is drawn for it alone, so a counter never meets the same key twice.</summary>
    public void Seal(uint counter, bool last, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        var cipher = Create(true, counter, last);
        var written = cipher.ProcessBytes(plaintext, ciphertext);
        cipher.DoFinal(ciphertext[written..]);
    }

    /// <summary>False, and the buffer cleared, when the tag does not match.</summary>
    public bool TryOpen(uint counter, bool last, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        var cipher = Create(false, counter, last);
        try
        {
            var written = cipher.ProcessBytes(ciphertext, plaintext);
            cipher.DoFinal(plaintext[written..]);
            return true;
        }
        catch (InvalidCipherTextException)
        {
            plaintext.Clear();
            return false;
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(key);

    private GcmBlockCipher Create(bool encrypt, uint counter, bool last)
    {
        var nonce = new byte[BidFileFormat.NonceLength];
        BidFileFormat.Nonce(noncePrefix, counter, last, nonce);
        var cipher = new GcmBlockCipher(new SM4Engine());
        cipher.Init(encrypt, new AeadParameters(new KeyParameter(key), 8 * BidFileFormat.TagLength, nonce, associatedData));
        return cipher;
    }
}

/// <summary>SM2 encryption of a section's key (GB/T 32918.4) to a certificate, as the SM2Cipher of GB/T 35276.</summary>
internal static class SectionKeyWrap
{
    public static WrappedSectionKey Wrap(int section, ReadOnlySpan<byte> sectionKey, byte[] certificateDer)
    {
        var certificate = new X509Certificate(certificateDer);
        // Bits 2 and 3: keyEncipherment, dataEncipherment. With the signing certificate by mistake nobody could open the bid.
        if (certificate.GetKeyUsage() is { } usage && !usage[2] && !usage[3]) throw new ArgumentException($"the certificate {certificate.SerialNumber.ToString(16)} is not for encryption", nameof(certificateDer));
        if (certificate.GetPublicKey() is not ECPublicKeyParameters key) throw new ArgumentException("the certificate holds no SM2 key", nameof(certificateDer));

        var engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
        engine.Init(true, new ParametersWithRandom(key, new SecureRandom()));
        var raw = engine.ProcessBlock(sectionKey.ToArray(), 0, sectionKey.Length);
        var cipher = new DerSequence(
            new DerInteger(new BigInteger(1, raw, 1, 32)),
            new DerInteger(new BigInteger(1, raw, 33, 32)),
            new DerOctetString(raw.AsSpan(65, 32).ToArray()),
            new DerOctetString(raw.AsSpan(97).ToArray()));
        return new WrappedSectionKey(section, certificate.IssuerDN.GetDerEncoded(), certificate.SerialNumber.ToString(16).ToUpperInvariant(), cipher.GetDerEncoded());
    }
}
