using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Forms;

/// <summary>
/// A PDF sealed in the way of GB/T 35275 as the field does it: the SignedData has no signed attributes, its content is the document's SM3, and that digest
/// alone is signed. The name is for the signer's eyes; unlike <see cref="CmsPdfForm"/>'s it is not signed.
/// </summary>
/// <remarks>
/// SEQUENCE { marker UTF8String, digest OCTET STRING (32), documentName UTF8String }, DER. e = SM3(Z ‖ digest). No other form's content is 32 octets
/// long, so a signature made here is of no other form: that is why this form needs no permission and a bare <see cref="HashOnlyForm"/> does.
/// </remarks>
public sealed record GmPdfForm : SigningForm, IDocumentForm
{
    private const string Marker = "bzt.gm-pdf.v1";

    /// <summary>A document to be sealed.</summary>
    /// <param name="documentName">As the user is shown it.</param>
    /// <param name="documentDigest">SM3 over the signed byte ranges, 32 octets.</param>
    public GmPdfForm(string documentName, byte[] documentDigest)
        : base(Der.Sequence(w =>
        {
            w.Text(Marker);
            w.WriteOctetString(documentDigest);
            w.Text(documentName);
        }))
    {
        ArgumentNullException.ThrowIfNull(documentDigest);
        ArgumentOutOfRangeException.ThrowIfNotEqual(documentDigest.Length, Sm3.Length);
        ArgumentException.ThrowIfNullOrEmpty(documentName);
        (DocumentName, DocumentDigest) = (documentName, documentDigest);
    }

    /// <inheritdoc/>
    public override SigningFormKind Kind => SigningFormKind.GmPdf;

    /// <inheritdoc/>
    public string DocumentName { get; }

    /// <inheritdoc/>
    public byte[] DocumentDigest { get; }

    /// <inheritdoc/>
    public override byte[] Digest(Point publicKey) => Sm2Signature.Digest(publicKey, DocumentDigest);

    internal static GmPdfForm? Decode(byte[] content) => Der.TryRead(content, r =>
        r.IsMarked(Marker) && r.ReadOctetString() is { Length: Sm3.Length } digest && r.Text() is { Length: > 0 } name ? new GmPdfForm(name, digest) : null);
}
