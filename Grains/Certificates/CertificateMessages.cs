using Bzt.Grains.Inbox;

namespace Bzt.Grains.Certificates;

/// <summary>What a holder reads in the inbox. Nothing personal in it.</summary>
internal static class CertificateMessages
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

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
