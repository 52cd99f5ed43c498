namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Login
    {
        public const string Title = "登录标证通";
        public const string Lead = "手机里的CA证书：登录、签章、解密";
        public const string Phone = "手机号";
        public const string PhoneHint = "未注册的手机号验证后自动注册";
        public const string PhoneWrong = "请输入11位手机号";
        public const string SendCode = "获取验证码";
        public const string Code = "短信验证码";
        public const string CodeHint = "6位数字";
        public const string Enter = "登录";
        public const string Resend = "重新获取";
        public const string OtherNumber = "更换手机号";
        public const string Foot = "证书密钥由这台手机与服务器各持一半，缺一不可。";
        public const string Agree = "我已阅读并同意";
        public const string AgreeFirst = "请先阅读并同意用户协议和隐私政策";
        public const string Close = "关闭";

        public static string Version(string version, DateOnly date) => $"版本 {version}，{date:yyyy年M月d日}";

        public static string SentTo(string phone) => $"验证码已发送至 {phone[..3]} {phone[3..7]} {phone[7..]}";

        public static string ResendIn(int seconds) => $"{seconds} 秒后可重新获取";
    }

    public static class RealName
    {
        public const string Title = "实名认证";
        public const string Why = "证书具有法律效力，须先核实您本人的身份。信息须与银行预留信息一致。";
        public const string Name = "姓名";
        public const string NameWrong = "请输入姓名";
        public const string IdNumber = "身份证号";
        public const string IdNumberWrong = "身份证号不正确，请核对";
        public const string Card = "银行卡号";
        public const string CardWrong = "请输入12至19位银行卡号";
        public const string BankPhone = "银行预留手机号";
        public const string BankPhoneHint = "开户时留给银行的手机号";
        public const string Begin = "开始认证";
        public const string Done = "认证通过";
        public const string DoneNote = "现在可以认领企业、申请证书了。";
        public const string At = "认证时间";
        public const string Privacy = "以上信息仅用于本次身份核实，加密保存，页面上只显示部分内容。";
    }

    public static class Me
    {
        public const string NoName = "未实名";
        public const string Proved = "已认证";
        public const string NotProved = "未认证";
        public const string TextSize = "文字大小";
        public const string TextNormal = "标准";
        public const string TextLarge = "大";
        public const string TextLarger = "特大";
        public const string About = "关于标证通";
        public const string Version = "版本";
        public const string Storage = "本机数据";
        public const string StorageKept = "浏览器已同意长期保存";
        public const string StorageAtRisk = "浏览器可能自动清理，建议添加到主屏幕";
        public const string LogOut = "退出登录";
        public const string LogOutNote = "退出后证书仍保留在这台手机里，再次登录即可使用。";

        public static string Count(int count) => $"{count} 张";
    }
}
