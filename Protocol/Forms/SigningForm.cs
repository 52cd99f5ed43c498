using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Forms;

/// <summary>
/// Something to be signed, decoded: what the user sees and the digest e come from the same bytes. A closed set.
/// </summary>
public abstract record SigningForm
{
    private protected SigningForm(byte[] content) => Content = content;

    /// <summary>Which form it is.</summary>
    public abstract SigningFormKind Kind { get; }

    /// <summary>The exact bytes this was decoded from, or encodes to.</summary>
    public byte[] Content { get; }

    /// <summary>As it travels.</summary>
    public SigningDocument ToDocument() => new(Kind, Content);

    /// <summary>
    /// Decodes strictly: false unless encoding the result gives the very same bytes, so that nothing is signed that was
    /// not shown.
    /// </summary>
    public static bool TryDecode(SigningDocument document, out SigningForm form)
    {
        ArgumentNullException.ThrowIfNull(document);
        SigningForm? decoded = document.Kind switch
        {
            SigningFormKind.Login => LoginForm.Decode(document.Content),
            SigningFormKind.Csr => CsrForm.Decode(document.Content),
            SigningFormKind.Authorisation => AuthorisationForm.Decode(document.Content),
            SigningFormKind.CmsPdf => CmsPdfForm.Decode(document.Content),
            SigningFormKind.Ses => SesForm.Decode(document.Content),
            SigningFormKind.BidManifest => BidManifestForm.Decode(document.Content),
            SigningFormKind.HashOnly => HashOnlyForm.Decode(document.Content),
            SigningFormKind.Instruction => InstructionForm.Decode(document.Content),
            SigningFormKind.GmPdf => GmPdfForm.Decode(document.Content),
            _ => null,
        };
        form = decoded!;
        return decoded is not null;
    }

    /// <summary>Whether the form may be signed with this key; only a certificate request names its key.</summary>
    public virtual bool IsFor(Point publicKey) => true;

    /// <summary>e, 32 bytes: SM3(Z ‖ content) with the default signer id.</summary>
    public virtual byte[] Digest(Point publicKey) => Sm2Signature.Digest(publicKey, Content);
}
