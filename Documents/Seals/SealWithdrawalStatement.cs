using System.Formats.Asn1;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;

namespace Bzt.Documents.Seals;

/// <summary>
/// The statement of a seal's owner that it is withdrawn (扫码撤章): the instruction his phone showed and signed. It names the seal by SM3 over its signature r‖s,
/// and stands by itself: whoever has it needs nobody's word.
/// </summary>
/// <param name="Instruction">The bytes that were signed.</param>
/// <param name="Signature">r‖s, 64 octets.</param>
/// <param name="Certificate">Who withdrew, DER.</param>
public sealed record SealWithdrawalStatement(byte[] Instruction, byte[] Signature, byte[] Certificate)
{
    private const string Operation = "withdraw-seal";
    private const string SealLabel = "签章编号";
    private const string ReasonLabel = "撤销原因";

    /// <summary>As it is put into a document: SEQUENCE of three OCTET STRINGs, DER.</summary>
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteOctetString(Instruction);
            writer.WriteOctetString(Signature);
            writer.WriteOctetString(Certificate);
        }

        return writer.Encode();
    }

    /// <summary>Null when it is none; whether it is good is another question.</summary>
    public static SealWithdrawalStatement? TryRead(byte[] encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        try
        {
            var outer = new AsnReader(encoded, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var statement = new SealWithdrawalStatement(sequence.ReadOctetString(), sequence.ReadOctetString(), sequence.ReadOctetString());
            sequence.ThrowIfNotEmpty();
            return statement;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>
    /// The reason, when this withdraws that seal: signed by the certificate in it, which is the seal's own or names the same enterprise and leads to a trusted
    /// root. Null otherwise: anybody can put a statement into a file.
    /// </summary>
    /// <param name="sealId">SM3 over the seal's signature r‖s.</param>
    /// <param name="sealCertificate">The certificate the seal was made with, DER.</param>
    /// <param name="roots">Trusted roots, DER.</param>
    /// <param name="known">Certificates that may lead to one.</param>
    public string? Withdraws(ReadOnlySpan<byte> sealId, byte[] sealCertificate, IReadOnlyList<byte[]> roots, IEnumerable<byte[]> known)
    {
        if (sealId.IsEmpty
            || !SigningForm.TryDecode(new SigningDocument(SigningFormKind.Instruction, Instruction), out var decoded) || decoded is not InstructionForm { Operation: Operation } form
            || FactOf(form, SealLabel) != Convert.ToHexString(sealId)
            || !Sm2Signature.TryParseRaw(Signature, out var signature) || !CmsSeal.Verify(Certificate, Instruction, signature))
        {
            return null;
        }

        // With the seal's own key it is as good as the seal. A later certificate of the same enterprise is believed for its CA's word.
        return Certificate.AsSpan().SequenceEqual(sealCertificate) || (SameEnterprise(sealCertificate) && SignerPath.Build(Certificate, known, roots, form.ExpiresAt).IsTrusted)
            ? FactOf(form, ReasonLabel) ?? ""
            : null;
    }

    private bool SameEnterprise(byte[] sealCertificate) =>
        Sm2Certificate.TryParse(sealCertificate, out var seal) && Sm2Certificate.TryParse(Certificate, out var own) && seal.CreditCode is { Length: > 0 } code && own.CreditCode == code;

    private static string? FactOf(InstructionForm form, string label) => form.Facts.FirstOrDefault(fact => fact.Label == label)?.Value;
}
