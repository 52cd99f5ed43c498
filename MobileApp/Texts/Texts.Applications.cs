using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Applications
    {
        public const string Title = "申请进度";
        public const string Subject = "认领企业并申请企业证书";
        public const string Authority = "CA机构";
        public const string Progress = "办理进度";
        public const string Content = "申请内容";
        public const string Submitted = "提交申请";
        public const string Review = "CA审核";
        public const string Payment = "付费";
        public const string Download = "下载证书";
        public const string DownloadLater = "下载时设置6位PIN码";
        public const string Again = "重新申请";
        public const string ToCertificates = "查看证书";

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

        public static string Next(ApplicationState state, string authority) => state switch
        {
            ApplicationState.CaReview => $"{authority}正在审核，通常1个工作日内完成。结果会发到【消息】，您不必停留在此页。",
            ApplicationState.Rejected => "请按原因更正后重新申请，已填写的信息可以修改。",
            ApplicationState.PaymentDue => "CA已审核通过，付费后即可下载证书。",
            ApplicationState.DownloadReady => "可以下载证书了，下载时设置6位PIN码。",
            ApplicationState.Downloading => "下载还没有完成，继续即可，不需要重新申请。",
            ApplicationState.Completed => "证书已生效，可以使用。",
            ApplicationState.AdministratorReview => "企业管理员正在审核，同意后由管理员盖章并提交CA机构。",
            ApplicationState.SealDue => "等待企业管理员在授权书上盖章。",
            ApplicationState.LetterSealed => "授权书已盖章，等待企业管理员确认提交。",
            ApplicationState.PrepaymentDue => "付费后提交CA机构审核；未通过的，费用原路退回。",
            ApplicationState.Expired => "超过办理期限，申请已结束；已付的费用原路退回。",
            _ => "申请已结束，没有收取费用的部分。",
        };

        public static string Reason(string reason) => $"原因：{reason}";

        public static string Pay(int fen) => $"支付 {Money(fen)}";

        public static string PaymentSince(int fen, DateTimeOffset at) => $"{Money(fen)} · {Moment(at)}";

        public static string PaymentLater(int fen, int years) => $"{Money(fen)} / {years} 年，审核通过后再付";
    }
}
