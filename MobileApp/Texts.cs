using System.Globalization;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;

namespace Bzt.MobileApp;

/// <summary>
/// Every text the app shows, in one place and by screen, so that whoever words or translates it finds it here. Longer than a file should be:
/// it is a list. Times are those of China, whatever the phone is set to.
/// </summary>
internal static class Texts
{
    public const string AppName = "标证通";
    public const string Back = "返回";
    public const string Close = "关闭";
    public const string Done = "完成";
    public const string Retry = "重试";
    public const string Loading = "正在加载";
    public const string Unknown = "—";
    public const string Offline = "网络已断开，正在重连…";

    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    public static string Quote(string number) => $"咨询时请报编号 {number[..Math.Min(number.Length, 16)]}";

    public static string Day(DateTimeOffset time) => In(time, "yyyy-MM-dd");

    public static string Moment(DateTimeOffset time) => In(time, "yyyy-MM-dd HH:mm");

    public static string Second(DateTimeOffset time) => In(time, "yyyy-MM-dd HH:mm:ss");

    public static string Clock(TimeSpan span) => span.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{span.Minutes:00}:{span.Seconds:00}");

    public static string Money(int fen) => fen == 0 ? "免费" : string.Create(CultureInfo.InvariantCulture, $"¥{fen / 100m:0.00}");

