using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;

namespace Bzt.Samples.TradingPlatform.Qr;

/// <summary>What a platform checks of a login or binding before it believes it: the signed bytes are for us and our challenge, and the certificate's key signed them.</summary>
internal static class LoginProof
{
    public static bool Holds(SessionResult result, LoginPurpose purpose, byte[] challenge, string platformId)
    {
        if (result.Signatures is not [{ Form: SigningForms.Login } signature]
            || !SigningForm.TryDecode(new SigningDocument(SigningFormKind.Login, signature.ToBeSigned), out var decoded)
            || decoded is not LoginForm form)
        {
            return false;
        }

        return form.PlatformId == platformId
            && form.Purpose == purpose
            && CryptographicOperations.FixedTimeEquals(form.Challenge, challenge)
            && form.CreditCode == result.Enterprise.CreditCode
            && form.EnterpriseName == result.Enterprise.Name
            && Sm2Certificate.TryParse(result.SigningCertificate, out var certificate)
            && certificate.Serial == result.SigningSerial
            && Sm2Signature.TryParseRaw(signature.Signature, out var parsed)
            && parsed!.Verify(certificate.PublicKey, form.Digest(certificate.PublicKey));
    }

    /// <summary>The signature as others read it: SEQUENCE { r, s }.</summary>
    public static byte[] SignatureDer(SessionResult result) =>
        Sm2Signature.TryParseRaw(result.Signatures[0].Signature, out var signature) ? signature!.ToDer() : throw new InvalidOperationException("Verified before.");
}
