using System.Security.Cryptography;
using Bzt.Documents.Certificates;
using Bzt.Protocol;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

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

/// <summary>Encryption of a section's key to a certificate: SM2 (GB/T 32918.4) as the SM2Cipher of GB/T 35276, or RSAES-OAEP for the key of an RSA lock.</summary>
internal static class SectionKeyWrap
{
    public static string SerialOf(byte[] certificateDer) =>
        Sm2Certificate.TryParse(certificateDer, out var sm2) ? sm2.Serial
        : LockCertificate.TryParse(certificateDer, out var other) ? other.Serial
        : throw new ArgumentException("no certificate", nameof(certificateDer));

    public static WrappedSectionKey Wrap(int section, ReadOnlySpan<byte> sectionKey, byte[] certificateDer)
    {
        if (!LockCertificate.TryParse(certificateDer, out var certificate)) throw new ArgumentException("no certificate", nameof(certificateDer));
        // With the signing certificate by mistake nobody could open the bid.
        if (!certificate.MayEncrypt) throw new ArgumentException($"the certificate {certificate.Serial} is not for encryption", nameof(certificateDer));
        return Sm2Certificate.TryParse(certificateDer, out var sm2)
            ? new WrappedSectionKey(section, sm2.IssuerDer, sm2.Serial, Sm2Ciphertext.Encrypt(sm2.PublicKey, sectionKey, SystemRandom.Instance).ToDer())
            : new WrappedSectionKey(section, certificate.IssuerDer, certificate.Serial, certificate.EncryptOaep(sectionKey), KeyWrap.RsaOaep);
    }
}
