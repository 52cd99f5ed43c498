using System.Formats.Asn1;
using System.Security.Cryptography;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Seals;

namespace Bzt.Documents.Seals;

/// <summary>The SES_Signature of GB/T 38540-2020, in PDFs under /GM.sm2seal: made with an electronic seal that a maker vouches for.</summary>
public static class SesSeal
{
    private const string Sm2WithSm3 = "1.2.156.10197.1.501";

    /// <summary>What the phone is asked to sign.</summary>
    /// <param name="seal">The SESeal, DER.</param>
    /// <param name="sm3Digest">SM3 of the document.</param>
    /// <param name="documentName">The name the signer is shown; what is not ASCII is percent-encoded.</param>
    /// <param name="signingTime">The signer's clock.</param>
    public static SesForm Form(byte[] seal, ReadOnlySpan<byte> sm3Digest, string documentName, DateTimeOffset signingTime) =>
        new(seal, signingTime.ToUniversalTime(), sm3Digest.ToArray(), Uri.EscapeDataString(documentName));

    /// <summary>Puts what was signed, signature and certificate together.</summary>
    /// <param name="toBeSigned">The content of <see cref="Form"/>.</param>
    /// <param name="signature">r‖s, 64 bytes.</param>
    /// <param name="signingCertificate">The signer's certificate, DER; one of those the seal lists.</param>
    /// <param name="timeStamp">A token over the signature's DER; null without.</param>
    /// <exception cref="CryptographicException">Signature, seal and certificate do not belong together: such a seal must not reach a document.</exception>
    public static byte[] Assemble(byte[] toBeSigned, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signingCertificate, byte[]? timeStamp = null)
    {
        if (!SigningForm.TryDecode(new SigningDocument(SigningFormKind.Ses, toBeSigned), out var decoded) || decoded is not SesForm form)
        {
            throw new ArgumentException("Not what an electronic seal signs.", nameof(toBeSigned));
        }

        var (certificate, parsed) = CmsSeal.Proven(toBeSigned, signature, signingCertificate);
        if (ElectronicSeal.TryRead(form.Seal) is not { SignatureGood: true } seal || !seal.Lists(certificate))
        {
            throw new CryptographicException("the electronic seal is not this certificate's");
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(form.Content);
            writer.WriteOctetString(certificate);
            writer.WriteObjectIdentifier(Sm2WithSm3);
            writer.WriteBitString(parsed.ToDer());
            if (timeStamp is not null)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    writer.WriteBitString(timeStamp);
                }
            }
        }

        return writer.Encode();
    }
}
