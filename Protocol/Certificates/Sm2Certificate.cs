using System.Diagnostics.CodeAnalysis;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Bzt.Protocol.Certificates;

/// <summary>An X.509 certificate of the SM2 world (GB/T 20518): an SM2 key, signed by SM2 with SM3 under the default signer id.</summary>
public sealed class Sm2Certificate
{
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string Sm2Curve = "1.2.156.10197.1.301";
    private static readonly DerObjectIdentifier CreditCodeExtension = new("1.2.156.10260.4.1.4");

    private const string Sm2WithSm3 = "1.2.156.10197.1.501";

    /// <summary>What <see cref="Sm2CertificatePath"/> looks at; any other critical extension makes a certificate unusable (RFC 5280, 4.2).</summary>
    private static readonly HashSet<string> Understood = [X509Extensions.BasicConstraints.Id, X509Extensions.KeyUsage.Id];

    private readonly byte[] toBeSigned;
    private readonly Sm2Signature signature;
    private readonly TbsCertificateStructure tbs;

    private Sm2Certificate(byte[] der, X509CertificateStructure structure, Point publicKey, Sm2Signature signature)
    {
        Der = der;
        tbs = structure.TbsCertificate;
        toBeSigned = tbs.GetDerEncoded();
        this.signature = signature;
        PublicKey = publicKey;
        Serial = Convert.ToHexString(tbs.SerialNumber.Value.ToByteArrayUnsigned());
        SubjectDer = tbs.Subject.GetDerEncoded();
        IssuerDer = tbs.Issuer.GetDerEncoded();
        NotBefore = new DateTimeOffset(tbs.StartDate.ToDateTime().ToUniversalTime());
        NotAfter = new DateTimeOffset(tbs.EndDate.ToDateTime().ToUniversalTime());
    }

    /// <summary>The whole certificate.</summary>
    public byte[] Der { get; }

    /// <summary>The certified key.</summary>
    public Point PublicKey { get; }

    /// <summary>Hexadecimal, upper case, without leading zero octets.</summary>
    public string Serial { get; }

    /// <summary>The subject as encoded: names are compared octet by octet.</summary>
    public byte[] SubjectDer { get; }

    /// <summary>The issuer as encoded.</summary>
    public byte[] IssuerDer { get; }

    /// <summary>Start of validity.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>End of validity, itself included.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>commonName, or null.</summary>
    public string? CommonName => SubjectValues(X509Name.CN).FirstOrDefault();

    /// <summary>organizationName, or null.</summary>
    public string? Organization => SubjectValues(X509Name.O).FirstOrDefault();

    /// <summary>Every value of the subject, whatever its attribute.</summary>
    public IEnumerable<string> SubjectTexts => tbs.Subject.GetValueList();

    /// <summary>Whether it names this unified social credit code: in the extension of GB/T 20518 for it, or anywhere in the subject, where vendors put it too.</summary>
    public bool NamesCreditCode(string code) =>
        SubjectTexts.Contains(code) || CreditCode == code;

    /// <summary>The unified social credit code in the extension of GB/T 20518 for it, or null; some vendors put it into the subject instead.</summary>
    public string? CreditCode => tbs.Extensions?.GetExtension(CreditCodeExtension) is { } extension && Asn1Object.FromByteArray(extension.Value.GetOctets()) is IAsn1String text ? text.GetString() : null;

    /// <summary>
    /// Whether it is a time-stamp authority's: its extended key usage is time stamping and nothing else, and critical (RFC 3161, 2.3). Such a certificate
    /// does nothing but that.
    /// </summary>
    public bool StampsTimes => IsForTimeStampingOnly(tbs.Extensions) && Allows(KeyUsage.DigitalSignature);

    /// <summary>Whether it may sign certificates.</summary>
    public bool IsAuthority =>
        !StampsTimes && BasicConstraints.FromExtensions(tbs.Extensions) is { } constraints && constraints.IsCA() && Allows(KeyUsage.KeyCertSign);

