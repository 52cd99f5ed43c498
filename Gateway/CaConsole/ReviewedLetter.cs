using Bzt.Grains.CaVendors;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;

namespace Bzt.Gateway.CaConsole;

/// <summary>The authorisation letter of an application as its reviewer sees it: what was signed, by whom, and whether it was.</summary>
public sealed record ReviewedLetter(AuthorisationForm Form, string Signer, bool Verified, DateTimeOffset SealedAt)
{
    /// <summary>Null for a kind without a letter.</summary>
    public static ReviewedLetter? Of(CaApplicationFile file)
    {
        if (file.Letter is not { } letter
            || !SigningForm.TryDecode(new SigningDocument(SigningFormKind.Authorisation, letter.ToBeSigned), out var decoded) || decoded is not AuthorisationForm form)
        {
            return null;
        }

        // Signed under the enterprise's own certificate: the administrator's, which says the enterprise's name and code.
        return Sm2Certificate.TryParse(letter.SigningCertificate, out var certificate)
            ? new ReviewedLetter(
                form, $"{certificate.CommonName}（{certificate.Serial}）",
                certificate.NamesCreditCode(form.CreditCode) && Sm2Signature.TryParseRaw(letter.Signature, out var signature)
                && signature!.Verify(certificate.PublicKey, form.Digest(certificate.PublicKey)),
                letter.SealedAt)
            : new ReviewedLetter(form, "", false, letter.SealedAt);
    }
}
