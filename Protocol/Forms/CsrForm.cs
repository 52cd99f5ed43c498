using System.Formats.Asn1;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Forms;

/// <summary>One attribute of a certificate's subject: dotted OID (2.5.4.3 is CN) and text.</summary>
public sealed record SubjectAttribute(string Oid, string Value);

/// <summary>
/// The CertificationRequestInfo of a PKCS#10 request (RFC 2986) for the very key that signs it: the first collaborative
/// signature, and the CA's proof of possession.
/// </summary>
public sealed record CsrForm : SigningForm
{
    private const string Country = "2.5.4.6";
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string Sm2Curve = "1.2.156.10197.1.301";
    private const string Sm2WithSm3 = "1.2.156.10197.1.501";

    private static readonly Asn1Tag Attributes = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>A request.</summary>
    /// <param name="publicKey">The signing key P.</param>
    /// <param name="subject">The subject, one attribute an RDN; C is a PrintableString, everything else UTF8String.</param>
    public CsrForm(Point publicKey, IReadOnlyList<SubjectAttribute> subject)
        : base(Encode(publicKey, subject)) => (PublicKey, Subject) = (publicKey, subject);

    /// <inheritdoc/>
    public override SigningFormKind Kind => SigningFormKind.Csr;

    /// <summary>The key the certificate will be for.</summary>
    public Point PublicKey { get; }

    /// <summary>The subject.</summary>
    public IReadOnlyList<SubjectAttribute> Subject { get; }

    /// <inheritdoc/>
    public override bool IsFor(Point publicKey) => PublicKey == publicKey;

    /// <summary>The whole request with its signature, DER.</summary>
    public byte[] Assemble(Sm2Signature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        return Der.Sequence(w =>
        {
            w.WriteEncodedValue(Content);
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(Sm2WithSm3);
            }

            w.WriteBitString(signature.ToDer());
        });
    }

    internal static CsrForm? Decode(byte[] content) => Der.TryRead(content, r =>
    {
        if (!r.TryReadInt32(out var version) || version != 0)
        {
            return null;
        }

        var subject = new List<SubjectAttribute>();
        for (var name = r.ReadSequence(); name.HasData;)
        {
            var rdn = name.ReadSetOf();
            var attribute = rdn.ReadSequence();
            var oid = attribute.ReadObjectIdentifier();
            subject.Add(new(oid, attribute.ReadCharacterString(StringType(oid))));
            attribute.ThrowIfNotEmpty();
            rdn.ThrowIfNotEmpty();
        }

        var spki = r.ReadSequence();
        var algorithm = spki.ReadSequence();
        var isSm2 = algorithm.ReadObjectIdentifier() == EcPublicKey && algorithm.ReadObjectIdentifier() == Sm2Curve;
        algorithm.ThrowIfNotEmpty();
        var key = spki.ReadBitString(out _);
        spki.ThrowIfNotEmpty();
        r.ReadSetOf(Attributes).ThrowIfNotEmpty();
        return isSm2 && Point.TryDecode(key, out var point) ? new CsrForm(point, subject) : null;
    });

    private static byte[] Encode(Point publicKey, IReadOnlyList<SubjectAttribute> subject) => Der.Sequence(w =>
    {
        w.WriteInteger(0);
        using (w.PushSequence())
        {
            foreach (var attribute in subject)
            {
                using (w.PushSetOf())
                using (w.PushSequence())
                {
                    w.WriteObjectIdentifier(attribute.Oid);
                    w.WriteCharacterString(StringType(attribute.Oid), attribute.Value);
                }
            }
        }

        using (w.PushSequence())
        {
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(EcPublicKey);
                w.WriteObjectIdentifier(Sm2Curve);
            }

            w.WriteBitString(publicKey.Encode());
        }

        using (w.PushSetOf(Attributes))
        {
        }
    });

    private static UniversalTagNumber StringType(string oid) =>
        oid == Country ? UniversalTagNumber.PrintableString : UniversalTagNumber.UTF8String;
}
