using Bzt.Grains.Inbox;
using Bzt.Grains.Remittances;

namespace Bzt.Grains.Enterprises;

/// <summary>What an enterprise's people read in the inbox. Names only masked.</summary>
internal static class EnterpriseMessages
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    public static InboxEntry Invited(WaitingInvitation invitation) => new(
        $"invitation/{invitation.Enterprise}/{invitation.Id:D}", MessageKind.InvitationReceived, "加入企业邀请",
        $"{invitation.EnterpriseName}邀请您加入企业，成为办事人员。请于{Day(invitation.ExpiresAt)}前处理。", invitation.Id.ToString("D"), invitation.At);

    public static InboxEntry InvitationAnswered(string enterprise, StoredInvitation invitation, bool accepted, DateTimeOffset now) => new(
        $"invitation/{invitation.Id:D}/{(accepted ? "accepted" : "declined")}", MessageKind.InvitationAnswered, accepted ? "邀请已接受" : "邀请已谢绝",
        accepted
            ? $"{invitation.MaskedName}（{invitation.MaskedPhoneNumber}）已加入{enterprise}，可以为其新增授权。"
            : $"{invitation.MaskedName}（{invitation.MaskedPhoneNumber}）谢绝加入{enterprise}。",
        invitation.Id.ToString("D"), now);

    public static InboxEntry InvitationNameMismatch(string enterprise, StoredInvitation invitation, DateTimeOffset now) => new(
        $"invitation/{invitation.Id:D}/name", MessageKind.InvitationAnswered, "邀请姓名不一致",
        $"{invitation.MaskedName}（{invitation.MaskedPhoneNumber}）的实名信息与邀请填写的姓名不一致，未能加入{enterprise}。请核对后撤回并重新邀请。",
        invitation.Id.ToString("D"), now);

    public static InboxEntry Removed(CreditCode code, string enterprise, Guid operation, DateTimeOffset now) => new(
        $"enterprise/{code}/removed/{operation:D}", MessageKind.MemberRemoved, "已移出企业",
        $"您已不是{enterprise}的成员，授权已全部终止，您持有的该企业证书不能再使用。", code.Value, now);

    public static InboxEntry TransferRequested(CreditCode code, string enterprise, StoredTransfer transfer, DateTimeOffset now) => new(
        $"transfer/{transfer.Id:D}", MessageKind.TransferRequested, "转授管理员",
        $"{enterprise}的管理员请您接任企业管理员。请于{Day(now + TransferRules.AcceptWithin)}前处理。", code.Value, now);

    public static InboxEntry TransferAnswered(CreditCode code, string enterprise, StoredTransfer transfer, bool accepted, DateTimeOffset now) => new(
        $"transfer/{transfer.Id:D}/answer", MessageKind.TransferAnswered, accepted ? "管理员已转授" : "转授管理员被谢绝",
        accepted ? $"{enterprise}的管理员已转授，您现在是办事人员。" : $"对方谢绝接任{enterprise}的管理员，您仍是管理员。", code.Value, now);

    public static InboxEntry TransferWished(CreditCode code, string enterprise, UserId caller, string maskedName, string maskedPhoneNumber, DateTimeOffset now) => new(
        $"enterprise/{code}/wish/{caller}/{now.ToUnixTimeSeconds()}", MessageKind.TransferWished, "申请转移管理员",
        $"{maskedName}（{maskedPhoneNumber}）申请接任{enterprise}的管理员。如属实，请先在人员管理中新增该人员，再转授管理员。", code.Value, now);

    public static InboxEntry AdministratorNow(CreditCode code, string enterprise, string cause, DateTimeOffset now) => new(
        $"enterprise/{code}/administrator/{cause}", MessageKind.AdministratorChanged, "您已成为企业管理员",
        $"您已成为{enterprise}的管理员，负责该企业的人员与授权。", code.Value, now);

    public static InboxEntry Replaced(CreditCode code, string enterprise, ApplicationId application, DateTimeOffset now) => new(
        $"enterprise/{code}/replaced/{application}", MessageKind.AdministratorChanged, "企业管理员已变更",
        $"经法定代表人重新授权并由CA审核，{enterprise}的管理员已变更，您现在是办事人员。如有疑问请联系企业。", code.Value, now);

    public static InboxEntry NameChanged(CreditCode code, string former, string name, ApplicationId application, DateTimeOffset now) => new(
        $"enterprise/{code}/name/{application}", MessageKind.EnterpriseNameChanged, "企业信息已变更",
        $"{former}已变更为{name}。您持有的企业证书仍为原名称，请重新申请企业证书。", code.Value, now);

    public static InboxEntry Claimed(CreditCode code, string enterprise, DateTimeOffset now) => new(
        $"enterprise/{code}/claimed", MessageKind.EnterpriseClaimed, "企业已被认领",
        $"您关注的{enterprise}已完成认领，现在可以申请加入。", code.Value, now);

    public static InboxEntry JoinedByRemittance(CreditCode code, string enterprise, MembershipRemittance remittance, DateTimeOffset now) => new(
        $"enterprise/{code}/joined/{remittance.Id:D}", MessageKind.MemberJoined, "新成员加入",
        $"{remittance.MaskedName}（{remittance.MaskedPhoneNumber}）通过对公打款加入{enterprise}，尚无任何授权。如有疑问可在人员管理中删除。", code.Value, now);

    public static InboxEntry Remitted(MembershipRemittance remittance, ReceivedRemittance received, bool claimed, DateTimeOffset now)
    {
        var amount = $"{received.AmountFen / 100}.{received.AmountFen % 100:D2}元";
        var (title, body) = received.Verdict switch
        {
            RemittanceVerdict.Matched when claimed => ("对公打款成功", $"已收到{remittance.EnterpriseName}的汇款{amount}，您已加入企业。证书业务需取得企业证书后办理。"),
            RemittanceVerdict.Matched => ("对公打款成功", $"已收到{remittance.EnterpriseName}的汇款{amount}。该企业尚未被认领，首张企业证书下载后产生管理员；证书业务需取得企业证书后办理。"),
            RemittanceVerdict.WrongAmount => ("对公打款金额不符", $"收到汇款{amount}，与约定金额不一致，未通过认证。请按约定金额重新汇款。"),
            RemittanceVerdict.WrongPayer => ("对公打款账户不符", $"收到汇款{amount}，付款户名或账号与填写的不一致，未通过认证。请使用填写的对公账户汇款。"),
            RemittanceVerdict.Late => ("对公打款已过期", $"收到汇款{amount}，已超过有效期或已被新的申请取代，未通过认证。请重新申请。"),
            RemittanceVerdict.Doubled => ("重复的对公打款", $"收到重复汇款{amount}，此前的汇款已通过认证，请勿再汇。"),
            _ => throw new InvalidOperationException($"A remittance judged as {received.Verdict}."),
        };
        return new InboxEntry($"remittance/{remittance.Id:D}/{received.Serial}", MessageKind.RemittanceEnded, title, body, remittance.Id.ToString("D"), now);
    }

    private static string Day(DateTimeOffset time) => $"{time.ToOffset(Shanghai):M月d日 HH:mm}";
}
