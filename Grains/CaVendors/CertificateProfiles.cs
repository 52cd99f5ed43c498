using Bzt.Grains.Enterprises;
using Bzt.Protocol;
using Bzt.Protocol.Forms;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.X509;
using Org.BouncyCastle.X509.Extension;

namespace Bzt.Grains.CaVendors;

/// <summary>What the embedded CA's certificates and revocation lists look like (GB/T 20518, RFC 5280), signed with SM2 and SM3, default signer id.</summary>
static class CertificateProfiles
{
    const string Algorithm = "SM3WITHSM2";

    /// <summary>Where CAs in the field write 统一社会信用代码: the number GB/T 20518 gives to 组织机构代码, a PrintableString.</summary>
    static readonly DerObjectIdentifier CreditCodeExtension = new("1.2.156.10260.4.1.4");

    /// <summary>Covers clocks that run behind ours.</summary>
    static readonly TimeSpan Backdate = TimeSpan.FromMinutes(5);

    /// <summary>Renewed by itself long before it ends.</summary>
    public static readonly TimeSpan ResponderLifetime = TimeSpan.FromDays(90);

    /// <summary>What it signs is judged for the time it was signed at, long after.</summary>
    public static readonly TimeSpan ServiceLifetime = TimeSpan.FromDays(3 * 365);

    /// <summary>Null when the facts do not make a name a certificate can carry.</summary>
    public static X509Name? Subject(CaSubject subject)
    {
        if (subject.Organization is not null && !CreditCodes.TryParse(subject.CreditCode, out _))
        {
            return null;
        }

        // Upper bounds of X.520.
        (DerObjectIdentifier Type, string? Value, int Most)[] parts =
        [
            (X509Name.C, "CN", 2), (X509Name.ST, subject.Province, 128), (X509Name.L, subject.Locality, 128),
            (X509Name.O, subject.Organization, 64), (X509Name.OU, subject.OrganizationalUnit, 64), (X509Name.CN, subject.CommonName, 64),
        ];
        var present = parts.Where(part => part.Value is not null).ToArray();
        return subject.CommonName is not null && present.All(part => IsText(part.Value!, part.Most))
            ? new X509Name(present.Select(part => part.Type).ToList(), present.Select(part => part.Value!).ToList())
            : null;
    }

    /// <summary>Whether its names are what they look like. Of what is to be begun: an application from before names were looked at so closely is issued all the same.</summary>
    public static bool IsVisible(CaSubject subject) =>
        ((string?[])[subject.Province, subject.Locality, subject.Organization, subject.OrganizationalUnit, subject.CommonName]).All(name => name is null || VisibleText.Is(name));

    public static X509Certificate Root(X509Name name, ECPublicKeyParameters key, ECPrivateKeyParameters signer, string serialNumber, DateTimeOffset now, IRandomSource random)
    {
        var generator = Generator(name, name, key, serialNumber, now, now.AddYears(30));
        generator.AddExtension(X509Extensions.BasicConstraints, true, new BasicConstraints(true));
        generator.AddExtension(X509Extensions.KeyUsage, true, new KeyUsage(KeyUsage.KeyCertSign | KeyUsage.CrlSign));
        generator.AddExtension(X509Extensions.SubjectKeyIdentifier, false, X509ExtensionUtilities.CreateSubjectKeyIdentifier(key));
        return generator.Generate(new Asn1SignatureFactory(Algorithm, signer, Sm2Keys.Random(random)));
    }

    public static X509Certificate Issuing(X509Name name, ECPublicKeyParameters key, X509Certificate root, ECPrivateKeyParameters signer, string serialNumber, DateTimeOffset now, IRandomSource random)
    {
        var generator = Generator(root.SubjectDN, name, key, serialNumber, now, now.AddYears(20));
        generator.AddExtension(X509Extensions.BasicConstraints, true, new BasicConstraints(0));
        generator.AddExtension(X509Extensions.KeyUsage, true, new KeyUsage(KeyUsage.KeyCertSign | KeyUsage.CrlSign));
        AddKeyIdentifiers(generator, key, root);
        return generator.Generate(new Asn1SignatureFactory(Algorithm, signer, Sm2Keys.Random(random)));
    }

