using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Foundations;
using Bzt.Tests.Peers;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using X509Certificate = Org.BouncyCastle.X509.X509Certificate;

namespace Bzt.Tests.CaVendors;

/// <summary>What is issued, in the eyes of others. The signer id is the default one throughout.</summary>
public sealed class EmbeddedCaCertificateTests
{
    [Fact]
    public async Task OpenSSL_accepts_both_chains_and_notices_a_changed_byte()
    {
        var bench = new EmbeddedCaBench();
        var issued = bench.Obtain(EmbeddedCaBench.NewKey(), "A1");
        Assert.True(await OpenSsl.VerifyChain([issued.SigningCertificate, .. issued.Chain]));
        Assert.True(await OpenSsl.VerifyChain([issued.EncryptionCertificate, .. issued.Chain]));

        var forged = issued.SigningCertificate.ToArray();
        forged[^1] ^= 1;
        Assert.False(await OpenSsl.VerifyChain([forged, .. issued.Chain]));
    }

    [Fact]
    public void Names_and_uses_are_the_application_s_and_the_profile_s()
    {
        var bench = new EmbeddedCaBench();
        var issued = bench.Obtain(EmbeddedCaBench.NewKey(), "A1");
        using var signing = X509CertificateLoader.LoadCertificate(issued.SigningCertificate);
        using var encryption = X509CertificateLoader.LoadCertificate(issued.EncryptionCertificate);
        foreach (var certificate in new[] { signing, encryption })
        {
            Assert.Equal("C=CN, S=湖北省, L=宜昌市, O=湖北江汉建设工程有限公司, OU=投标部, CN=湖北江汉建设工程有限公司", string.Join(", ", certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false)
                .Select(name => $"{Short(name.GetSingleElementType())}={name.GetSingleElementValue()}")));
            Assert.Equal(new DerPrintableString("91420500MA49ABCD28").GetDerEncoded(), certificate.Extensions["1.2.156.10260.4.1.4"]!.RawData);
            var constraints = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single();
            Assert.False(constraints.CertificateAuthority);
            Assert.Contains("http://ca.example.com/ca/embedded/crl", Encoding.ASCII.GetString(certificate.Extensions["2.5.29.31"]!.RawData));
            Assert.Contains("http://ca.example.com/ca/embedded/ocsp", Encoding.ASCII.GetString(certificate.Extensions["1.3.6.1.5.5.7.1.1"]!.RawData));
            Assert.Contains("http://ca.example.com/ca/embedded/issuing.cer", Encoding.ASCII.GetString(certificate.Extensions["1.3.6.1.5.5.7.1.1"]!.RawData));
            Assert.Equal(32, certificate.SerialNumber.Length);
        }