    public static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MB"),
    };

    public static string StepState(string state) => state switch { "done" => "，已完成", "now" => "，进行中", "bad" => "，未通过", _ => "，未开始" };

    private static string In(DateTimeOffset time, string format) => time.ToOffset(China).ToString(format, CultureInfo.InvariantCulture);

    public static class Tabs
    {
        public const string Label = "主导航";
        public const string Home = "首页";
        public const string Scan = "扫码";
        public const string Messages = "消息";
        public const string Me = "我的";

        public static string Unread(int count) => $"{count} 条未读";
    }

    public static class Update
    {
        public const string Title = "应用有更新，更新后继续刚才的操作";
        public const string Advice = "请更新后再试。";
        public const string Now = "立即更新";
    }

    public static class OtherWindow
    {
        public const string Title = "标证通已在另一窗口打开";
        public const string Note = "为保护您的证书，同一时间只能在一个窗口中使用。";
        public const string Take = "在此使用";
    }

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

    public static class Home
    {
        public const string NotNamed = "先完成实名认证，再办一张证书，就可以用手机登录、签章和解密。";
        public const string NoCertificate = "您已完成实名认证。再办一张证书，就可以用手机登录、签章和解密。";
        public const string Limited = "您的账号还在另一台手机上使用。这台手机须重新实名认证后才能办理证书业务。";
        public const string ProveName = "去实名认证";
        public const string ProveNameNote = "需要身份证号和一张本人的银行卡";
        public const string Scan = "开始扫码";
        public const string ScanNote = "登录、签章、生成、解密";
        public const string Todo = "等您处理";
        public const string Claim = "认领企业并申请企业证书";
        public const string ClaimNote = "企业第一次使用。您将成为唯一的管理员，须有法定代表人授权。";
        public const string Prepare = "认领前请准备";
        public const string PrepareLicence = "营业执照";
        public const string PrepareLicenceNote = "或社会信用代码证，拍照或从相册选择";
        public const string PrepareForm = "盖章签字的申请书";
        public const string PrepareFormNote = "盖单位公章、法人印鉴，并由法定代表人签名";
        public const string PrepareReview = "等待CA审核";
        public const string PrepareReviewNote = "审核通过后付费并下载证书";
        public const string MyCertificates = "正在使用的证书";
        public const string All = "全部";
        public const string Manage = "企业管理";
        public const string ManageNote = "查看状态与有效期";
        public const string ClaimAnother = "认领另一家企业";
        public const string ClaimAnotherNote = "每家企业使用各自的证书";
        public const string Administrator = "管理员";
        public const string Staff = "办事人员";

        public static string Hello(string? name) => name is null ? "您好" : $"{name}，您好";
    }

    public static class Enterprise
    {
        public const string Title = "搜索企业";
        public const string CreditCode = "统一社会信用代码";
        public const string CodeShort = "信用代码";
        public const string CreditCodeHint = "营业执照上的18位代码";
        public const string CreditCodeLength = "统一社会信用代码为18位";
        public const string Find = "查询";
        public const string Free = "这家企业尚未被认领";
        public const string FreeChip = "可认领";
        public const string FreeNote = "第一位下载企业证书的申请人将成为企业唯一的管理员。";
        public const string Claim = "认领企业";
        public const string ClaimedChip = "已认领";
        public const string ClaimedNote = "如需使用该企业的证书，请联系管理员。";
        public const string Administrator = "管理员";
    }

    public static class Claim
    {
        public const string Title = "认领企业";
        public const string Steps = "办理步骤";
        public const string Licence = "营业执照或社会信用代码证";
        public const string LicenceHint = "请平放拍摄，四角完整、文字清晰";
        public const string PhotoMissing = "请先上传照片";
        public const string EnterpriseName = "企业名称";
        public const string EnterpriseNameHint = "须与营业执照完全一致";
        public const string EnterpriseNameWrong = "请输入企业名称";
        public const string LegalName = "法定代表人姓名";
        public const string LegalId = "法定代表人身份证号";
        public const string Province = "省份";
        public const string Platform = "交易平台";
        public const string Recognition = "互认的平台使用同一张证书，选择常用的一家即可。";
        public const string Authority = "CA机构";
        public const string Years = "有效期与费用";
        public const string ChoiceMissing = "请选择交易平台、CA机构和有效期";
        public const string FormWhat = "请上传已盖单位公章、法定代表人印鉴并由法定代表人签名的证书申请书。";
        public const string Form = "证书申请书";
        public const string FormHint = "印章与签名须完整、清晰";
        public const string Summary = "提交前请核对";
        public const string Enterprise = "企业";
        public const string Legal = "法定代表人";
        public const string PlatformShort = "交易平台";
        public const string AuthorityShort = "CA机构";
        public const string YearsShort = "有效期";
        public const string Fee = "费用";
        public const string FeeLater = "审核通过后再付";
        public const string Previous = "上一步";
        public const string Next = "下一步";
        public const string Submit = "提交申请";

        public static string StepName(int step) => step switch { 1 => "企业信息", 2 => "证书信息", _ => "申请书" };

        public static string YearsOf(int years) => $"{years} 年";
    }

    public static class Photo
    {
        public const string Take = "拍照或从相册选择";
        public const string Uploading = "正在上传…";
        public const string Uploaded = "已上传";
        public const string Retake = "轻触可重新选择";
        public const string Unreadable = "无法读取这个文件，请选择照片或PDF";

        public static string Preview(string what) => $"{what}的照片";
    }

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

    public static class Payment
    {
        public const string Title = "付费";
        public const string Order = "订单号";
        public const string Created = "下单时间";
        public const string State = "状态";
        public const string Waiting = "付款完成后会自动继续。已付款而未显示时，正在向支付方核实，请勿重复支付。";
        public const string Check = "我已付款";
        public const string Paid = "支付成功";
        public const string PaidNote = "接下来设置PIN码并下载证书。";
        public const string ToDownload = "下载证书";

        public static string StateOf(OrderState state) => state switch
        {
            OrderState.Open => "待付款",
            OrderState.Paid => "已付款",
            OrderState.RefundDue => "退款中",
            OrderState.Refunded => "已退款",
            _ => "已关闭",
        };
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

    public static class Messages
    {
        public const string Title = "消息详情";
        public const string None = "暂无消息";
        public const string Gone = "这条消息已不存在";
        public const string Unread = "未读";
        public const string ToDownload = "付费并下载";
        public const string ToApplication = "查看申请";
        public const string ToCertificates = "查看证书";
    }

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

    public static class Scan
    {
        public const string Title = "扫码";
        public const string Hint = "将电脑上的二维码放入框内";
        public const string Starting = "正在打开相机…";
        public const string Opening = "正在打开请求…";
        public const string Denied = "未获得相机权限。请在系统设置中允许，或从相册选择、手动输入。";
        public const string Missing = "没有可用的相机。请从相册选择或手动输入。";
        public const string Torch = "手电筒";
        public const string Album = "相册";
        public const string Type = "手动输入";
        public const string Link = "二维码链接";
        public const string LinkHint = "电脑端二维码下方可复制链接";
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
        public const string Certificate = "企业证书";
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
            _ => "确认签章",
        };

        public static string LoginStatement(LoginForm form) => form.Purpose == LoginPurpose.Bind
            ? $"将这张证书绑定到【{form.PlatformName}】的企业账号。"
            : $"您正在登录【{form.PlatformName}】。";

        public static string LoginWarning(LoginForm form) => form.Purpose == LoginPurpose.Bind
            ? "绑定后可用这张证书登录该平台。若不是您本人操作，请拒绝。"
            : "若不是您本人操作，请拒绝。";

        public static string Stamps(int count) => $"将签章 {count} 份文件";

        public static string SealDocument(string property) => property.Length > 0 ? property : "电子印章签名";

        public static string LetterFor(AuthorisationForm letter) => $"授权 {letter.Grantee} · {string.Join('、', letter.Scope)}";

        public static string More(int count) => $"还有 {count} 份";

        public static string ReadersOf(int count) => $"{count} 张加密证书的持有人";

        public static string Opens(int count) => $"开标解密：{count} 个投标文件";

        public static string ServerReads(string platform) => $"【{platform}】服务器可读取文件";

        public static string TooEarly(DateTimeOffset opening) => $"尚未到开标时间（{Moment(opening)}），现在解密将提前公开报价。";

        public static string Until(string clock, bool decrypts) => decrypts ? $"距解密截止 {clock}" : $"请在 {clock} 内确认，签名只对以上内容有效";

        public static string NameOf(SigningForm form) => form switch
        {
            CmsPdfForm pdf => pdf.DocumentName,
            SesForm seal => SealDocument(seal.PropertyInfo),
            AuthorisationForm letter => letter.LetterName,
            BidManifestForm manifest => manifest.ProjectName,
            HashOnlyForm hash => hash.Label,
            LoginForm login => login.PlatformName,
            _ => Unknown,
        };

        public static string InOneLine(OpenedRequest request) => request.Session.Kind switch
        {
            SessionKind.Login => "登录",
            SessionKind.Bind => "绑定证书",
            SessionKind.Encrypt => "生成投标文件",
            SessionKind.Decrypt => $"解密 {request.Decryption!.Items.Count} 个文件",
            _ => $"签章 {request.Forms.Count} 份文件",
        };
    }

    public static class Pin
    {
        public const string Screen = "验证身份";
        public const string Title = "请输入证书PIN码";
        public const string Keys = "数字键盘";
        public const string Erase = "删除一位";
        public const string Leave = "返回";
        public const string Checking = "正在验证…";
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
        public const string At = "完成时间";
        public const string Number = "操作编号";
        public const string Refused = "已拒绝";
        public const string RefusedNote = "没有签名，电脑端会看到您已拒绝。";
        public const string NotMeNote = "没有签名。如有人反复以您的名义发起，请修改平台的登录密码，并联系平台核查。";

        public static string DoneOf(SessionKind kind) => kind switch
        {
            SessionKind.Login => "登录成功",
            SessionKind.Bind => "绑定成功",
            SessionKind.Encrypt => "生成完成",
            SessionKind.Decrypt => "解密完成",
            SessionKind.Sign => "签名完成",
            _ => "签章完成",
        };

        public static string NoteOf(PhoneSession session, OpenedRequest request) => session.Kind switch
        {
            SessionKind.Login or SessionKind.Bind => "电脑端会自动继续。",
            SessionKind.Decrypt => $"{request.Decryption!.Items.Count} 个文件的密钥已交给电脑端，电脑端会自动继续。",
            _ => $"{request.Forms.Count} 份文件已完成，电脑端会自动继续。",
        };

        public static string ItemDone(SessionKind kind) => kind == SessionKind.Decrypt ? "已解密" : kind == SessionKind.Seal ? "已签章" : "已签名";

        public static string NumberOf(Guid session) => session.ToString("N")[20..].ToUpperInvariant();
    }

    public static class Faults
    {
        public const string Network = "网络不可用，请稍后再试";
        public const string NetworkAdvice = "没有任何内容丢失。";
        public const string Unknown = "还不知道结果";
        public const string UnknownAdvice = "网络中断，请勿重复操作，恢复后会核实。";
        public const string Trust = "安全通道校验失败，已停止";
        public const string TrustAdvice = "可能有人冒充服务器。请换一个网络后重试，仍失败请联系客服。";
        public const string Internal = "出错了，请重试";
        public const string InternalAdvice = "反复出现时请联系客服。";
        public const string Away = "服务暂不可用，请稍后再试";
        public const string AwayAdvice = "没有重复扣费，也没有重复提交。";
        public const string Gone = "内容不存在或已被移除";
        public const string LoginEnded = "登录已失效，请重新登录";
        public const string CallUs = "如有疑问请联系客服核实。";
        public const string SmsCodeWrong = "验证码不正确";
        public const string SmsCodeExpired = "验证码已失效，请重新获取";
        public const string SmsTooMany = "验证码获取过于频繁";
        public const string TooOften = "操作过于频繁";
        public const string RealNameRequired = "尚未实名认证，无法操作";
        public const string RealNameMismatch = "信息与银行预留信息不一致";
        public const string RealNameMismatchAdvice = "请核对姓名、身份证号、卡号和预留手机号。";
        public const string RealNameTaken = "该身份已在其他账号实名认证";
        public const string RealNameUnderage = "未满18周岁，不能实名认证";
        public const string RealNameAlready = "账号已实名认证，不能更换实名身份";
        public const string BankCardUnusable = "该银行卡不能用于认证，请更换银行卡";
        public const string DeviceLimited = "账号已在另一台手机上使用";
        public const string DeviceLimitedAdvice = "请先在这台手机重新实名认证。";
        public const string CreditCodeInvalid = "统一社会信用代码校验位不正确";
        public const string CreditCodeAdvice = "请对照营业执照核对，注意字母与数字。";
        public const string EnterpriseClaimed = "该企业已被认领";
        public const string EnterpriseClaimedAdvice = "请联系企业管理员。";
        public const string EnterpriseMismatch = "企业名称与已登记的不一致";
        public const string ApplicationMoved = "申请的状态已变化，请返回查看";
        public const string PaymentRequired = "尚未收到付款，请稍候再试";
        public const string OfferUnknown = "所选平台、CA或有效期已调整，请重新选择";
        public const string PhotoLost = "照片需要重新上传";
        public const string PhotoType = "只支持照片或PDF";
        public const string TooLarge = "文件过大，请重新拍摄";
        public const string SessionExpired = "请求已超时";
        public const string SessionEnded = "请求已结束";
        public const string SessionTaken = "这个请求已由其他人扫码";
        public const string SessionAgain = "请在电脑端重新发起。";
        public const string NoCertificate = "这台手机上没有可用的证书";
        public const string NoCertificateAdvice = "请先下载证书；证书锁定或冻结时，可在【证书管理】查看。";
        public const string NotAuthorised = "不在企业授权范围内";
        public const string NotMember = "您不是该企业的成员";
        public const string AskAdministrator = "请联系企业管理员办理授权。";
        public const string NotOfGroup = "您的证书不适用于该平台";
        public const string NotOfGroupAdvice = "该平台不在证书的互认范围内。";
        public const string OtherEnterprise = "请求来自另一家企业的账号";
        public const string OtherEnterpriseAdvice = "平台上的企业名称与信用代码须与证书一致。";
        public const string NotBound = "尚未在该平台绑定证书";
        public const string NotBoundAdvice = "请先用密码登录平台，再扫码绑定证书。";
        public const string DocumentRefused = "待签内容不符合规定，已停止";

        public static string TryIn(int seconds) => seconds >= 90 ? $"请在 {(seconds + 59) / 60} 分钟后再试。" : $"请在 {seconds} 秒后再试。";
    }
}
