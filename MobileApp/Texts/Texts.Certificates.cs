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
        public const string Elsewhere = "在另一台手机";
        public const string ElsewhereWhy = "这张证书的密钥在您的另一台手机里，这里不能使用。";
        public const string LockedForGood = "连续输错10次，证书已永久锁定，需找回证书。";
        public const string FrozenWhy = "这张证书可能被复制到另一台手机，现已停止使用。须由您本人重新实名认证后恢复。";
        public const string RevokedWhy = "已注销，不能恢复。";

        public static string Until(DateTimeOffset end) => $"有效期至 {Day(end)}";

        public static string UntilDays(DateTimeOffset end, int days) => $"有效期至 {Day(end)}，还有 {days} 天";

        public static string Ended(DateTimeOffset end) => $"{Day(end)} 到期";

        public static string LockedWhy(TimeSpan left) => left > TimeSpan.Zero
            ? $"PIN码连续输错。{Clock(left)} 后自动解锁，不收费。"
            : "已到解锁时间，下次输入正确的PIN码即恢复。";
    }

    public static class Download
    {
        public const string Title = "下载证书";
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
        public const string StayHere = "请不要离开，通常不到1分钟。";
        public const string Interrupted = "下载中断了，已完成的步骤不会丢失。";
        public const string Done = "证书已生效";
        public const string DoneNote = "现在可以扫码登录、签章和解密了。";
        public const string Keep = "请记住PIN码，不要告诉任何人。清除浏览器数据会删除这台手机上的证书。";
        public const string NotPersistent = "浏览器尚未同意长期保存数据。把标证通添加到主屏幕后更可靠。";
    }
}
