using Bzt.Grains.Inbox;

namespace Bzt.Grains.Certificates;

/// <summary>What people read about PINs. Nothing personal in it, as it is stored here (<see cref="AdministratorNotice.Member"/>).</summary>
internal static class PinMessages
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    public static string Time(DateTimeOffset at) => $"{at.ToOffset(Shanghai):M月d日 HH:mm}";

    public static InboxEntry DeviceLocked(DeviceId device, DateTimeOffset until, DateTimeOffset now) => new(
        $"device-pins/{device}/{until.ToUnixTimeMilliseconds()}", MessageKind.DeviceLocked, "本机证书暂停使用",
        $"本机多个证书连续输错PIN码，全部证书暂停使用，{Time(until)}自动恢复。若非本人操作，请尽快联系客服。", null, now);

    public static InboxEntry Changed(CertificateId certificate, CreateCertificate created, int epoch, DateTimeOffset now) => new(
        $"certificate/{certificate}/pin/{epoch}", MessageKind.PinChanged, "PIN码已修改",
        $"{CertificateMessages.NameOf(created)}（{created.CaName}）的PIN码已修改。若非本人操作，请立即注销证书。", certificate.ToString(), now);

    public static InboxEntry ResetAsked(CertificateId certificate, CreateCertificate created, PinReset reset, DateTimeOffset now) => new(
        $"certificate/{certificate}/reset/{reset.Operation}", MessageKind.PinResetAsked, "有人申请重置PIN码",
        $"{CertificateMessages.NameOf(created)}（{created.CaName}）申请重置PIN码，{Time(reset.NotBefore)}后可设置新PIN码。若非本人操作，请在此之前阻止。",
        certificate.ToString(), now);

    /// <summary>To the enterprise's administrator, who decides whether to object: whose it is, and which certificate.</summary>
    public static InboxEntry MemberAsked(CertificateId certificate, CreateCertificate created, string? serial, PinReset reset, DateTimeOffset now) => new(
        $"certificate/{certificate}/reset/{reset.Operation}/member", MessageKind.PinResetAsked, "成员申请重置PIN码",
        $"{CertificateMessages.Members(created, serial)}申请重置PIN码，{Time(reset.NotBefore)}后可设置新PIN码。请向本人核实：不是本人申请的请阻止；确是本人的，可凭您的PIN码免除等待。",
        certificate.ToString(), now);

    /// <summary>To the enterprise's administrator.</summary>
    public static InboxEntry MembersStopped(CertificateId certificate, CreateCertificate created, string? serial, PinReset reset, DateTimeOffset now) =>
        ResetStopped(certificate, created, reset, now) with { Body = $"{CertificateMessages.Members(created, serial)}的PIN码重置申请已被阻止，原PIN码不变。" };

    public static InboxEntry ResetStopped(CertificateId certificate, CreateCertificate created, PinReset reset, DateTimeOffset now) => new(
        $"certificate/{certificate}/reset/{reset.Operation}/stopped", MessageKind.PinResetStopped, "PIN码重置已被阻止",
        $"{CertificateMessages.NameOf(created)}（{created.CaName}）的PIN码重置申请已被阻止，原PIN码不变。", certificate.ToString(), now);

    public static InboxEntry ResetRestored(CertificateId certificate, CreateCertificate created, PinReset reset, DateTimeOffset now) => new(
        $"certificate/{certificate}/reset/{reset.Operation}/restored", MessageKind.PinResetStopped, "PIN码重置申请已失效",
        $"服务端数据曾从备份恢复，{CertificateMessages.NameOf(created)}（{created.CaName}）此前的PIN码重置申请已失效，原PIN码不变。如仍需重置，请重新申请。", certificate.ToString(), now);

    public static InboxEntry ResetReady(CertificateId certificate, CreateCertificate created, PinReset reset, DateTimeOffset now) => new(
        $"certificate/{certificate}/reset/{reset.Operation}/ready", MessageKind.PinResetReady, "可以设置新PIN码",
        $"企业管理员已免除等待，请在{Time(reset.NotAfter)}前为{CertificateMessages.NameOf(created)}（{created.CaName}）设置新PIN码。", certificate.ToString(), now);

    /// <summary>The deposit has left: from now on whoever holds the phone can use the key. The last moment to stop him.</summary>
    public static InboxEntry ResetReleased(CertificateId certificate, CreateCertificate created, PinReset reset, DateTimeOffset now) => new(
        $"certificate/{certificate}/reset/{reset.Operation}/released", MessageKind.PinResetReady, "正在设置新PIN码",
        $"手机正在为{CertificateMessages.NameOf(created)}（{created.CaName}）设置新PIN码。若非本人操作，请立即阻止，证书将停止使用。", certificate.ToString(), now);

    public static InboxEntry ResetDone(CertificateId certificate, CreateCertificate created, PinReset reset, DateTimeOffset now) => new(
        $"certificate/{certificate}/reset/{reset.Operation}/done", MessageKind.PinChanged, "PIN码已重置",
        $"{CertificateMessages.NameOf(created)}（{created.CaName}）的PIN码已重置。若非本人操作，请立即注销证书。", certificate.ToString(), now);

    /// <summary>Stopped when the deposit had already left.</summary>
    public static InboxEntry ResetFroze(CertificateId certificate, CreateCertificate created, PinReset reset, DateTimeOffset now) => new(
        $"certificate/{certificate}/reset/{reset.Operation}/frozen", MessageKind.CertificateFrozen, "证书已冻结",
        $"{CertificateMessages.NameOf(created)}（{created.CaName}）的PIN码重置在取出后被阻止，为防他人使用，证书已停止使用。须找回证书。", certificate.ToString(), now);
}
