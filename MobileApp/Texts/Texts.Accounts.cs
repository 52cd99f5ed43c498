using Bzt.Contracts.Phone;

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
        public const string AgreeAgain = "协议有新版本，请阅读后重新勾选";
        public const string Close = "关闭";
        public const string Password = "登录密码";
        public const string PasswordMissing = "请输入登录密码";
        public const string ByPassword = "密码登录";
        public const string ByCode = "验证码登录";
        public const string Forgotten = "忘记密码";
        public const string ForgottenNote = "请用短信验证码登录，然后在【我的】—【设置】—【修改登录密码】中重设。";
        public const string Or = "其他方式";
        public const string WeChat = "微信登录";
        public const string Install = "添加到主屏幕";
        public const string InstallNote = "像应用一样打开，证书保存得更可靠";

        public static string Version(string version, DateOnly date) => $"版本 {version}，{date:yyyy年M月d日}";

        public static string SentTo(string phone) => $"验证码已发送至 {phone[..3]} {phone[3..7]} {phone[7..]}";

        public static string ResendIn(int seconds) => $"{seconds} 秒后可重新获取";

        /// <summary>Both on one line beside the tick.</summary>
        public static string Short(string title) => title.Replace(AppName, "", StringComparison.Ordinal);
    }

    public static class WeChat
    {
        public const string Title = "微信登录";
        public const string NumberTitle = "绑定手机号";
        public const string NumberWhy = "这个微信第一次登录标证通，请用短信验证码确认手机号。已有账号的手机号会直接绑定。";
        public const string Bind = "绑定";
        public const string Waiting = "正在登录…";
        public const string Cancelled = "您没有同意微信授权";
        public const string CancelledNote = "可以重新授权，或用手机号登录。";
        public const string ToLogin = "返回登录";
        public const string LoggedInOnly = "已登录，但没有绑定这个微信";
        public const string LoggedInOnlyNote = "账号正在另一台手机上使用，或者这个账号、这个微信已绑定过其他对象。以后请用手机号登录。";
        public const string ToHome = "进入首页";
        public const string Tied = "已绑定微信";
        public const string TiedNote = "下次可以用微信直接登录。";
        public const string Untied = "已解除微信绑定";
        public const string UntiedNote = "请用手机号或密码登录。";
        public const string TieWhy = "绑定后可以用微信直接登录，不需要短信验证码。";
        public const string Tie = "绑定微信";
        public const string Untie = "解除绑定";
        public const string UntieAsk = "解除微信绑定？";
        public const string UntieNote = "解除后不能再用微信登录，手机号登录不受影响。";
        public const string State = "微信登录";
        public const string IsTied = "已绑定";
        public const string IsNotTied = "未绑定";
    }

    public static class Consent
    {
        public const string Title = "协议与隐私";
        public const string Why = "以下内容已更新，请阅读。同意后继续使用。";
        public const string Agree = "同意并继续";
        public const string Leave = "不同意，退出登录";
        public const string FaceTitle = "人脸信息";
        public const string FaceGiven = "您已同意处理人脸信息";
        public const string FaceNote = "仅在【中金认证】时由认证机构核验，本系统不保存人脸照片。";
        public const string FaceNone = "您没有同意过处理人脸信息，或已经撤回。选择【中金认证】时会再次询问。";
        public const string FaceWithdraw = "撤回同意";
        public const string FaceAsk = "撤回人脸信息的同意？";
        public const string FaceAskNote = "撤回后不能使用【中金认证】，已完成的实名认证不受影响。";
        public const string FaceWithdrawn = "已撤回";
    }

    public static class RealName
    {
        public const string Title = "实名认证";
        public const string Choose = "请选择一种认证方式，任选其一即可。";
        public const string Ways = "认证方式";
        public const string Why = "证书具有法律效力，须先核实您本人的身份。";
        public const string Name = "姓名";
        public const string NameWrong = "请输入姓名";
        public const string IdNumber = "身份证号";
        public const string Card = "银行卡号";
        public const string CardWrong = "请输入12至19位银行卡号";
        public const string BankPhone = "银行预留手机号";
        public const string BankPhoneHint = "开户时留给银行的手机号";
        public const string Begin = "开始认证";
        public const string Done = "认证通过";
        public const string DoneNote = "现在可以认领企业、申请证书了。";
        public const string At = "认证时间";
        public const string By = "认证方式";
        public const string Again = "重新认证";
        public const string AgainWhy = "请用原来的姓名和身份证号重新认证，证明是您本人在这台手机上操作。";
        public const string LimitedWhy = "您的账号还在另一台手机上使用。在这台手机重新认证后，这台手机可以办理业务，原手机受限。";
        public const string Privacy = "以上信息仅用于本次身份核实，加密保存，页面上只显示部分内容。";
        public const string FaceAgree = "我同意为本次认证处理人脸信息";
        public const string FaceAgreeFirst = "须先同意处理人脸信息";
        public const string FaceRead = "人脸信息处理规则";
        public const string Waiting = "等待认证结果";
        public const string WaitingNote = "请在认证页面按提示操作。完成后回到这里，结果会自动显示。";
        public const string Away = "认证机构暂无应答，正在继续查询，请勿重复提交。";
        public const string GoOn = "继续认证";
        public const string GiveUp = "放弃";
        public const string Continue = "继续";

        public static string NameOf(RealNameWay way) => way switch
        {
            RealNameWay.Face => "中金认证",
            RealNameWay.Alipay => "支付宝认证",
            _ => "银行卡四要素认证",
        };

        public static string NoteOf(RealNameWay way) => way switch
        {
            RealNameWay.Face => "姓名、身份证号，通过人脸识别",
            RealNameWay.Alipay => "姓名、身份证号，跳转支付宝",
            _ => "姓名、身份证号、银行卡号、银行预留手机号",
        };

        public static string IdNumberWrong(string typed) => typed.Length == 0 ? "请输入身份证号码" : "身份证号不正确，请核对";

        public static string WhyOf(RealNameWay way) => way switch
        {
            RealNameWay.Face => "接下来打开人脸识别页面，请由本人面对镜头。",
            RealNameWay.Alipay => "接下来跳转支付宝，按提示完成后会回到这里。",
            _ => "信息须与银行预留信息一致。",
        };
    }

    public static class Me
    {
        public const string NoName = "未实名";
        public const string Proved = "已认证";
        public const string NotProved = "未认证";
        public const string ProveAgain = "须在本机重新认证";
        public const string LogOut = "退出登录";
        public const string LogOutAsk = "退出登录？";
        public const string LogOutYes = "退出";
        public const string LogOutNote = "退出后证书仍保留在这台手机里，再次登录即可使用。";
        public const string Settings = "设置";
        public const string SettingsNote = "手机号、登录密码、PIN码、主题";
        public const string Limited = "这台手机受限";
        public const string Consult = "咨询电话";
        public const string About = "关于标证通";
        public const string Install = "添加到主屏幕";

        public static string Count(int count) => $"{count} 张";
    }

    public static class About
    {
        public const string Title = "关于标证通";
        public const string Product = "产品介绍";
        public const string What = "标证通把CA证书放进手机，取代CA锁：登录交易平台、签名、签章、加密和解密投标文件，都用手机扫码完成，电脑上不用安装驱动。";
        public const string Many = "多家CA的证书，同时持有";
        public const string ManyNote = "各地交易平台认可的CA，一部手机都能办理。";
        public const string Air = "空中发证";
        public const string AirNote = "申请、审核、付费、下载都在手机上，随时可查进度。";
        public const string Split = "密钥分开保管";
        public const string SplitNote = "私钥由这台手机和服务器各持一半，任何一方单独都不能签名或解密。";
        public const string Trace = "操作可追溯";
        public const string TraceNote = "每次使用都有凭证，可以下载并独立验证。";
        public const string Legal = "协议";
        public const string Version = "版本";
        public const string Storage = "本机数据";
        public const string StorageKept = "浏览器已同意长期保存";
        public const string StorageAtRisk = "浏览器可能自动清理，建议添加到主屏幕";
        public const string ThisPhone = "这台手机";
    }

    public static class Install
    {
        public const string Title = "添加到主屏幕";
        public const string Why = "添加后像应用一样从主屏幕打开，不经过应用商店，证书数据也不容易被浏览器清理。";
        public const string Now = "添加到主屏幕";
        public const string Done = "已添加到主屏幕";
        public const string DoneNote = "以后请从主屏幕的图标打开标证通。";
        public const string Refused = "没有添加";
        public const string RefusedNote = "随时可以在【我的】里再次添加。";
        public const string Steps = "添加步骤";
        public const string AppleShare = "点浏览器底部的分享按钮";
        public const string AppleShareNote = "方框带向上箭头的图标";
        public const string AppleAdd = "选择【添加到主屏幕】";
        public const string AppleAddNote = "没有看到时，向上滑动菜单";
        public const string AppleDone = "点右上角【添加】";
        public const string Menu = "打开浏览器菜单";
        public const string MenuNote = "右上角或底部的 ⋮ 或 ≡";
        public const string MenuAdd = "选择【添加到主屏幕】或【安装应用】";
        public const string MenuDone = "按提示确认";
        public const string OutsideTitle = "请在手机浏览器中打开";
        public const string OutsideMenu = "点右上角 ···";
        public const string OutsideOpen = "选择【在浏览器打开】";
        public const string OutsideAdd = "在浏览器里登录并添加到主屏幕";
        public const string Copy = "复制链接";
        public const string Copied = "已复制，请粘贴到浏览器打开";

        public static string OutsideWhy(string host) => $"{host}会清理自己页面里的数据，证书不能保存在这里。";

        public static string OutsideReturn(string host) => $"如果您刚在{host}完成认证，请直接回到浏览器里的标证通，结果会自动显示。";
    }
}