        Assert.Equal(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation, signing.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        Assert.Equal(
            X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DataEncipherment | X509KeyUsageFlags.KeyAgreement,
            encryption.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        Assert.NotEqual(signing.SerialNumber, encryption.SerialNumber);

        using var issuing = X509CertificateLoader.LoadCertificate(issued.Chain[0]);
        using var root = X509CertificateLoader.LoadCertificate(issued.Chain[1]);
        Assert.Equal(0, issuing.Extensions.OfType<X509BasicConstraintsExtension>().Single().PathLengthConstraint);
        Assert.True(root.Extensions.OfType<X509BasicConstraintsExtension>().Single() is { CertificateAuthority: true, Critical: true });
        Assert.Equal(
            issuing.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifierBytes.ToArray(),
            signing.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Single().KeyIdentifier!.Value.ToArray());
    }

    [Fact]
    public async Task The_envelope_holds_the_encryption_certificate_s_key_for_the_signing_key_alone()
    {
        var bench = new EmbeddedCaBench();
        var (key, other) = (EmbeddedCaBench.NewKey(), EmbeddedCaBench.NewKey());
        var issued = bench.Obtain(key, "A1");
        var encryptionKey = await EmbeddedCaBench.OpenEnvelope(issued.EncryptionEnvelope, key.Private);

        // What anybody encrypts to the certificate, that key decrypts.
        var message = RandomNumberGenerator.GetBytes(48);
        var ciphertext = await OpenSsl.Encrypt(issued.EncryptionCertificate, message);
        var holder = new Org.BouncyCastle.Crypto.Parameters.ECPrivateKeyParameters("EC", new BigInteger(1, encryptionKey), Org.BouncyCastle.Asn1.GM.GMObjectIdentifiers.sm2p256v1);
        Assert.Equal(message, await OpenSsl.Decrypt(EmbeddedCaBench.Pkcs8(holder), ciphertext));

        var sealedKey = Asn1Sequence.GetInstance(issued.EncryptionEnvelope)[1].ToAsn1Object().GetDerEncoded();
        Assert.Null(await OpenSsl.Decrypt(EmbeddedCaBench.Pkcs8(other.Private), sealedKey));
    }

    [Fact]
    public async Task The_revocation_list_names_what_was_revoked_and_is_signed_by_the_issuing_authority()
    {
        var bench = new EmbeddedCaBench();
        var revoked = bench.Obtain(EmbeddedCaBench.NewKey(), "A1", holder: "one");
        var kept = bench.Obtain(EmbeddedCaBench.NewKey(), "A2", holder: "two");
        var before = new X509CrlParser().ReadCrl(bench.RevocationList());
        Assert.IsType<CaRevocation.Ok>(bench.Revoke(EmbeddedCaBench.SerialNumber(revoked.SigningCertificate), RevocationReason.CessationOfOperation));

        bench.Now += TimeSpan.FromMinutes(1);
        var der = bench.RevocationList();
        var list = new X509CrlParser().ReadCrl(der);

        // OpenSSL's own check of lists does not take the signer id; its check of signatures does.
        var parts = Asn1Sequence.GetInstance(der);
        Assert.True(await OpenSsl.VerifySignature(kept.Chain[0], parts[0].ToAsn1Object().GetDerEncoded(), DerBitString.GetInstance(parts[2]).GetOctets()));
        var issuing = new X509Certificate(kept.Chain[0]);
        list.Verify(issuing.GetPublicKey());
        Assert.ThrowsAny<GeneralSecurityException>(() => list.Verify(new X509Certificate(kept.Chain[1]).GetPublicKey()));
        Assert.False(before.IsRevoked(new X509Certificate(revoked.SigningCertificate)));
        Assert.True(list.IsRevoked(new X509Certificate(revoked.SigningCertificate)));
        Assert.True(list.IsRevoked(new X509Certificate(revoked.EncryptionCertificate)));
        Assert.False(list.IsRevoked(new X509Certificate(kept.SigningCertificate)));
        Assert.True(Number(list).CompareTo(Number(before)) > 0);
        Assert.Equal(bench.Now.UtcDateTime.AddHours(24), list.NextUpdate!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void State_survives_its_stored_form_and_holds_no_private_key_in_the_clear()
    {
        var bench = new EmbeddedCaBench();
        var key = EmbeddedCaBench.NewKey();
        var issued = bench.Obtain(key, "A1");
        var json = JsonSerializer.Serialize(bench.State, StateJson.Options);
        bench.State = JsonSerializer.Deserialize<EmbeddedCaState>(json, StateJson.Options)!;
        Assert.Equal(json, JsonSerializer.Serialize(bench.State, StateJson.Options));
        Assert.Equal(issued.SigningCertificate, Assert.IsType<CaIssuance.Ok>(bench.Issue("A1", EmbeddedCaBench.Request(key))).Certificates.SigningCertificate);

        // Another protector cannot open what lies in the state.
        var stranger = new EmbeddedCa(new TestKeyProtector(), new EmbeddedCaOptions { PublicUrl = new Uri("http://ca.example.com/") }, Bzt.Protocol.SystemRandom.Instance);
        Assert.Throws<AuthenticationTagMismatchException>(() => bench.RevocationList(stranger));
    }

    static BigInteger Number(X509Crl list) =>
        DerInteger.GetInstance(Asn1Object.FromByteArray(list.GetExtensionValue(Org.BouncyCastle.Asn1.X509.X509Extensions.CrlNumber).GetOctets())).Value;

    static string Short(Oid oid) => oid.Value switch { "2.5.4.6" => "C", "2.5.4.8" => "S", "2.5.4.7" => "L", "2.5.4.10" => "O", "2.5.4.11" => "OU", "2.5.4.3" => "CN", _ => oid.Value! };
}
