using System.Formats.Asn1;
using Bzt.Documents.Pdf;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Seals;

namespace Bzt.Documents.Seals;

/// <summary>A seal in any of the forms met in the field, read: what it says, before anything is believed.</summary>
/// <param name="Digest">The document's digest it signs.</param>
/// <param name="Certificate">The signer's certificate, DER.</param>
/// <param name="Others">The other certificates that came along.</param>
/// <param name="SigningTime">The signer's clock, if it says.</param>
/// <param name="DocumentName">The name the signer was shown, if it says.</param>
/// <param name="SignatureValue">The signature's octets: what a time stamp is over.</param>
/// <param name="TimeStamp">A time-stamp token.</param>
/// <param name="SignatureGood">The signature verifies under that certificate, and what is signed names it.</param>
/// <param name="Seal">The electronic seal it was made with, of GB/T 38540.</param>
internal sealed record SealContent(
    byte[] Digest, byte[] Certificate, IReadOnlyList<byte[]> Others, DateTimeOffset? SigningTime, string? DocumentName, byte[] SignatureValue, byte[]? TimeStamp, bool SignatureGood,
    ElectronicSeal? Seal)
{
    /// <summary>What the document was digested with.</summary>
    public SealDigest Kind { get; init; }

    /// <summary>Null when it is none of the forms; <paramref name="why"/> says what was met instead. The form is told by the bytes: labels in the field are unreliable.</summary>
    public static SealContent? TryRead(byte[] contents, out string why)
    {
        why = "the seal does not decode";
        try
        {
            var outer = new AsnReader(contents, AsnEncodingRules.BER);
            var encoded = outer.ReadEncodedValue().ToArray();

            // Zeros follow where the reserved room was larger; anything else there would be smuggled under the seal.
            if (contents.AsSpan(encoded.Length).ContainsAnyExcept((byte)0))
            {
                why = "something follows the seal";
                return null;
            }

            return new AsnReader(encoded, AsnEncodingRules.BER).ReadSequence().PeekTag() == Asn1Tag.ObjectIdentifier ? ReadCms(encoded, out why) : ReadSes(encoded, out why);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static SealContent? ReadCms(byte[] encoded, out string why)
    {
        if (SignedCms.TryRead(encoded, out why) is not { } cms)
        {
            return null;
        }

        // GB/T 35275 in PDFs: the content is the document's digest, and is signed itself or by its own digest.
        var digest = cms.Content ?? cms.MessageDigest!;
        if (digest.Length != Sm3.Length)
        {
            why = "what is signed is no SM3 digest";
            return null;
        }

        // Content of its own is of GB/T 35275, with SM3.
        var good = cms.SignatureGood && (cms.Content is null || cms.Kind == SealDigest.Sm3) && (cms.Content is null || cms.MessageDigest is null || cms.MessageDigest.AsSpan().SequenceEqual(Sm3.Hash(cms.Content)));
        return new SealContent(digest, cms.Certificate, cms.Others, cms.SigningTime, cms.DocumentName, cms.SignatureValue, cms.TimeStamp, good, null) { Kind = cms.Kind };
    }

    private static SealContent? ReadSes(byte[] encoded, out string why)
    {
        why = "neither CMS nor an electronic seal of GB/T 38540";
        var signature = new AsnReader(encoded, AsnEncodingRules.BER).ReadSequence();
        var toSign = signature.ReadEncodedValue();
        var certificate = signature.ReadOctetString();
        signature.ReadObjectIdentifier();
        var value = signature.ReadBitString(out _);
        var stampTag = new Asn1Tag(TagClass.ContextSpecific, 0);
        var token = signature.HasData && signature.PeekTag().HasSameClassAndValue(stampTag) ? signature.ReadSequence(stampTag).ReadBitString(out _) : null;

        var signed = new AsnReader(toSign, AsnEncodingRules.BER).ReadSequence();
        if (!signed.TryReadInt32(out _) || ElectronicSeal.TryRead(signed.ReadEncodedValue().ToArray()) is not { } seal)
        {
            return null;
        }

        var time = signed.ReadGeneralizedTime();
        var digest = signed.ReadBitString(out _);
        var name = Uri.UnescapeDataString(signed.ReadCharacterString(UniversalTagNumber.IA5String));
        why = !seal.SignatureGood ? "the electronic seal's own signature is not its maker's"
            : !seal.Lists(certificate) ? "the electronic seal is not this certificate's"
            : "";
        return new SealContent(digest, certificate, [], time, name, value, token, why.Length == 0 && CmsSeal.Verify(certificate, toSign.Span, CmsSeal.Parse(value)), seal);
    }
}