    /// <summary>How many intermediate certificates may come between it and the one in question (RFC 5280, 4.2.1.9); null without a bound.</summary>
    public int? PathLength => BasicConstraints.FromExtensions(tbs.Extensions)?.PathLenConstraint is not { } length ? null : length.BitLength < 32 ? length.IntValue : int.MaxValue;

    /// <summary>Whether issuer and subject are one name, as with a root, or a CA that changes its key.</summary>
    public bool IsSelfIssued => SubjectDer.AsSpan().SequenceEqual(IssuerDer);

    /// <summary>Whether its key may sign documents.</summary>
    public bool MaySign => !StampsTimes && Allows(KeyUsage.DigitalSignature);

    /// <summary>Whether keys and data may be encrypted to it.</summary>
    public bool MayEncrypt => !IsForTimeStampingOnly(tbs.Extensions) && (Allows(KeyUsage.KeyEncipherment) || Allows(KeyUsage.DataEncipherment) || Allows(KeyUsage.KeyAgreement));

    /// <summary>Reads exactly one certificate; false for anything that is not one of the SM2 world.</summary>
    public static bool TryParse(ReadOnlySpan<byte> der, [NotNullWhen(true)] out Sm2Certificate? certificate)
    {
        certificate = null;
        if (der.IsEmpty)
        {
            return false;
        }

        try
        {
            var bytes = der.ToArray();
            var structure = X509CertificateStructure.GetInstance(Asn1Object.FromByteArray(bytes));
            var key = structure.TbsCertificate.SubjectPublicKeyInfo;
            // One encoding only: the signature is over it, and seals name a certificate by its digest.
            if (!structure.GetDerEncoded().AsSpan().SequenceEqual(bytes)
                || structure.Version != 3
                || structure.SignatureAlgorithm.Algorithm.Id != Sm2WithSm3
                || structure.TbsCertificate.Signature.Algorithm.Id != Sm2WithSm3
                || key.Algorithm.Algorithm.Id != EcPublicKey
                || key.Algorithm.Parameters is not DerObjectIdentifier { Id: Sm2Curve }
                || !Point.TryDecode(key.PublicKey.GetBytes(), out var point)
                || !Sm2Signature.TryParseDer(structure.Signature.GetOctets(), out var signature)
                || HasUnknownCriticalExtension(structure.TbsCertificate.Extensions))
            {
                return false;
            }

            var parsed = new Sm2Certificate(bytes, structure, point, signature!);
            // Decode here what the properties decode later: after this nothing about it throws.
            _ = (parsed.IsAuthority, parsed.PathLength, parsed.MaySign, parsed.StampsTimes, parsed.Organization, parsed.CreditCode);
            certificate = parsed;
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or FormatException or InvalidCastException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether the issuer's name and key are those that made this certificate.</summary>
    public bool IsIssuedBy(Sm2Certificate issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        return IssuerDer.AsSpan().SequenceEqual(issuer.SubjectDer)
            && signature.Verify(issuer.PublicKey, Sm2Signature.Digest(issuer.PublicKey, toBeSigned));
    }

    private static bool HasUnknownCriticalExtension(X509Extensions? extensions) =>
        extensions?.GetCriticalExtensionOids().Any(oid => !Understood.Contains(oid.Id) && !(oid.Equals(X509Extensions.ExtendedKeyUsage) && IsForTimeStampingOnly(extensions))) == true;

    private static bool IsForTimeStampingOnly(X509Extensions? extensions) =>
        extensions?.GetExtension(X509Extensions.ExtendedKeyUsage) is { IsCritical: true } extension
        && ExtendedKeyUsage.GetInstance(extension.GetParsedValue()) is { Count: 1 } usage && usage.HasKeyPurposeId(KeyPurposeID.id_kp_timeStamping);

    // Absent key usage allows everything (RFC 5280, 4.2.1.3).
    private bool Allows(int bit) => KeyUsage.FromExtensions(tbs.Extensions) is not { } usage || (usage.IntValue & bit) != 0;

    private IList<string> SubjectValues(DerObjectIdentifier attribute) => tbs.Subject.GetValueList(attribute);
}
