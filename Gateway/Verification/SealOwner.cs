using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;

namespace Bzt.Gateway.Verification;

/// <summary>A seal as its withdrawal is kept: by its signature, and by whose it is.</summary>
internal static class SealOwner
{
    private const string Unnamed = "未注明文件名";

    /// <summary>The credit code its certificate names, or the certificate's serial; null when there is no such certificate.</summary>
    public static string? Of(DetachedSealReport seal) =>
        seal.SealId.Length > 0 && Sm2Certificate.TryParse(seal.Certificate, out var certificate) ? CertificateJudge.CreditCodeOf(certificate) ?? certificate.Serial : null;

    /// <summary>What is to be withdrawn; null when it is no seal with a signature of its certificate. Which document it is on does not matter.</summary>
    public static SessionWithdrawal? Read(WithdrawalRequest request)
    {
        var seal = DetachedSealVerifier.Verify(request.Seal, []);
        return seal.State == SealState.Altered && Of(seal) is { } owner && Sm2Certificate.TryParse(seal.Certificate, out var certificate)
            ? new SessionWithdrawal(
                Convert.ToHexString(seal.SealId), owner, certificate.Organization ?? certificate.CommonName ?? certificate.Serial,
                // A seal of before such names were refused is withdrawn all the same.
                seal.DocumentName is { Length: > 0 } name ? VisibleText.Is(name) ? name : Unnamed : request.DocumentName ?? Unnamed, seal.SignedAt, request.Reason)
            : null;
    }
}
