using Bzt.Contracts.Phone;
using Bzt.Grains.CaVendors;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;

namespace Bzt.Grains.Certificates;

/// <summary>Whether the administrator signed what ends a member's wait: pure.</summary>
/// <remarks>
/// The word comes out of another row's outbox, which is not sealed. So the member's certificate writes the instruction once more, from what it knows itself,
/// and believes a signature over these very octets alone; by whichever release the word was sent.
/// </remarks>
internal static class PinWaiverRules
{
    /// <param name="asked">What was to be signed.</param>
    /// <param name="signed">The word.</param>
    /// <param name="signer">The certificate that is said to have signed, in its own words.</param>
    /// <param name="trust">Of that certificate's CA.</param>
    /// <param name="now">When the path to the root has to be good.</param>
    public static bool IsSigned(CertificateTask asked, TaskSigned signed, CertificateFacts signer, CaTrust trust, DateTimeOffset now) =>
        signed.Id == asked.Id
        && signer.Certificate == signed.Certificate && signer.Holder == signed.Holder
        && signer is { State: CertificateState.Active or CertificateState.Locked, Issued: { } issued, PublicKey: { } key }
        && Sm2Certificate.TryParse(signed.SigningCertificate, out var certificate) && certificate.MaySign
        && certificate.PublicKey.Encode().AsSpan().SequenceEqual(key)
        && Sm2CertificatePath.Verify(certificate, issued.Chain, trust.Roots, now) is PathFault.None
        && signed.Signatures is [var octets] && Sm2Signature.TryParseRaw(octets, out var signature)
        && signature!.Verify(certificate.PublicKey, Sm2Signature.Digest(certificate.PublicKey, asked.Documents[0].ToBeSigned));

    /// <summary>
    /// What was signed is not what this certificate asks for now: the member's name or certificate changed since, or nobody signed at all. The wait goes on, and
    /// the administrator may be asked once more, under another id, since his certificate signs none twice.
    /// </summary>
    public static CertificateRecord AskAnew(CertificateRecord record, Guid waiver) => record.WithPin(pin => pin with { Reset = pin.Reset! with { Waiver = waiver } });
}
