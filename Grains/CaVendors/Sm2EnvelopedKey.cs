using System.Security.Cryptography;
using Bzt.Protocol;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;

namespace Bzt.Grains.CaVendors;

/// <summary>
/// SM2EnvelopedKey of GB/T 35276: an SM4 key encrypted to the receiver's signing key, the private key encrypted under the SM4 key.
/// <c>SEQUENCE { symAlgID, symEncryptedKey SM2Cipher, sm2PublicKey BIT STRING, sm2EncryptedPrivateKey BIT STRING }</c>.
/// </summary>
static class Sm2EnvelopedKey
{
    /// <summary>SM4 in ECB mode: two blocks that are uniformly random, under a key used once.</summary>
    static readonly DerObjectIdentifier Sm4Ecb = new("1.2.156.10197.1.104.1");

    /// <param name="privateKey">32 bytes.</param>
    /// <param name="publicKey">Its point, 04 ‖ X ‖ Y.</param>
    /// <param name="receiver">The signing key.</param>
    /// <param name="random">For the SM4 key and the encryption.</param>
    public static byte[] Seal(ReadOnlySpan<byte> privateKey, byte[] publicKey, ECPublicKeyParameters receiver, IRandomSource random)
    {
        Span<byte> contentKey = stackalloc byte[16];
        random.Fill(contentKey);
        try
        {
            var sm4 = new SM4Engine();
            sm4.Init(forEncryption: true, new KeyParameter(contentKey));
            var encrypted = new byte[32];
            sm4.ProcessBlock(privateKey[..16], encrypted);
            sm4.ProcessBlock(privateKey[16..32], encrypted.AsSpan(16));
            return new DerSequence(
                new AlgorithmIdentifier(Sm4Ecb),
                Sm2Cipher(contentKey.ToArray(), receiver, random),
                new DerBitString(publicKey),
                new DerBitString(encrypted)).GetDerEncoded();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
        }
    }

    // SM2Cipher ::= SEQUENCE { XCoordinate INTEGER, YCoordinate INTEGER, HASH OCTET STRING, CipherText OCTET STRING }
    static DerSequence Sm2Cipher(byte[] plaintext, ECPublicKeyParameters receiver, IRandomSource random)
    {
        var engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
        engine.Init(forEncryption: true, new ParametersWithRandom(receiver, Sm2Keys.Random(random)));
        var raw = engine.ProcessBlock(plaintext, 0, plaintext.Length);
        CryptographicOperations.ZeroMemory(plaintext);
        return new DerSequence(
            new DerInteger(new BigInteger(1, raw, 1, 32)),
            new DerInteger(new BigInteger(1, raw, 33, 32)),
            new DerOctetString(raw[65..97]),
            new DerOctetString(raw[97..]));
    }
}
