using Bzt.BidTool.Commands;
using Bzt.BidTool.Terminal;
using Bzt.Contracts.Platforms;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Signing;

/// <summary>Which of the certificates that members of the enterprise have bound at the platform is to confirm.</summary>
/// <param name="Operation">What it has to be allowed.</param>
/// <param name="Serial">Of the signing certificate, as the phone shows it; null: the one the service leads with.</param>
internal sealed record WantedCertificate(SessionKind Operation, string? Serial)
{
    /// <exception cref="ToolException">None is of that serial, or none may do it.</exception>
    public SignerCertificate Choose(SignerInfo info, UserInterface ui)
    {
        var able = info.For(Operation);
        if (Serial is not null)
        {
            return able.FirstOrDefault(certificate => certificate.SigningSerial.Equals(Serial.Trim(), StringComparison.OrdinalIgnoreCase))
                ?? throw new ToolException("certificate_unknown", Say(
                    $"本企业没有序列号为 {Serial} 且可用于此操作的证书；可用的有：{Named(able)}", $"The enterprise has no certificate of serial {Serial} that may do this; there are: {Named(able)}"));
        }

        var chosen = able.FirstOrDefault(certificate => certificate.SigningSerial == info.SigningSerial) ?? (able.Count > 0 ? able[0] : null)
            ?? throw new ToolException("not_authorised", Say("本企业在该平台绑定的证书都无此项授权，请联系管理员", "No certificate the enterprise has bound at the platform is authorised for this: ask the administrator"));
        if (able.Count > 1)
        {
            ui.Said(Say(
                $"请用序列号为 {chosen.SigningSerial} 的证书确认；本企业可用的还有 {Named(able.Where(certificate => certificate != chosen))}，可用 --certificate 指定",
                $"To be confirmed with the certificate of serial {chosen.SigningSerial}; there are also {Named(able.Where(certificate => certificate != chosen))}, to be named with --certificate"));
        }

        return chosen;
    }

    private static string Named(IEnumerable<SignerCertificate> certificates) => string.Join(Say("、", ", "), certificates.Select(certificate => certificate.SigningSerial)) is { Length: > 0 } names ? names : Say("无", "none");
}
