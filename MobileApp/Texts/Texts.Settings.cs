using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Settings
    {
        public const string Title = "设置";
        public const string Security = "账号安全";
        public const string Number = "更换手机号";
        public const string Password = "修改登录密码";
        public const string PasswordSet = "已设置";
        public const string PasswordNone = "未设置";
        public const string WeChat = "微信登录";
        public const string Devices = "登录设备";
        public const string Pin = "修改证书PIN码";
        public const string Display = "主题与文字";
        public const string Privacy = "隐私";
        public const string Face = "人脸信息";
        public const string Export = "导出个人数据";
        public const string Close = "注销账号";
        public const string General = "通用";
        public const string Theme = "主题";
        public const string ThemeSystem = "跟随系统";
        public const string ThemeLight = "浅色";
        public const string ThemeDark = "深色";
        public const string TextSize = "文字大小";
        public const string TextNormal = "标准";
        public const string TextLarge = "大";
        public const string TextLarger = "特大";
        public const string TextSample = "将签章 3 份文件，共 5 处";
    }

    public static class NumberChange
    {
        public const string Title = "更换手机号";
        public const string Now = "当前手机号";
        public const string New = "新手机号";
        public const string Same = "与当前手机号相同";
        public const string Free = "更换后用新手机号登录，证书保留，不收取费用。";
        public const string CodeFirst = "请输入新手机号收到的6位验证码";
        public const string Proof = "请先在这台手机重新实名认证";
        public const string ProofNote = "这台手机上没有可用的证书，须重新实名认证来确认是您本人，10 分钟内有效。";
        public const string ToProof = "去实名认证";
        public const string Confirm = "确认更换手机号";
        public const string ToPin = "确认，输入PIN码";
        public const string Done = "手机号已更换";
        public const string Settling = "正在更换，请稍候…";
        public const string PinFor = "更换手机号";

        public static string DoneNote(string number) => $"请用 {number} 登录。";
    }

    public static class Password
    {
        public const string Title = "修改登录密码";
        public const string SetTitle = "设置登录密码";
        public const string Old = "原密码";
        public const string OldMissing = "请输入原密码";
        public const string New = "新密码";
        public const string Rules = "8至64位，不能包含手机号，也不能过于简单";
        public const string TooShort = "新密码须为8至64位";
        public const string Repeat = "再次输入新密码";
        public const string Differs = "两次输入不一致";
        public const string Forgotten = "忘记原密码";
        public const string Remembered = "用原密码修改";
        public const string CodeMissing = "请输入6位验证码";
        public const string Done = "登录密码已设置";
        public const string DoneNote = "下次可以用手机号和密码登录。其他设备的登录不受影响。";
        public const string OldWrong = "原密码不正确";
        public const string OldWrongNote = "忘记时可用短信验证码重设。";
    }

    public static class PinChange
    {
        public const string Title = "修改证书PIN码";
        public const string Note = "须验证短信和原PIN码";
        public const string Which = "修改哪一张证书的PIN码";
        public const string None = "这台手机上没有可用的证书";
        public const string NoneNote = "每张证书有自己的PIN码，只能在持有它的手机上修改。";
        public const string CodeNote = "先验证短信验证码，再输入原PIN码和新PIN码。";
        public const string OldPin = "请输入原PIN码";
        public const string NewPin = "设置新的6位PIN码";
        public const string Forgotten = "忘记原PIN码";
        public const string CodeAgain = "验证码已过期，请重新获取";
        public const string Working = "正在修改…";
        public const string Done = "PIN码已修改";
        public const string DoneNote = "请记住新的PIN码，不要告诉任何人。";
        public const string Same = "新PIN码与原PIN码相同，请换一个";
        public const string Locked = "证书已锁定，暂不能修改";

        public static string Card(CertificateInfo certificate) => Card(certificate.CaName, certificate.SigningSerial);

        public static string Card(string ca, string? signingSerial) => signingSerial is { Length: >= 4 } serial ? $"{ca} · 尾号 {serial[^4..].ToUpperInvariant()}" : ca;
    }

    public static class PinReset
    {
        public const string Title = "忘记原PIN码";
        public const string Note = "重新实名认证，24 小时后设置新PIN码";
        public const string Why = "为防冒用，24 小时后才能设置新PIN码；期间您可在任一设备撤回。";
        public const string Told = "您本人和企业管理员都会收到通知。";
        public const string Steps = "重置步骤";
        public const string StepProof = "重新实名认证";
        public const string StepProofNote = "在这台手机上，证明是您本人";
        public const string StepCode = "验证短信验证码";
        public const string StepWait = "等待 24 小时";
        public const string StepWaitNote = "任一设备、企业管理员都可以阻止";
        public const string StepPin = "设置新PIN码";
        public const string StepPinNote = "只能在这台手机上设置";
        public const string Begin = "重新实名认证";
        public const string Submit = "提交申请";
        public const string NeedsProof = "请先在这台手机重新实名认证，十分钟内提交。";
        public const string Waiting = "等待期内";
        public const string WaitingAt = "申请时间";
        public const string ReadyAt = "可设置时间";
        public const string LapsesAt = "截止时间";
        public const string Withdraw = "撤回申请";
        public const string WithdrawAsk = "撤回重置申请？";
        public const string WithdrawNote = "原PIN码继续有效。";
        public const string Object = "不是我申请的，立即阻止";
        public const string ObjectAsk = "阻止这次重置？";
        public const string ObjectNote = "阻止后原PIN码继续有效，一段时间内不能再次申请。";
        public const string ObjectYes = "阻止";
        public const string Waived = "管理员已同意提前设置";
        public const string MemberWhy = "这是您企业一位成员的证书。请先向本人核实：确是本人忘记PIN码的，可以同意提前设置；不是的，请立即阻止。";
        public const string Member = "成员";
        public const string Decide = "请核实，不是本人申请的请阻止";
        public const string Enterprise = "企业";
        public const string Certificate = "证书";
        public const string MemberTitle = "成员的PIN码重置";
        public const string MemberObjectNote = "阻止后原PIN码继续有效，该成员一段时间内不能再次申请。";
        public const string MemberObject = "阻止重置";
        public const string Waive = "同意提前设置";
        public const string WaiveConfirm = "确认同意";
        public const string WaiveNoCertificate = "须用您本人在这家企业的证书确认，这台手机上没有可用的";
        public const string Ready = "可以设置新PIN码了";
        public const string SetPin = "设置新PIN码";
        public const string Working = "正在设置新PIN码…";
        public const string Done = "新PIN码已设置";
        public const string Elsewhere = "请在持有这张证书的手机上设置新PIN码。";
        public const string AgainFrom = "可再次申请的时间";
        public const string Again = "重新申请";

        public static string Left(TimeSpan left) => $"{Clock(left)} 后可设置新PIN码";

        public static string PhaseOf(PinResetPhase phase) => phase switch
        {
            PinResetPhase.Waiting => Waiting,
            PinResetPhase.Ready => Ready,
            PinResetPhase.Done => Done,
            PinResetPhase.Stopped => "重置已被阻止",
            PinResetPhase.Withdrawn => "申请已撤回",
            PinResetPhase.Lapsed => "申请已过期",
            _ => "申请已失效",
        };

        public static string NoteOf(PinResetPhase phase) => phase switch
        {
            PinResetPhase.Stopped => "您的另一台设备或企业管理员阻止了这次重置，原PIN码继续有效。",
            PinResetPhase.Withdrawn => "原PIN码继续有效。",
            PinResetPhase.Lapsed => "没有在期限内设置新PIN码，原PIN码继续有效。",
            PinResetPhase.Overtaken => "期间使用过原PIN码，或证书被锁定、冻结，或服务端数据从备份恢复过。如仍需重置，请重新申请。",
            _ => "请记住新的PIN码，不要告诉任何人。",
        };
    }

    public static class Devices
    {
        public const string Title = "登录设备";
        public const string Current = "本机";
        public const string Active = "可办理业务";
        public const string Limited = "受限";
        public const string LoggedOut = "已退出";
        public const string LogOut = "退出该设备";
        public const string LogOutAsk = "退出这台设备的登录？";
        public const string LogOutNote = "那台设备须重新登录。证书仍保留在那台设备里，但不登录不能使用。";
        public const string Note = "同一时间只有一台手机可以办理业务。不认识的设备请立即退出，并修改登录密码。";

        public static string Seen(DateTimeOffset at) => $"最近使用 {Moment(at)}";
    }

    public static class Export
    {
        public const string Title = "导出个人数据";
        public const string Why = "包括账号、实名、设备、企业、申请、订单、证书、操作记录和消息。内容没有遮盖，请妥善保管。";
        public const string Go = "导出";
        public const string Ready = "数据已准备好";
        public const string ReadyNote = "文件只在这台手机上生成，离开本页后须重新导出。";
        public const string File = "标证通个人数据";
        public const string FileName = "标证通个人数据.json";
        public const string At = "导出时间";
        public const string Certificates = "证书";
        public const string Operations = "操作记录";
        public const string Messages = "消息";

        public static string Count(int count) => $"{count} 条";
    }

    public static class Closure
    {
        public const string Title = "注销账号";
        public const string Obstacles = "注销前须先处理";
        public const string Destroyed = "注销后立即删除";
        public const string Kept = "依法保留";
        public const string Understood = "我已了解，注销后不能恢复";
        public const string UnderstoodFirst = "请先勾选";
        public const string Go = "注销账号";
        public const string Ask = "确认注销账号？";
        public const string AskNote = "注销后不能恢复，同一手机号再次登录将是新账号。";
        public const string Yes = "注销账号";
        public const string No = "暂不注销";
        public const string Done = "账号已注销";
    }
}