    /// <summary>May answer about status and nothing else; itself it is not asked about (id-pkix-ocsp-nocheck), so it does not live long.</summary>
    public static X509Certificate Responder(X509Name name, ECPublicKeyParameters key, X509Certificate issuer, ECPrivateKeyParameters signer, string serialNumber, DateTimeOffset now, IRandomSource random)
    {
        var generator = Generator(issuer.SubjectDN, name, key, serialNumber, now, now + ResponderLifetime);
        generator.AddExtension(X509Extensions.BasicConstraints, false, new BasicConstraints(false));
        generator.AddExtension(X509Extensions.KeyUsage, true, new KeyUsage(KeyUsage.DigitalSignature));
        generator.AddExtension(X509Extensions.ExtendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeID.id_kp_OCSPSigning));
        generator.AddExtension(OcspObjectIdentifiers.PkixOcspNocheck, false, DerNull.Instance);
        AddKeyIdentifiers(generator, key, issuer);
        return generator.Generate(new Asn1SignatureFactory(Algorithm, signer, Sm2Keys.Random(random)));
    }

    /// <summary>Stamps times (RFC 3161, 2.3: a critical extended key usage of that alone) or makes seals (GB/T 38540: for digital signatures, and no authority's).</summary>
    public static X509Certificate Service(
        X509Name name, CaService service, ECPublicKeyParameters key, X509Certificate issuer, ECPrivateKeyParameters signer, string serialNumber, DateTimeOffset now, IRandomSource random)
    {
        var generator = Generator(issuer.SubjectDN, name, key, serialNumber, now, now + ServiceLifetime);
        generator.AddExtension(X509Extensions.BasicConstraints, true, new BasicConstraints(false));
        generator.AddExtension(X509Extensions.KeyUsage, true, new KeyUsage(KeyUsage.DigitalSignature | KeyUsage.NonRepudiation));
        if (service == CaService.TimeStamping)
        {
            generator.AddExtension(X509Extensions.ExtendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeID.id_kp_timeStamping));
        }

        AddKeyIdentifiers(generator, key, issuer);
        return generator.Generate(new Asn1SignatureFactory(Algorithm, signer, Sm2Keys.Random(random)));
    }

    /// <param name="subject">From <see cref="Subject"/>.</param>
    /// <param name="facts">For the credit code.</param>
    /// <param name="key">The holder's.</param>
    /// <param name="encryption">Which of the two certificates: a key signs or decrypts, never both.</param>
    /// <param name="issuer">The issuing authority.</param>
    /// <param name="signer">Its key.</param>
    /// <param name="serialNumber">Hexadecimal.</param>
    /// <param name="now">Begin.</param>
    /// <param name="notAfter">End.</param>
    /// <param name="publicUrl">The CA's address.</param>
    /// <param name="random">For the signature.</param>
    public static X509Certificate Holder(
        X509Name subject, CaSubject facts, ECPublicKeyParameters key, bool encryption,
        X509Certificate issuer, ECPrivateKeyParameters signer, string serialNumber, DateTimeOffset now, DateTimeOffset notAfter, Uri publicUrl, IRandomSource random)
    {
        var generator = Generator(issuer.SubjectDN, subject, key, serialNumber, now, notAfter);
        generator.AddExtension(X509Extensions.BasicConstraints, false, new BasicConstraints(false));
        generator.AddExtension(X509Extensions.KeyUsage, true, new KeyUsage(encryption
            ? KeyUsage.KeyEncipherment | KeyUsage.DataEncipherment | KeyUsage.KeyAgreement
            : KeyUsage.DigitalSignature | KeyUsage.NonRepudiation));
        AddKeyIdentifiers(generator, key, issuer);
        generator.AddExtension(X509Extensions.CrlDistributionPoints, false, new CrlDistPoint(
            [new DistributionPoint(new DistributionPointName(new GeneralNames(Address(publicUrl, "crl"))), null, null)]));
        generator.AddExtension(X509Extensions.AuthorityInfoAccess, false, new AuthorityInformationAccess(
            [new AccessDescription(X509ObjectIdentifiers.IdADOcsp, Address(publicUrl, "ocsp")), new AccessDescription(X509ObjectIdentifiers.IdADCAIssuers, Address(publicUrl, "issuing.cer"))]));
        if (facts.CreditCode is not null)
        {
            generator.AddExtension(CreditCodeExtension, false, new DerPrintableString(facts.CreditCode));
        }

        return generator.Generate(new Asn1SignatureFactory(Algorithm, signer, Sm2Keys.Random(random)));
    }

    public static X509Crl RevocationList(
        IEnumerable<KeyValuePair<string, CertificateRevocation>> revoked, X509Certificate issuer, ECPrivateKeyParameters signer, long number, DateTimeOffset now, TimeSpan lifetime,
        IRandomSource random)
    {
        var generator = new X509V2CrlGenerator();
        generator.SetIssuerDN(issuer.SubjectDN);
        generator.SetThisUpdate(now.UtcDateTime);
        generator.SetNextUpdate((now + lifetime).UtcDateTime);
        foreach (var (serialNumber, revocation) in revoked.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            generator.AddCrlEntry(new BigInteger(serialNumber, 16), revocation.At.UtcDateTime, (int)revocation.Reason);
        }

        generator.AddExtension(X509Extensions.CrlNumber, false, new CrlNumber(BigInteger.ValueOf(number)));
        generator.AddExtension(X509Extensions.AuthorityKeyIdentifier, false, X509ExtensionUtilities.CreateAuthorityKeyIdentifier(issuer));
        return generator.Generate(new Asn1SignatureFactory(Algorithm, signer, Sm2Keys.Random(random)));
    }

    static X509V3CertificateGenerator Generator(X509Name issuer, X509Name subject, ECPublicKeyParameters key, string serialNumber, DateTimeOffset now, DateTimeOffset notAfter)
    {
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(new BigInteger(serialNumber, 16));
        generator.SetIssuerDN(issuer);
        generator.SetSubjectDN(subject);
        generator.SetNotBefore((now - Backdate).UtcDateTime);
        generator.SetNotAfter(notAfter.UtcDateTime);
        generator.SetPublicKey(key);
        return generator;
    }

    static void AddKeyIdentifiers(X509V3CertificateGenerator generator, ECPublicKeyParameters key, X509Certificate issuer)
    {
        generator.AddExtension(X509Extensions.SubjectKeyIdentifier, false, X509ExtensionUtilities.CreateSubjectKeyIdentifier(key));
        generator.AddExtension(X509Extensions.AuthorityKeyIdentifier, false, X509ExtensionUtilities.CreateAuthorityKeyIdentifier(issuer));
    }

    static GeneralName Address(Uri publicUrl, string name) =>
        new(GeneralName.UniformResourceIdentifier, new Uri(publicUrl.AbsoluteUri.TrimEnd('/') + "/" + name).AbsoluteUri);

    static bool IsText(string value, int most) => value.Length > 0 && value.Length <= most && value.Trim() == value && !value.Any(char.IsControl);
}
