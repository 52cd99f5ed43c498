using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.MobileApp.Records;
using Bzt.Protocol.Forms;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Scan
    {
        public const string Title = "扫码";
        public const string Hint = "将电脑上的二维码放入框内";
        public const string Starting = "正在打开相机…";
        public const string Opening = "正在打开请求…";
        public const string Denied = "未获得相机权限。请在系统设置中允许，或从相册选择、手动输入。";
        public const string Missing = "没有可用的相机。请从相册选择或手动输入。";
        public const string Unread = "相机没有打开";
        public const string UnreadAdvice = "网络不通，识别二维码的程序没有收到。请检查网络后重试。";
        public const string Torch = "手电筒";
        public const string Album = "相册";
        public const string Type = "手动输入";
        public const string Link = "二维码链接";
        public const string LinkHint = "网页二维码下方可复制链接，几秒内有效";
        public const string OpenLink = "打开";
        public const string NotOurs = "这不是标证通的二维码";
        public const string Stale = "二维码已失效，请在电脑端刷新后重扫";
        public const string NothingInPicture = "图片中没有找到二维码";
    }

    public static class Confirm
    {
        public const string Who = "谁在请求";
        public const string Registered = "已登记平台";
        public const string Project = "项目";
        public const string Certificate = "证书";
        public const string Choose = "使用哪一张证书";
        public const string Asked = "发起时间";
        public const string Signs = "将签名的内容";
        public const string Digest = "文件摘要（SM3），可与电脑端核对";
        public const string PdfSeal = "签章";
        public const string OnlyDigest = "仅摘要";
        public const string BidFile = "将签名的投标文件";
        public const string BidNote = "投标文件已在电脑上加密，签名后由电脑端保存，不会上传到标证通。";
        public const string OpeningTime = "开标时间";
        public const string Readers = "可解密者";
        public const string AskedTitle = "签名请求";
        public const string AskedOver = "此请求已结束";
        public const string AskedOverNote = "可能已经处理、已超时，或已在电脑端取消。如仍需办理，请在电脑端重新发起。";
        public const string HashOnly = "仅摘要：看不到文件内容，请先与电脑端核对。";
        public const string CheckCode = "核对码";
        public const string CheckCodeNote = "应与电脑端显示的一致";
        public const string OnlyThisPc = "仅这台电脑可读取";
        public const string NotMe = "不是我发起的";
        public const string Refuse = "拒绝";
        public const string ToPin = "确认，输入PIN码";
        public const string CodeDiffers = "不一致，拒绝";
        public const string CodeSame = "一致，输入PIN码";
        public const string ScanAgain = "重新扫码";
        public const string ChooseSeal = "使用哪一枚印章";
        public const string Hurry = "不足一分钟，请尽快确认";
        public const string Settling = "已提交，正在核实结果，请勿重复操作";
        public const string NoBinding = "请用标证通里的扫码";
        public const string NoBindingAdvice = "解密请求须在标证通内扫码，才能核对是哪台电脑在读取。";

        public static string TitleOf(SessionKind? kind) => kind switch
        {
            SessionKind.Login => "确认登录",
            SessionKind.Bind => "确认绑定",
            SessionKind.Encrypt => "确认生成",
            SessionKind.Decrypt => "确认解密",
            SessionKind.Sign => "确认签名",
            SessionKind.Withdraw => "确认撤章",
            _ => "确认签章",
        };

        public static string SealOf(SealKind seal) => seal switch
        {
            SealKind.Enterprise => "单位公章",
            SealKind.LegalRepresentative => "法人章",
            _ => "签名",
        };

        /// <summary>It is the request that ends: an opening may last longer, and says so on the PC.</summary>
        public static string Late(SessionKind kind) => kind == SessionKind.Decrypt
            ? "请求已超时，没有解密。未到解密截止时间的，请在电脑端重新发起。"
            : "请求已超时，没有签名。请在电脑端重新发起。";

        public static string LoginStatement(LoginForm form) => form.Purpose == LoginPurpose.Bind
            ? $"将这张证书绑定到【{form.PlatformName}】的{(form.CreditCode.Length > 0 ? "企业" : "个人")}账号。"
            : $"您正在登录【{form.PlatformName}】。";

        public static string LoginWarning(LoginForm form) => form.Purpose == LoginPurpose.Bind
            ? "绑定后可用这张证书登录该平台。若不是您本人操作，请拒绝。"
            : "若不是您本人操作，请拒绝。";

        /// <summary>Only digests are signed, not sealed: nobody sees a document.</summary>
        public static string Stamps(OpenedRequest request, int count) => SignsDigests(request) ? $"将签名 {count} 份摘要" : $"将签章 {count} 份文件";

        public static string SealDocument(string property) => property.Length > 0 ? property : "电子印章签名";

        public static string LetterFor(AuthorisationForm letter) => $"授权 {letter.Grantee} · {string.Join('、', letter.Scope)}";

        public static string More(int count) => $"还有 {count} 份";

        public static string ReadersOf(int count) => $"{count} 张加密证书的持有人";

        /// <summary>One bid has several: its sections.</summary>
        public static string Opens(int count) => $"开标解密：{count} 个文件";

        public static string ServerReads(string platform) => $"【{platform}】服务器可读取文件";

        public static string TooEarly(DateTimeOffset opening) => $"尚未到开标时间（{Moment(opening)}），现在解密将提前公开报价。";

        public static string Until(string clock, bool decrypts) => decrypts ? $"请在 {clock} 内确认，只解密以上文件" : $"请在 {clock} 内确认，签名只对以上内容有效";

        public static string NameOf(SigningForm form) => form switch
        {
            CmsPdfForm pdf => pdf.DocumentName,
            GmPdfForm pdf => pdf.DocumentName,
            SesForm seal => SealDocument(seal.DocumentName),
            AuthorisationForm letter => letter.LetterName,
            BidManifestForm manifest => manifest.ProjectName,
            HashOnlyForm hash => hash.Label,
            LoginForm login => login.PlatformName,
            InstructionForm instruction => instruction.Facts[0].Value,
            _ => Unknown,
        };

        public static string InOneLine(OpenedRequest request) => request.Session.Kind switch
        {
            SessionKind.Login => "登录",
            SessionKind.Bind => "绑定证书",
            SessionKind.Encrypt => "生成投标文件",
            SessionKind.Withdraw => "撤销签章",
            SessionKind.Decrypt => $"解密 {request.Decryption!.Items.Count} 个文件",
            _ => SignsDigests(request) ? $"签名 {request.Forms.Count} 份摘要" : $"签章 {request.Forms.Count} 份文件",
        };

        private static bool SignsDigests(OpenedRequest request) => request.Forms.Count > 0 && request.Forms.All(form => form is HashOnlyForm);
    }

    public static class Pin
    {
        public const string Screen = "验证身份";
        public const string Title = "请输入证书PIN码";
        public const string Keys = "数字键盘";
        public const string Erase = "删除一位";
        public const string Leave = "返回";
        public const string Checking = "正在验证…";
        public const string Forgotten = "忘记PIN码";
        public const string LockedForGood = "连续输错10次，证书已永久锁定，需找回证书。";
        public const string LockedNote = "签章、解密均不可用，与费用无关";

        public static string Entered(int count) => $"已输入 {count} 位，共 {PinRules.Length} 位";

        /// <summary>The tries that count for the user are those to the next lock: after 5, after 8, after 10.</summary>
        public static string Wrong(PinOutcome.WrongPin wrong) => wrong switch
        {
            { LockedForGood: true } => LockedForGood,
            { LockedUntil: not null } => "PIN码不正确，证书已锁定",
            _ => $"PIN码不正确，还可再试 {NextLock(wrong.Failures).At - wrong.Failures} 次",
        };

        public static string? WrongNote(PinOutcome.WrongPin wrong)
        {
            var (at, what) = NextLock(wrong.Failures);
            return wrong switch
            {
                { LockedForGood: true } or { LockedUntil: not null } => LockedNote,
                _ when at - wrong.Failures == 1 => $"再错 1 次{what}",
                _ => $"连续输错 {at} 次，此证书{what}",
            };
        }

        public static string LockedFor(TimeSpan left) => $"证书已锁定，{Clock(left)} 后自动解锁";

        public static string LockedSince(DateTimeOffset? until) => until is { } end ? $"证书已锁定，{Moment(end)} 后自动解锁" : LockedForGood;

        public static Fault FaultOf(PinOutcome outcome) => outcome switch
        {
            PinOutcome.Frozen => new Fault("证书已冻结", "这张证书可能被复制到另一台手机，现已停止使用。须由您本人重新实名认证后恢复。"),
            PinOutcome.Locked locked => new Fault(LockedSince(locked.Until), LockedNote),
            PinOutcome.Ended => new Fault("请求已结束，没有签名", "可能已超时，或已在电脑端取消。请在电脑端重新发起。"),
            PinOutcome.Failed failed => new Fault("没有完成，没有签名", $"请在电脑端重新发起。咨询时请报编号 {failed.Code}。"),
            _ => new Fault("没有完成，没有签名", "请在电脑端重新发起。"),
        };

        private static (int At, string What) NextLock(int failures) => failures switch
        {
            < 5 => (5, "将锁定 30 分钟"),
            < 8 => (8, "将锁定 24 小时"),
            _ => (10, "将永久锁定"),
        };
    }

    public static class Result
    {
        public const string Title = "操作结果";
        public const string Items = "每份文件的结果";
        public const string DoneAt = "完成时间";
        public const string ConfirmedAt = "操作时间";
        public const string Number = "操作编号";
        public const string Unknown = "正在核实结果";
        public const string Asking = "网络恢复后自动核实…";
        public const string Return = "返回平台";
        public const string Evidence = "查看操作凭证";
        public const string EvidenceNote = "可离线验证，企业与平台均可取得";

        public static string Count(int items) => $"共 {items} 份";

        public static string TitleOf(Ending ended) => ended switch
        {
            { Outcome: null } => "已拒绝",
            { Outcome: PinOutcome.Done } => DoneOf(ended.Confirmation.Kind),
            { Outcome: PinOutcome.WrongPin or PinOutcome.Locked } => "PIN码不正确，没有签名",
            { Outcome: var outcome } => Pin.FaultOf(outcome).Title,
        };

        public static string NoteOf(Ending ended) => ended switch
        {
            { Outcome: null, Disowned: true } => "没有签名，已告知平台不是您发起的。请修改平台的登录密码。",
            { Outcome: null } => "没有签名，电脑端会看到您已拒绝。",
            { Outcome: PinOutcome.Done, SessionFailed: true } => "文件已完成，会话没有建立。需要时请在下次签章时重新勾选。",
            { Outcome: PinOutcome.Done, Confirmation.SameDevice: true } => "请返回平台继续。",
            { Outcome: PinOutcome.Done } => DoneNote(ended.Confirmation),
            { Outcome: PinOutcome.WrongPin or PinOutcome.Locked } => "请在电脑端重新发起。",
            { Outcome: var outcome } => Pin.FaultOf(outcome).Advice ?? "",
        };

        private static string DoneOf(SessionKind kind) => kind switch
        {
            SessionKind.Login => "登录成功",
            SessionKind.Bind => "绑定成功",
            SessionKind.Encrypt => "生成完成",
            SessionKind.Decrypt => "解密完成",
            SessionKind.Sign => "签名完成",
            SessionKind.Withdraw => "撤章完成",
            _ => "签章完成",
        };

        private static string DoneNote(Confirmation confirmation) => confirmation.Kind switch
        {
            SessionKind.Login or SessionKind.Bind => "电脑端会自动继续。",
            SessionKind.Decrypt => $"{confirmation.Items.Count} 个文件的密钥已交给电脑端，电脑端会自动继续。",
            _ => $"{confirmation.Items.Count} 份文件已完成，电脑端会自动继续。",
        };

        public static string ItemDone(SessionKind kind) => kind == SessionKind.Decrypt ? "已解密" : kind == SessionKind.Seal ? "已签章" : kind == SessionKind.Withdraw ? "签章已撤销" : "已签名";

        public static string NumberOf(Guid session) => session.ToString("N")[20..].ToUpperInvariant();
    }
}
