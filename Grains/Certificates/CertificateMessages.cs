using Bzt.Grains.CaVendors;
using Bzt.Grains.Inbox;

namespace Bzt.Grains.Certificates;

/// <summary>What a holder reads in the inbox. Nothing personal in it, as it is stored here (<see cref="AdministratorNotice.Member"/>).</summary>
internal static class CertificateMessages
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    /// <summary>The reason a user reads with the application.</summary>
    public const string NotOurs = "CA机构签发的证书与申请内容不符，未予使用，请重新申请";

    /// <summary>Why a renewal or a new key is not finished.</summary>
    public const string RevokedMeanwhile = "原证书已注销，不能续期；已付费用将退还";
    public const string HolderRemoved = "您已被移出该企业，证书停止使用，办理终止；已付费用将退还";
    public const string RenewalOvertaken = "证书已找回并重新生成密钥，原续期终止；已付费用将退还";

    public static string NotIssued(CaRefusal refusal) => refusal switch
    {
        CaRefusal.Conflict => "该申请已签发过证书，不能再次下载，请重新申请",
        CaRefusal.BadSubject => "CA机构认为申请资料不符合签发要求，请核对后重新申请",
        CaRefusal.Unknown or CaRefusal.NotApproved => "CA机构没有该申请的通过记录，请重新申请",
        _ => "CA机构拒绝签发证书，请重新申请",
    };

    public static InboxEntry Active(CertificateId certificate, CreateCertificate created, DateTimeOffset now) => new(
        $"certificate/{certificate}/active", MessageKind.CertificateActive, "证书已生效",
        $"{NameOf(created)}（{created.CaName}）已下载到本机，可以使用。", certificate.ToString(), now);

    public static InboxEntry Locked(CertificateId certificate, CreateCertificate created, long sequence, int failures, DateTimeOffset? until, DateTimeOffset now) => new(
        $"certificate/{certificate}/locked/{sequence}", MessageKind.CertificateLocked, "证书已锁定",
        until is { } end
            ? $"{NameOf(created)}连续输错PIN码{failures}次，已锁定，{end.ToOffset(Shanghai):M月d日 HH:mm}自动解锁。签章、解密均不可用，与费用无关。"
            : $"{NameOf(created)}连续输错PIN码{failures}次，已永久锁定，需找回证书。",
        certificate.ToString(), now);

    public static InboxEntry Revoked(CertificateId certificate, CreateCertificate created, DateTimeOffset now) => new(
        $"certificate/{certificate}/revoked", MessageKind.CertificateRevoked, "证书已注销",
        $"{NameOf(created)}（{created.CaName}）已注销，不能恢复，原有加密文件不能再解密。", certificate.ToString(), now);

    public static InboxEntry Renewed(CertificateId certificate, CreateCertificate created, DateTimeOffset notAfter, DateTimeOffset now) => new(
        $"certificate/{certificate}/renewed/{notAfter.ToUnixTimeSeconds()}", MessageKind.CertificateActive, "证书已续期",
        $"{NameOf(created)}（{created.CaName}）已续期至{notAfter.ToOffset(Shanghai):yyyy年M月d日}，密钥不变，原有加密文件仍可解密。", certificate.ToString(), now);

    public static InboxEntry Rekeyed(CertificateId certificate, CreateCertificate created, string number, DateTimeOffset now) => new(
        $"certificate/{certificate}/rekeyed/{number}", MessageKind.NewDevice, "证书正在找回",
        $"{NameOf(created)}（{created.CaName}）正在另一台手机上重新下载，原手机上的证书已停止使用。若非本人操作，请立即联系客服。", certificate.ToString(), now);

    public static InboxEntry Expiring(CertificateId certificate, CreateCertificate created, DateTimeOffset notAfter, int days, DateTimeOffset now) => new(
        $"certificate/{certificate}/expiring/{notAfter.ToUnixTimeSeconds()}/{days}", MessageKind.CertificateExpiring, "证书即将到期",
        $"{NameOf(created)}（{created.CaName}）将于{notAfter.ToOffset(Shanghai):yyyy年M月d日}到期，剩余不足{days + 1}天。请及时续期，续期保留原密钥，原有加密文件仍可解密。",
        certificate.ToString(), now);

    /// <summary>Of a kind that earlier releases know: a row that one of them cannot read would cost the holder the whole inbox.</summary>
    public static InboxEntry Unused(CertificateFacts certificate, SessionId session, DateTimeOffset now) => new(
        $"certificate/{certificate.Certificate}/unused/{session}", MessageKind.SealingSessionEnded, "确认未被采用",
        $"{(certificate.CreditCode is { Value.Length: > 0 } ? $"{certificate.EnterpriseName}的企业证书" : "您的个人证书")}确认的一项请求已先以其他结果结束，例如他人已确认或电脑端已取消。您的签名未交给任何人，如仍需办理请在电脑上重新发起。",
        certificate.Certificate.ToString(), now);

    /// <summary>A person's certificate bears his name: it is not called by it.</summary>
    public static string NameOf(CreateCertificate created) =>
        created.Subject.CreditCode is null ? "您的个人证书" : $"{created.EnterpriseName}的企业证书";

    public static InboxEntry Frozen(CertificateId certificate, CreateCertificate created, DateTimeOffset now) => new(
        $"certificate/{certificate}/frozen", MessageKind.CertificateFrozen, "证书已冻结",
        $"{NameOf(created)}可能被复制到另一台手机，现已停止使用，不能解冻。须由您本人重新实名认证并找回证书，找回时重新生成密钥。", certificate.ToString(), now);

    public static InboxEntry Superseded(CertificateId certificate, CreateCertificate created, DateTimeOffset now) => new(
        $"certificate/{certificate}/superseded", MessageKind.CertificateFrozen, "证书须找回",
        $"服务端数据曾从备份恢复，{NameOf(created)}在备份之后使用过，两端的密钥数据已不一致，不能继续使用。此前的签名仍然有效。请找回证书，找回时重新生成签名密钥，原有加密文件仍可解密。",
        certificate.ToString(), now);

    /// <summary>A member's certificate, as the enterprise's administrator has to tell it from others.</summary>
    /// <param name="serial">Of the signing certificate; null when none was issued yet.</param>
    public static string Members(CreateCertificate created, string? serial) =>
        $"{created.EnterpriseName}的{AdministratorNotice.Member}的企业证书（{created.CaName}{(serial is { Length: >= 4 } ? $"，尾号{serial[^4..].ToUpperInvariant()}" : "")}）";

    /// <summary>To the enterprise's administrator, of a member's certificate.</summary>
    public static InboxEntry MembersSuperseded(CertificateId certificate, CreateCertificate created, string? serial, long sequence, DateTimeOffset now) => new(
        $"certificate/{certificate}/superseded/{sequence}/member", MessageKind.CertificateFrozen, "成员证书须找回",
        $"服务端数据曾从备份恢复，{Members(created, serial)}须找回后才能继续使用。", certificate.ToString(), now);

    /// <summary>To the enterprise's administrator, of a member's certificate.</summary>
    public static InboxEntry MembersFrozen(CertificateId certificate, CreateCertificate created, string? serial, long sequence, DateTimeOffset now) => new(
        $"certificate/{certificate}/frozen/{sequence}/member", MessageKind.CertificateFrozen, "成员证书已冻结",
        $"{Members(created, serial)}可能已被他人掌握，现已停止使用。请与其核实。", certificate.ToString(), now);
}
