using Bzt.Contracts.Phone;
using Bzt.Protocol.Forms;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Authorise
    {
        public const string Title = "授权管理";
        public const string Mine = "我的授权";
        public const string New = "新增授权";
        public const string ByPlatform = "按交易平台";
        public const string ByPerson = "按人员";
        public const string View = "查看方式";
        public const string None = "还没有授权";
        public const string NoneNote = "新增授权后，办事人员才能在授权范围内使用企业证书。";
        public const string NoPeople = "还没有办事人员，请先新增人员。";
        public const string Detail = "授权详情";
        public const string InForce = "有效授权";
        public const string History = "历史授权记录";
        public const string NoHistory = "暂无历史记录";
        public const string Active = "有效";
        public const string Ended = "已终止";
        public const string Expired = "已到期";
        public const string Delete = "删除授权";
        public const string DeleteConfirm = "删除";
        public const string DeleteAsk = "确认删除这项授权？";
        public const string DeleteNote = "自下一次操作起生效，正在进行的会话随即结束。";
        public const string DeleteAll = "全部删除";
        public const string Person = "人员";
        public const string PersonMissing = "请选择人员";
        public const string Confirm = "确认";
        public const string ConfirmAsk = "确认新增授权？";
        public const string ConfirmYes = "确定";
        public const string ConfirmNote = "下一步在授权书上盖章，提交CA审核。通过后由对方下载证书。";
        public const string Nobody = "没有可授权的办事人员";

        public static string Count(int inForce) => inForce == 0 ? "无有效授权" : $"{inForce} 项有效";

        public static string Term(DateTimeOffset from, DateTimeOffset to) => $"{Day(from)} 至 {Day(to)}";

        public static string EndedAt(DateTimeOffset at) => $"{Moment(at)} 终止";

        public static string DeleteAllAsk(string what) => $"确认删除 {what} 的全部授权？";
    }

    public static class Letters
    {
        public const string Title = "确认授权";
        public const string Who = "授权对象";
        public const string Scope = "授权权限";
        public const string Self = "全部权限";
        public const string Seal = "确认并盖章";
        public const string NoCertificate = "盖章须用您在本企业的证书，这台手机上没有可用的证书。";
        public const string Look = "请核对将要盖章的授权书";
        public const string Paper = "授权书";
        public const string Open = "查看授权书全文";
        public const string OpenNote = "PDF，盖章前请核对";
        public const string SealedNote = "PDF，已盖章";
        public const string Differs = "授权书与将要签名的内容不一致，已停止";
        public const string DiffersAdvice = "没有签名。请返回重试，仍出现请联系客服。";
        public const string ToPin = "确认，输入PIN码";
        public const string PinWhat = "在授权书上盖章";
        public const string Sealed = "授权书已盖章";
        public const string SealedWhat = "核对后点【确认】，提交CA审核。";
        public const string Confirm = "确认";
        public const string Submitted = "已提交CA审核";
        public const string SubmittedNote = "审核结果会发到【消息】。通过后由申请人付费并下载证书。";
        public const string Grantor = "授权企业";
        public const string Grantee = "被授权人";
        public const string Platform = "交易平台";
        public const string Term = "授权期限";
        public const string Digest = "授权书摘要（SM3）";
        public const string NotYet = "申请的状态已变化";

        public static string PlainOf(AuthorisationForm form) =>
            $"兹授权 {form.Grantee} 在【{form.Platform}】以本企业名义办理：{string.Join('、', form.Scope)}。";
    }

    public static class Requests
    {
        public const string Who = "申请人";
        public const string What = "申请事项";
        public const string Agree = "同意";
        public const string Refuse = "拒绝";
        public const string RefuseTitle = "拒绝申请";
        public const string Reason = "拒绝原因";
        public const string ReasonHint = "申请人会看到，2至200字";
        public const string ReasonWrong = "请填写2至200字的原因";
        public const string RefuseYes = "确认拒绝";
        public const string Continue = "继续盖章";
        public const string Elsewhere = "只有现任管理员可以处理";
        public const string AgreeNote = "同意后在授权书上盖章，再提交CA审核。请确认您认识申请人。";

        public static string TitleOf(ApplicationKind kind) => kind switch
        {
            ApplicationKind.Join => "加入企业申请",
            ApplicationKind.StaffRenewal => "证书续期",
            _ => "证书授权",
        };

        public static string KindOf(ApplicationKind kind) => kind switch
        {
            ApplicationKind.Join => "加入企业并申请企业证书",
            ApplicationKind.StaffCertificate or ApplicationKind.EnterpriseCertificate => "新增企业证书",
            ApplicationKind.StaffRenewal or ApplicationKind.Renewal => "企业证书续期",
            ApplicationKind.StaffReapplication or ApplicationKind.Reapplication => "企业证书重新申请",
            ApplicationKind.Authorisation => "新增授权",
            _ => "企业证书申请",
        };

        public static string HandledOf(ApplicationState state) => state switch
        {
            ApplicationState.SealDue => "您已同意，等待在授权书上盖章。",
            ApplicationState.LetterSealed => "授权书已盖章，等待您确认提交。",
            ApplicationState.CaReview => "您已同意并提交，CA正在审核。",
            ApplicationState.Rejected => "申请未通过，申请人可以修改后重新申请。",
            ApplicationState.Cancelled => "申请人已撤回申请。",
            ApplicationState.Expired => "超过15天未处理，申请已过期。",
            _ => "您已同意，CA已审核通过。",
        };
    }
}
