using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Utilities;
using Org.BouncyCastle.X509;

namespace Bzt.Tests.Documents;

/// <summary>
/// An enterprise with an ordinary SM2 key and a certificate under a root of its own. To documents the two-party key is
/// just another signer: what it makes is the same r‖s.
/// </summary>
internal sealed class TestSigner
{
    // The curve under its standard identifier, so that certificates name it instead of spelling it out.
    private static readonly ECDomainParameters Sm2 = ECNamedDomainParameters.LookupOid(Org.BouncyCastle.Asn1.GM.GMObjectIdentifiers.sm2p256v1);
    private static readonly SecureRandom Random = new();
    private readonly AsymmetricCipherKeyPair keys;

    public TestSigner(string name, DateTime? notBefore = null, DateTime? notAfter = null, int usage = KeyUsage.DigitalSignature | KeyUsage.NonRepudiation, bool stampsTimes = false)
    {
        Name = name;
        var rootKeys = Generate();
        Root = Issue("测试根证书 " + name, "测试根证书 " + name, rootKeys, rootKeys, null, DateTime.UtcNow.AddYears(-10), DateTime.UtcNow.AddYears(10));
        keys = Generate();
        Certificate = Issue("测试根证书 " + name, name, rootKeys, keys, usage, notBefore ?? DateTime.UtcNow.AddYears(-1), notAfter ?? DateTime.UtcNow.AddYears(1), stampsTimes);
    }

    public string Name { get; }

    public byte[] Root { get; }

    public byte[] Certificate { get; }

    public byte[] PrivateKeyInfo => PrivateKeyInfoFactory.CreatePrivateKeyInfo(keys.Private).GetDerEncoded();

    public ECPrivateKeyParameters PrivateKey => (ECPrivateKeyParameters)keys.Private;

    public BigInteger PrivateScalar => ((ECPrivateKeyParameters)keys.Private).D;

    public ECPublicKeyParameters PublicKey => (ECPublicKeyParameters)keys.Public;

    /// <summary>r‖s with the default signer id.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var signer = new SM2Signer();
        signer.Init(true, keys.Private);
        signer.BlockUpdate(message);
        var pair = Asn1Sequence.GetInstance(signer.GenerateSignature());
        return [.. pair.SelectMany(n => BigIntegers.AsUnsignedByteArray(32, ((DerInteger)n).PositiveValue))];
    }

    public static byte[] ToDer(byte[] signature) =>
        new DerSequence(new DerInteger(new BigInteger(1, signature, 0, 32)), new DerInteger(new BigInteger(1, signature, 32, 32))).GetDerEncoded();

    private static AsymmetricCipherKeyPair Generate()
    {
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(Sm2, Random));
        return generator.GenerateKeyPair();
    }

    private static byte[] Issue(string issuer, string subject, AsymmetricCipherKeyPair issuerKeys, AsymmetricCipherKeyPair keys, int? usage, DateTime notBefore, DateTime notAfter, bool stampsTimes = false)
    {
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(BigIntegers.CreateRandomBigInteger(120, Random).SetBit(119));
        generator.SetIssuerDN(new X509Name($"C=CN,O={issuer}"));
        generator.SetSubjectDN(new X509Name($"C=CN,O={subject}"));
        generator.SetNotBefore(notBefore);
        generator.SetNotAfter(notAfter);
        generator.SetPublicKey(keys.Public);
        generator.AddExtension(X509Extensions.BasicConstraints, true, usage is null ? new BasicConstraints(0) : new BasicConstraints(false));
        generator.AddExtension(X509Extensions.KeyUsage, true, new KeyUsage(usage ?? KeyUsage.KeyCertSign | KeyUsage.CrlSign));
        if (stampsTimes) generator.AddExtension(X509Extensions.ExtendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeID.id_kp_timeStamping));
        return generator.Generate(new Asn1SignatureFactory("SM3WITHSM2", issuerKeys.Private, Random)).GetEncoded();
    }
}
