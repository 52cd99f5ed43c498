using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Applications
    {
        public const string Title = "申请进度";
        public const string Authority = "CA机构";
        public const string Progress = "办理进度";
        public const string Content = "申请内容";
        public const string Submitted = "提交申请";
        public const string Review = "CA审核";
        public const string Payment = "付费";
        public const string Download = "下载证书";
        public const string DownloadLater = "下载时设置6位PIN码";
        public const string AdministratorReview = "管理员审核";
        public const string AdministratorLater = "由企业管理员同意";
        public const string Seal = "授权书盖章";
        public const string SealLater = "由企业管理员盖章并提交CA";
        public const string ReviewLater = "结果会发到【消息】";
        public const string RenewStep = "续期证书";
        public const string RenewLater = "输入原PIN码即可，密钥不变";
        public const string Renew = "续期证书";
        public const string RenewOn = "继续续期";
        public const string Again = "重新申请";
        public const string ToCertificates = "查看证书";
        public const string ToSeal = "去确认授权";
        public const string ToReview = "去审核";
        public const string Holder = "持有人";
        public const string Withdraw = "撤回申请";
        public const string WithdrawTitle = "撤回这份申请？";
        public const string Keep = "继续办理";

        public static string KindOf(ApplicationKind kind) => kind switch
        {
            ApplicationKind.Claim => "认领企业并申请企业证书",
            ApplicationKind.Personal => "个人证书申请",
            ApplicationKind.PersonalRenewal => "个人证书续期",
            ApplicationKind.Join => "加入企业并申请企业证书",
            ApplicationKind.Authorisation => "新增授权",
            ApplicationKind.Renewal or ApplicationKind.StaffRenewal => "企业证书续期",
            ApplicationKind.Reapplication or ApplicationKind.StaffReapplication => "企业证书重新申请",
            ApplicationKind.Recovery => "证书找回",
            ApplicationKind.EnterpriseChange => "变更企业信息",
            ApplicationKind.AdministratorReplacement => "更换管理员",
            _ => "新增企业证书",
        };

        /// <summary>The enterprise, or whose personal certificate it is.</summary>
        public static string NameOf(ApplicationInfo application) => application.EnterpriseName.Length > 0 ? application.EnterpriseName : application.HolderMaskedName ?? "";

        public static string Until(DateTimeOffset end) => $"须在 {Moment(end)} 前办理，逾期申请自动结束。";

        public static string WithdrawWarning(bool ordered) => ordered ? "撤回后申请结束，已付的费用原路退回。" : "撤回后申请结束，需要时可重新申请。";

        public static string StateOf(ApplicationState state) => state switch
        {
            ApplicationState.CaReview => "待CA审核",
            ApplicationState.Rejected => "申请失败",
            ApplicationState.PaymentDue => "待付费",
            ApplicationState.DownloadReady => "待下载",
            ApplicationState.Downloading => "正在下载",
            ApplicationState.Completed => "已完成",
            ApplicationState.AdministratorReview => "待管理员审核",
            ApplicationState.SealDue => "待盖章",
            ApplicationState.LetterSealed => "待提交",
            ApplicationState.PrepaymentDue => "待付费",
            ApplicationState.Expired => "已过期",
            _ => "已撤回",
        };

        public static string Next(ApplicationInfo application, string authority) => application.State switch
        {
            ApplicationState.CaReview => $"{authority}正在审核，通常1个工作日内完成。结果会发到【消息】，您不必停留在此页。",
            ApplicationState.Rejected => "请按原因更正后重新申请，已填写的信息可以修改。",
            ApplicationState.PaymentDue => Screens.Applications.ApplicationProgress.IsRenewal(application.Kind) ? "CA已审核通过，付费后即可续期证书。" : "CA已审核通过，付费后即可下载证书。",
            ApplicationState.DownloadReady => Screens.Applications.ApplicationProgress.IsRenewal(application.Kind) ? "可以续期证书了，输入原PIN码即可。" : "可以下载证书了，下载时设置6位PIN码。",
            ApplicationState.Downloading => "还没有完成，继续即可，不需要重新申请。",
            ApplicationState.Completed => "证书已生效，可以使用。",
            ApplicationState.AdministratorReview => "企业管理员正在审核，同意后由管理员盖章并提交CA机构。",
            ApplicationState.SealDue => "等待企业管理员在授权书上盖章。",
            ApplicationState.LetterSealed => "授权书已盖章，等待企业管理员确认提交。",
            ApplicationState.PrepaymentDue => "付费后提交CA机构审核；未通过的，费用原路退回。",
            ApplicationState.Expired => "超过办理期限，申请已结束；已付的费用原路退回。",
            _ => "申请已撤回或已结束；已付的费用原路退回。",
        };

        public static string Reason(string reason) => $"原因：{reason}";

        public static string Pay(int fen) => $"支付 {Money(fen)}";

        public static string PaymentSince(int fen, DateTimeOffset at, bool paid) => paid ? $"{Money(fen)}，已付" : $"{Money(fen)}，{Moment(at)} 起";

        public static string PaymentLater(int fen, bool paidBefore) => paidBefore ? $"{Money(fen)}，先付费后审核" : $"{Money(fen)}，审核通过后再付";
    }
}
