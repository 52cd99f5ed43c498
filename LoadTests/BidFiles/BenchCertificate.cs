using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.X509;

namespace Bzt.LoadTests.BidFiles;

/// <summary>A certificate over an ordinary key, signed by itself: for files that never leave the bench.</summary>
internal sealed class BenchCertificate : IDisposable
{
    private readonly Point publicKey;

    public BenchCertificate(bool encryption)
    {
        Key = SecretScalar.Random(SystemRandom.Instance);
        publicKey = Sm2Group.MultiplyBase(Key.Value);
        var curve = ECNamedDomainParameters.LookupOid(GMObjectIdentifiers.sm2p256v1);
        var name = new X509Name("C=CN,O=宜昌测试建设有限公司");
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(new BigInteger(1, [1, .. SystemRandom.Instance.Bytes(15)]));
        generator.SetIssuerDN(name);
        generator.SetSubjectDN(name);
        generator.SetNotBefore(DateTime.UtcNow.AddDays(-1));
        generator.SetNotAfter(DateTime.UtcNow.AddDays(1));
        generator.SetPublicKey(new ECPublicKeyParameters(curve.Curve.DecodePoint(publicKey.Encode()), curve));
        generator.AddExtension(X509Extensions.KeyUsage, true, new KeyUsage(encryption ? KeyUsage.KeyEncipherment | KeyUsage.DataEncipherment : KeyUsage.DigitalSignature | KeyUsage.NonRepudiation));
        Der = generator.Generate(new Asn1SignatureFactory("SM3WITHSM2", new ECPrivateKeyParameters(new BigInteger(1, Key.Span), curve))).GetEncoded();
    }

    public SecretScalar Key { get; }

    public byte[] Der { get; }

    public byte[] Sign(BidManifestForm manifest) => Sm2Signature.Sign(Key, Sm2Signature.Digest(publicKey, manifest.Content), SystemRandom.Instance).ToRaw();

    public void Dispose() => Key.Dispose();
}
