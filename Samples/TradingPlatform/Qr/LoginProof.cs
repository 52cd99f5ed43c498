using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Org.BouncyCastle.X509;

namespace Bzt.Samples.TradingPlatform.Qr;

/// <summary>What a platform checks of a login or binding before it believes it: the signed bytes are for us and our challenge, and the certificate's key signed them.</summary>
internal static class LoginProof
{
    public static bool Holds(SessionResult result, QrFlow flow, string platformId)
    {
        if (result.Signatures is not [{ Form: SigningForms.Login } signature]
            || !SigningForm.TryDecode(new SigningDocument(SigningFormKind.Login, signature.ToBeSigned), out var decoded)
            || decoded is not LoginForm form)
        {
            return false;
        }

        return form.PlatformId == platformId
            && form.Purpose == (flow.Purpose == QrPurpose.Login ? LoginPurpose.Login : LoginPurpose.Bind)
            && CryptographicOperations.FixedTimeEquals(form.Challenge, flow.Challenge)
            && form.CreditCode == result.Enterprise.CreditCode
            && Point.TryDecode(PublicKey(result.SigningCertificate), out var key)
            && Sm2Signature.TryParseRaw(signature.Signature, out var parsed)
            && parsed!.Verify(key, form.Digest(key));
    }

    /// <summary>The signature as others read it: SEQUENCE { r, s }.</summary>
    public static byte[] SignatureDer(SessionResult result) =>
        Sm2Signature.TryParseRaw(result.Signatures[0].Signature, out var signature) ? signature!.ToDer() : throw new InvalidOperationException("Verified before.");

    private static byte[] PublicKey(byte[] certificate) =>
        new X509CertificateParser().ReadCertificate(certificate).CertificateStructure.SubjectPublicKeyInfo.PublicKey.GetBytes();
}
