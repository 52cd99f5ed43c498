using System.Formats.Asn1;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Forms;

/// <summary>
/// The signed attributes (RFC 5652 §5.4, as a SET) of a CMS signature in a PDF: which document, its digest, and the
/// certificate it is meant for.
/// </summary>
public sealed record CmsPdfForm : SigningForm, IDocumentForm
{
    /// <summary>id-data of PKCS#7.</summary>
    public const string Data = "1.2.840.113549.1.7.1";

    /// <summary>Data of GB/T 35275.</summary>
    public const string GmData = "1.2.156.10197.6.1.4.2.1";

    private const string ContentTypeOid = "1.2.840.113549.1.9.3";
    private const string MessageDigestOid = "1.2.840.113549.1.9.4";
    private const string SigningTimeOid = "1.2.840.113549.1.9.5";
    private const string ContentHintsOid = "1.2.840.113549.1.9.16.2.4";
    private const string SigningCertificateOid = "1.2.840.113549.1.9.16.2.47";
    private const string Sm3Oid = "1.2.156.10197.1.401";

    /// <summary>Signed attributes.</summary>
    /// <param name="documentName">The document, as the user is shown it (contentHints).</param>
    /// <param name="messageDigest">SM3 over the signed byte ranges, 32 bytes.</param>
    /// <param name="certificateDigest">SM3 of the signing certificate, 32 bytes (signingCertificateV2).</param>
    /// <param name="signingTime">The claimed time, to the second; optional.</param>
    /// <param name="contentType"><see cref="Data"/> or <see cref="GmData"/>.</param>
    public CmsPdfForm(
        string documentName, byte[] messageDigest, byte[] certificateDigest, DateTimeOffset? signingTime = null, string contentType = Data)
        : base(Encode(documentName, messageDigest, certificateDigest, signingTime, contentType))
    {
        ArgumentNullException.ThrowIfNull(messageDigest);
        ArgumentNullException.ThrowIfNull(certificateDigest);
        ArgumentOutOfRangeException.ThrowIfNotEqual(messageDigest.Length, Sm3.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(certificateDigest.Length, Sm3.Length);
        (DocumentName, MessageDigest, CertificateDigest, SigningTime, ContentType) =
            (documentName, messageDigest, certificateDigest, signingTime, contentType);
    }

    /// <inheritdoc/>
    public override SigningFormKind Kind => SigningFormKind.CmsPdf;

    /// <summary>The document's name.</summary>
    public string DocumentName { get; }

    /// <summary>SM3 over the signed byte ranges.</summary>
    public byte[] MessageDigest { get; }

    byte[] IDocumentForm.DocumentDigest => MessageDigest;

    /// <summary>SM3 of the signing certificate.</summary>
    public byte[] CertificateDigest { get; }

    /// <summary>The claimed time.</summary>
    public DateTimeOffset? SigningTime { get; }

    /// <summary>The content type.</summary>
    public string ContentType { get; }

    internal static CmsPdfForm? Decode(byte[] content)
    {
        try
        {
            var outer = new AsnReader(content, AsnEncodingRules.DER);
            var set = outer.ReadSetOf();
            outer.ThrowIfNotEmpty();
            (string? Name, byte[]? Digest, byte[]? Certificate, DateTimeOffset? Time, string? Type) found = default;
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                var oid = attribute.ReadObjectIdentifier();
                var values = attribute.ReadSetOf();
                attribute.ThrowIfNotEmpty();
                switch (oid)
                {
                    case ContentTypeOid: found.Type = values.ReadObjectIdentifier(); break;
                    case MessageDigestOid: found.Digest = values.ReadOctetString(); break;
                    case SigningTimeOid: found.Time = values.ReadUtcTime(); break;
                    case ContentHintsOid: found.Name = values.ReadSequence().Text(); break;
                    case SigningCertificateOid: found.Certificate = CertificateHash(values.ReadSequence()); break;
                    default: return null;
                }

                values.ThrowIfNotEmpty();
            }

            // Encoding again decides about everything the reading passed over.
            return found is { Name: { } name, Digest.Length: Sm3.Length, Certificate.Length: Sm3.Length, Type: Data or GmData } &&
                new CmsPdfForm(name, found.Digest, found.Certificate, found.Time, found.Type) is var form &&
                form.Content.AsSpan().SequenceEqual(content) ? form : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static byte[] CertificateHash(AsnReader signingCertificate)
    {
        var id = signingCertificate.ReadSequence().ReadSequence();
        id.ReadSequence();
        return id.ReadOctetString();
    }

    private static byte[] Encode(string name, byte[] digest, byte[] certificate, DateTimeOffset? time, string type)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            Attribute(writer, ContentTypeOid, w => w.WriteObjectIdentifier(type));
            Attribute(writer, MessageDigestOid, w => w.WriteOctetString(digest));
            Attribute(writer, ContentHintsOid, w =>
            {
                using (w.PushSequence())
                {
                    w.Text(name);
                    w.WriteObjectIdentifier(type);
                }
            });
            Attribute(writer, SigningCertificateOid, w =>
            {
                using (w.PushSequence())
                using (w.PushSequence())
                using (w.PushSequence())
                {
                    using (w.PushSequence())
                    {
                        w.WriteObjectIdentifier(Sm3Oid);
                    }

                    w.WriteOctetString(certificate);
                }
            });
            if (time is { } at)
            {
                Attribute(writer, SigningTimeOid, w => w.WriteUtcTime(at));
            }
        }

        return writer.Encode();
    }

    private static void Attribute(AsnWriter writer, string oid, Action<AsnWriter> value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            using (writer.PushSetOf())
            {
                value(writer);
            }
        }
    }
}
