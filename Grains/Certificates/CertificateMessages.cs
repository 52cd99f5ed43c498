using Bzt.Grains.CaVendors;
using Bzt.Grains.Inbox;

namespace Bzt.Grains.Certificates;

/// <summary>What a holder reads in the inbox. Nothing personal in it.</summary>
internal static class CertificateMessages
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    /// <summary>The reason a user reads with the application.</summary>
    public const string NotOurs = "CA机构签发的证书与申请内容不符，未予使用，请重新申请";

    public static string NotIssued(CaRefusal refusal) => refusal switch
    {
        CaRefusal.Conflict => "该申请已签发过证书，不能再次下载，请重新申请",
        CaRefusal.BadSubject => "CA机构认为申请资料不符合签发要求，请核对后重新申请",
        CaRefusal.Unknown or CaRefusal.NotApproved => "CA机构没有该申请的通过记录，请重新申请",
        _ => "CA机构拒绝签发证书，请重新申请",
    };

    public static InboxEntry Active(CertificateId certificate, CreateCertificate created, DateTimeOffset now) => new(
        $"certificate/{certificate}/active", MessageKind.CertificateActive, "证书已生效",
        $"{created.EnterpriseName}的企业证书（{created.CaName}）已下载到本机，可以使用。", certificate.ToString(), now);

    public static InboxEntry Locked(CertificateId certificate, CreateCertificate created, long sequence, int failures, DateTimeOffset? until, DateTimeOffset now) => new(
        $"certificate/{certificate}/locked/{sequence}", MessageKind.CertificateLocked, "证书已锁定",
        until is { } end
            ? $"{created.EnterpriseName}的企业证书连续输错PIN码{failures}次，已锁定，{end.ToOffset(Shanghai):M月d日 HH:mm}自动解锁。签章、解密均不可用，与费用无关。"
            : $"{created.EnterpriseName}的企业证书连续输错PIN码{failures}次，已永久锁定，需找回证书。",
        certificate.ToString(), now);

    public static InboxEntry Frozen(CertificateId certificate, CreateCertificate created, DateTimeOffset now) => new(
        $"certificate/{certificate}/frozen", MessageKind.CertificateFrozen, "证书已冻结",
        $"{created.EnterpriseName}的企业证书可能被复制到另一台手机，现已停止使用。须由您本人重新实名认证后恢复。", certificate.ToString(), now);
}
