using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Certificates
    {
        public const string Title = "证书管理";
        public const string Enterprise = "企业证书";
        public const string Tail = "尾号";
        public const string None = "还没有证书";
        public const string NoneNote = "认领企业并申请后，证书会出现在这里。";
        public const string Where = "证书密钥的一半保存在这台手机里，换手机后须重新认证。";
        public const string Active = "生效中";
        public const string Expiring = "即将过期";
        public const string Expired = "已失效";
        public const string Locked = "已锁定";
        public const string Frozen = "已冻结";
        public const string Revoked = "已注销";
        public const string Issuing = "CA签发中";
        public const string IssuingWhy = "CA正在签发，通常几秒钟。";
        public const string Unfinished = "下载未完成";
        public const string UnfinishedWhy = "继续下载即可，不需要重新申请。";
        public const string Abandoned = "下载已终止";
        public const string AbandonedWhy = "没有完成下载，原因见申请进度。";
        public const string Recoverable = "可找回";
        public const string RevokedWhy = "已注销，不能恢复。如需使用，请新增证书。";
        public const string Recover = "找回证书";
        public const string Unfreeze = "处理冻结";
        public const string Renew = "续期";
        public const string Reapply = "重新申请";
        public const string ForgottenPin = "忘记PIN码";
        public const string Progress = "查看进度";
        public const string ToPay = "去付费";
        public const string ToPayAndDownload = "付费并下载";
        public const string Menu = "更多操作";
        public const string Details = "证书详情";
        public const string Revoke = "证书注销";
        public const string Add = "新增证书";
        public const string Filters = "按状态筛选";
        public const string FilterNone = "没有这类证书";
        public const string RecoverBanner = "检测到您有可以找回的证书，可点击此处进行证书找回";
        public const string AdministratorReviewWhy = "由企业管理员审核，同意并盖章后提交CA，不收费。";
        public const string SealWhy = "由企业管理员在授权书上盖章并提交CA，不收费。";
        public const string DownloadWhy = "由您在这台手机下载并设置PIN码，不再收费。";

        public static string GroupOf(Screens.Certificates.CertificateGroup? group) => group switch
        {
            Screens.Certificates.CertificateGroup.Usable => "可使用",
            Screens.Certificates.CertificateGroup.ToDo => "要处理",
            Screens.Certificates.CertificateGroup.Ended => "已结束",
            _ => "全部",
        };

        public static string TypeOf(string creditCode) => creditCode.Length == 0 ? "个人证书" : "企业证书";

        public static string Until(DateTimeOffset end) => $"有效期至 {Day(end)}";

        public static string ExpiringWhy(DateTimeOffset end, int days, int? fen, bool needsAdministrator) =>
            $"有效期至 {Day(end)}，还有 {days} 天。由您{(needsAdministrator ? "申请、管理员同意后" : "")}续期，密钥不变，原有文件仍可解密{From(fen)}。";

        public static string ExpiredWhy(DateTimeOffset? end, int? fen, bool personal, bool needsAdministrator) =>
            $"{(end is { } at ? $"{Day(at)} 到期。" : "")}由您重新申请，{(personal ? "" : needsAdministrator ? "须管理员同意并盖章，" : "须上传新的授权书，")}原有文件仍可解密{From(fen)}。";

        public static string LockedWhy(TimeSpan left) => left > TimeSpan.Zero
            ? $"PIN码连续输错。{Clock(left)} 后自动解锁，不收费。签章、解密均不可用。"
            : "已到解锁时间，下次输入正确的PIN码即恢复。";

        public static string LockedForGoodAt(int? fen) => $"连续输错 10 次，证书已永久锁定，需找回证书。由您本人重新实名认证后办理{At(fen)}。";

        public static string FrozenWhyAt(int? fen) => $"这张证书可能被复制到另一台手机，现已停止使用。须由您本人重新实名认证后恢复{At(fen)}。";

        public static string RecoverableWhy(int? fen) => $"密钥在您的另一台手机里，这里不能使用。由您本人重新实名认证后找回{At(fen)}。";

        public static string CaReviewWhy(string? authority, int fen, bool prepaid) =>
            $"由{authority ?? Applications.Authority}审核，结果会发到【消息】。{(fen == 0 ? "不收费。" : prepaid ? "已付费，未通过的原路退回。" : $"通过后付 {Money(fen)}。")}";

        public static string RejectedWhy(string? reason) => $"{(reason is null ? "" : $"原因：{reason}。")}由您更正后重新申请，不另收费。";

        public static string PaymentWhy(int fen) => $"CA已审核通过，由您支付 {Money(fen)} 后下载。";

        public static string PrepaymentWhy(int fen) => $"由您支付 {Money(fen)} 后提交CA审核，未通过的原路退回。";

        public static string UnderWay(ApplicationInfo application) => $"{Applications.KindOf(application.Kind)}{Applications.StateOf(application.State)}。";

        private static string At(int? fen) => fen is { } fee ? fee == 0 ? "，不收费" : $"，费用 {Money(fee)}" : "";

        private static string From(int? fen) => fen is { } fee ? fee == 0 ? "，不收费" : $"，费用 {Money(fee)} 起" : "";
    }

    public static class Certificate
    {
        public const string Title = "证书详情";
        public const string Facts = "证书信息";
        public const string Name = "姓名";
        public const string Term = "有效期";
        public const string To = "至";
        public const string Signing = "签名证书";
        public const string Encryption = "加密证书";
        public const string Place = "密钥位置";
        public const string Here = "这台手机与服务器各持一半";
        public const string Elsewhere = "在您的另一台手机";
        public const string Platforms = "互认平台";
        public const string Actions = "可办理";
        public const string RenewNote = "密钥不变，原有文件仍可解密";
        public const string Records = "操作记录";
        public const string RecordsNote = "登录、签章、解密的凭证";
        public const string RevokeNote = "不能恢复，原有文件不能再解密";
        public const string History = "办理记录";
    }

    public static class Renewal
    {
        public const string Keeps = "续期后密钥与PIN码不变，原有文件仍可解密，平台绑定不受影响。";
        public const string Reissues = "换发新的签名密钥与加密密钥，原有文件仍可解密。下载时设置新的PIN码。";
        public const string ByAdministrator = "提交后由企业管理员同意，并在授权书上盖章，再由CA审核。";
        public const string SealNext = "下一步请您确认授权书并盖章，再由CA审核。";
        public const string PaperNext = "下一步上传盖章签字的授权书，再由CA审核。";
        public const string ToCa = "提交后由CA审核。";
        public const string NotYet = "距到期不足 90 天时可以续期";
        public const string NotExpired = "证书尚未到期，不需要重新申请";
        public const string Ends = "到期";
        public const string LegalWhat = "填写法定代表人信息，用于打印授权书";
        public const string Submit = "提交申请";

        public static string TitleOf(bool reapply, bool personal) => reapply ? "重新申请" : personal ? "个人证书续期" : "企业证书续期";
    }

    public static class Recovery
    {
        public const string Title = "找回证书";
        public const string Prompt = "系统检测到您有未找回证书，是否前往找回";
        public const string PromptLimited = "找回前须在这台手机重新实名认证。";
        public const string Later = "以后再说";
        public const string What = "找回后";
        public const string Keys = "签名密钥在这台手机重新生成，原手机上的不能再用";
        public const string Files = "原有加密文件仍可解密";
        public const string Term = "有效期不变";
        public const string Pin = "下载时设置新的PIN码";
        public const string Prove = Limited.Prove;
        public const string ProveNote = "认证通过后 10 分钟内提交找回";
        public const string Proved = "已通过实名认证，可以提交";
        public const string NotNeeded = "这张证书在本机可用，不需要找回";
        public const string Over = "这张证书已失效或注销，不能找回，请重新申请";

        public static string Fee(int? fen) => fen is { } fee
            ? $"找回需重新实名认证，费用 {(fee == 0 ? "¥0.00" : Money(fee))}。原手机会收到通知。"
            : "找回需重新实名认证。原手机会收到通知。";

        public static string Count(int count) => count > 1 ? $"共 {count} 张" : "";
    }

    public static class Revocation
    {
        public const string Title = "证书注销";
        public const string Warning = "CA证书一经注销，不能恢复，无法解密原有文件，请确认是否注销此证书？";
        public const string Fee = "注销证书不退还相关费用";
        public const string Confirm = "确定";
        public const string Insist = "仍要注销";
        public const string Keep = "暂不注销";
        public const string Done = "证书已注销";
        public const string DoneNote = "CA已收到注销，会公布在吊销列表中。";
        public const string Unusable = "这张证书不能在本机注销";
        public const string UnusableNote = "只有本机上生效中的证书可以注销。";

        public static string Held(int count) => $"还有 {count} 个项目未开标，注销后将无法解密：";

        public static string Who(string enterprise, string? serial) => serial is { Length: >= 4 } known ? $"{enterprise} · 尾号 {known[^4..].ToUpperInvariant()}" : enterprise;
    }

    public static class Download
    {
        public static readonly Fault Ended = new("下载已结束", "CA机构未签发证书，或申请已撤回、已在另一部手机上继续下载。原因见“申请进度”。");
        public const string Begin = "下载证书";
        public const string Continue = "继续下载";
        public const string Preparing = "正在准备，请稍候…";
        public const string PinWhat = "登录、签章、生成和解密都要输入PIN码。PIN码只有您知道，我们无法查看。";
        public const string ChoosePin = "设置6位PIN码";
        public const string RepeatPin = "再输入一次";
        public const string PinRules = "不要使用生日、手机号或连续、重复的数字";
        public const string PinTooSimple = "过于简单，请换一个";
        public const string PinPersonal = "与您的手机号相关，请换一个";
        public const string PinDiffers = "两次输入不一致，请重新设置";
        public const string ContinueNote = "请输入开始下载时设置的PIN码";
        public const string Progress = "下载进度";
        public const string Keys = "生成密钥";
        public const string KeysNote = "由这台手机与服务器共同生成，各持一半";
        public const string Issue = "CA签发证书";
        public const string IssueNote = "签名证书与加密证书各一张";
        public const string Encryption = "接收加密密钥";
        public const string EncryptionNote = "核对CA的证书链后保存";
        public const string Request = "签署续期请求";
        public const string RequestNote = "密钥不变，由PIN码确认";
        public const string RenewNote = "续期用这张证书原来的PIN码";
        public const string Renewed = "证书已续期";
        public const string RenewedNote = "密钥与PIN码不变，原有文件仍可解密。";
        public const string StayHere = "请不要离开，通常不到1分钟。";
        public const string Interrupted = "下载中断了，已完成的步骤不会丢失。";
        public const string Done = "证书已生效";
        public const string DoneNote = "现在可以扫码登录、签章和解密了。";
        public const string Keep = "请记住PIN码，不要告诉任何人。清除浏览器数据会删除这台手机上的证书。";
        public const string NotPersistent = "浏览器尚未同意长期保存数据。把标证通添加到主屏幕后更可靠。";

        public static string TitleOf(bool renewal) => renewal ? "续期证书" : "下载证书";
    }
}
