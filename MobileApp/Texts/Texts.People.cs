using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Joining
    {
        public const string Title = "加入企业";
        public const string Know = "知道管理员信息并申请加入";
        public const string WaitForClaim = "有管理员后通知我";
        public const string WaitForClaimDone = "已登记，企业认领完成后会在【消息】里通知您。您也可以请企业负责人来认领。";
        public const string Unclaimed = "这家企业还没有管理员，须先由企业负责人认领。";
        public const string AskTransfer = "申请转授管理员";
        public const string Replace = "管理员联系不上";
        public const string Remit = "对公打款加入（免证书）";
        public const string OtherWays = "其他方式";
        public const string AdministratorStep = "管理员信息";
        public const string CertificateStep = "证书信息";
        public const string ScopeStep = "授权权限";
        public const string AdministratorWhy = "请填写管理员的真实姓名和手机号，用来确认您确实认识管理员。";
        public const string AdministratorName = "管理员姓名";
        public const string AdministratorPhone = "管理员手机号";
        public const string AdministratorWrong = "管理员信息不匹配";
        public const string AdministratorWrongAdvice = "请与管理员核对姓名和手机号后再试。多次不匹配，当天不能再试。";
        public const string ScopeWhy = "由管理员审核，通过后只能在所选权限内办理业务。";
        public const string ScopeMissing = "请至少选择一项权限";
        public const string Submit = "提交申请";
        public const string Summary = "提交给管理员审核";
        public const string WishTitle = "申请转授管理员";
        public const string WishWhy = "填写现任管理员的信息后，会给他发一条消息，由他决定是否把管理员转授给您。";
        public const string WishSend = "发送申请";
        public const string WishDone = "已通知管理员";
        public const string WishDoneNote = "管理员同意后，会先邀请您加入企业，再把管理员转授给您。结果会发到【消息】。";

        public static string StepName(int step) => step switch { 1 => AdministratorStep, 2 => CertificateStep, _ => ScopeStep };
    }

    public static class Scopes
    {
        public const string Title = "授权权限";

        public static string Of(AuthorisationScope scope) => scope switch
        {
            AuthorisationScope.Login => "登录",
            AuthorisationScope.Sign => "签名",
            AuthorisationScope.Seal => "签章",
            AuthorisationScope.Encrypt => "加密",
            AuthorisationScope.Decrypt => "解密",
            _ => Unknown,
        };

        public static string NoteOf(AuthorisationScope scope) => scope switch
        {
            AuthorisationScope.Login => "登录交易平台、绑定证书",
            AuthorisationScope.Sign => "以企业名义签名",
            AuthorisationScope.Seal => "使用企业印章",
            AuthorisationScope.Encrypt => "生成加密的投标文件",
            AuthorisationScope.Decrypt => "开标时解密投标文件",
            _ => "",
        };

        public static string All(IEnumerable<AuthorisationScope> scopes) => string.Join('、', scopes.Order().Select(Of));
    }

    public static class Remittances
    {
        public const string Title = "对公打款";
        public const string What = "用企业的对公账户汇入指定金额，核实后您成为企业成员。";
        public const string NoCertificate = "对公打款只免除加入时的证书申请。登录、签章、解密等业务仍须有企业证书，建议直接申请证书。";
        public const string Name = "企业名称";
        public const string NameHint = "须与对公账户的户名一致";
        public const string Tail = "对公账户后六位";
        public const string TailHint = "汇款账户账号的最后6位数字";
        public const string TailWrong = "请输入账号的最后6位数字";
        public const string Agree = "我知晓并同意";
        public const string AgreeNote = "对公打款仅用于免证书认证，后续操作均需在有企业证书的情况下才可操作。";
        public const string AgreeFirst = "请先勾选“我知晓并同意”";
        public const string Begin = "获取打款信息";
        public const string Amount = "请汇入";
        public const string Payee = "收款户名";
        public const string Bank = "开户银行";
        public const string Account = "收款账号";
        public const string From = "汇款账户";
        public const string Deadline = "截止时间";
        public const string Remitted = "我已汇款";
        public const string Waiting = "尚未收到汇款。银行到账通常需要几分钟，到账后会发消息通知您。";
        public const string WaitingChip = "等待到账";
        public const string Again = "重新申请";
        public const string Received = "到账记录";
        public const string Exactly = "金额、汇款户名和账号须完全一致，多汇少汇都不能通过。";
        public const string Done = "认证成功";
        public const string DoneNote = "您已是企业成员。办理证书业务还须申请企业证书。";
        public const string ExpiredChip = "已过期";
        public const string Expired = "规定时间内没有收到正确的汇款，本次申请已结束。之后到账的汇款不再有效。";
        public const string ClosedChip = "已被取代";
        public const string Closed = "您已重新申请，请按新的打款信息汇款。";

        public static string TailOf(string tail) => $"尾号 {tail}";

        public static string VerdictOf(RemittanceVerdict verdict) => verdict switch
        {
            RemittanceVerdict.Matched => "核实通过",
            RemittanceVerdict.WrongAmount => "金额不符",
            RemittanceVerdict.WrongPayer => "账户不符",
            RemittanceVerdict.Late => "已过期",
            _ => "重复汇款",
        };

        public static string NoteOf(RemittanceVerdict verdict) => verdict switch
        {
            RemittanceVerdict.Matched => "认证通过",
            RemittanceVerdict.WrongAmount => "请按页面上的金额重新汇款",
            RemittanceVerdict.WrongPayer => "请用填写的对公账户重新汇款",
            RemittanceVerdict.Late => "请重新申请后再汇款",
            _ => "此前的汇款已通过，请勿再汇",
        };
    }

    public static class People
    {
        public const string Title = "人员管理";
        public const string Members = "人员";
        public const string Invitations = "已邀请";
        public const string Add = "新增";
        public const string Alone = "还没有办事人员";
        public const string AloneNote = "新增人员后，可以为其授权并办理证书。";
        public const string Remove = "删除人员";
        public const string RemoveNote = "此人的授权立即终止，不能再使用本企业的证书，正在进行的会话随即结束，并通知CA。";
        public const string RemoveConfirm = "删除";
        public const string RemoveAnyway = "仍要删除";
        public const string Keep = "暂不删除";
        public const string Held = "此人的证书加密的投标文件尚未开标，删除后将无法解密：";
        public const string You = "您";
        public const string Person = "人员信息";
        public const string Name = "姓名";
        public const string Phone = "手机号";
        public const string Role = "角色";
        public const string Since = "加入时间";
        public const string Via = "加入方式";
        public const string InForce = "有效授权";
        public const string InForceNone = "没有授权，不能使用企业证书";
        public const string Authorisations = "授权记录";
        public const string OnlyAdministrator = "人员由企业管理员管理";
        public const string InviteTitle = "新增人员";
        public const string InviteWhy = "对方接受后成为办事人员；没有注册的，用此手机号登录后会看到邀请。";
        public const string InviteName = "姓名";
        public const string InviteNameHint = "须与对方身份证上的姓名一致";
        public const string InvitePhone = "手机号";
        public const string InviteSend = "新增人员";
        public const string Withdraw = "撤回邀请";
        public const string Waiting = "等待接受";

        public static string Count(int count) => $"{count} 人";

        public static string RemoveAsk(string name) => $"确认删除 {name}？";

        public static string ViaOf(MemberVia via) => via switch
        {
            MemberVia.Claim => "认领企业",
            MemberVia.Join => "申请加入",
            MemberVia.Remittance => "对公打款",
            MemberVia.Invitation => "管理员邀请",
            _ => "法定代表人重新授权",
        };

        public static string RoleOf(MemberRole role) => role == MemberRole.Administrator ? "管理员" : "办事人员";

        public static string StateOf(InvitationState state) => state switch
        {
            InvitationState.Open => Waiting,
            InvitationState.Accepted => "已加入",
            InvitationState.Declined => "已谢绝",
            InvitationState.Withdrawn => "已撤回",
            _ => "已过期",
        };

        public static string Until(DateTimeOffset end) => $"{Moment(end)} 前有效";
    }

    public static class Invitations
    {
        public const string Title = "加入企业邀请";
        public const string None = "邀请已处理、已撤回或已过期";
        public const string What = "接受后您成为该企业的办事人员。管理员授权并办理证书后，才能以企业名义签章。";
        public const string Accept = "接受";
        public const string Decline = "谢绝";
        public const string DeclineAsk = "确认谢绝这个邀请？";
        public const string DeclineNote = "谢绝后须由管理员重新邀请。";
        public const string Accepted = "已加入企业";
        public const string Declined = "已谢绝";
        public const string DeclinedNote = "管理员会收到通知。";
        public const string Enterprise = "企业";
        public const string For = "受邀人";
        public const string Ends = "有效期至";

        public static string From(string enterprise) => $"{enterprise} 邀请您加入";

        public static string OverOf(InvitationInfo invitation) => invitation.State switch
        {
            InvitationState.Withdrawn => "管理员已撤回这个邀请。",
            InvitationState.Expired => "邀请已过期，请联系管理员重新邀请。",
            InvitationState.Declined => DeclinedNote,
            _ => $"您现在是{invitation.EnterpriseName}的办事人员。需要证书时，可在首页【新增证书】申请。",
        };
    }

    public static class Transfer
    {
        public const string Title = "转授管理员";
        public const string What = "企业只有一位管理员。对方接受后由其管理人员与授权，您转为办事人员。";
        public const string To = "新管理员";
        public const string Begin = "下一步";
        public const string ToPin = "确认，输入PIN码";
        public const string Look = "请核对将要签名的内容";
        public const string Waits = "等待对方接受";
        public const string Withdraw = "撤回转授";
        public const string WithdrawAsk = "确认撤回？";
        public const string WithdrawNote = "撤回后您仍是管理员。";
        public const string NoCertificate = "转授须用您在本企业的证书确认，这台手机上没有可用的证书。";
        public const string Ended = "转授请求已结束，没有签名";
        public const string Asked = "请您接任企业管理员";
        public const string AskedNote = "接任后由您管理企业的人员与授权，现任管理员转为办事人员。";
        public const string Accept = "接任管理员";
        public const string Decline = "谢绝";
        public const string DeclineAsk = "确认谢绝？";
        public const string DeclineNote = "谢绝后管理员不变，对方会收到通知。";
        public const string None = "没有进行中的转授";
        public const string Enterprise = "企业";
        public const string Ends = "截止时间";

        public static string SignedNote(string name) => $"已通知 {name}，等待其接受。接受之前您仍是管理员。";

        public static (string Title, string Note) EndOf(TransferState state, bool mine) => (state, mine) switch
        {
            (TransferState.Done, true) => ("管理员已转授", "您现在是办事人员。"),
            (TransferState.Done, false) => ("您已成为企业管理员", "可以管理企业的人员与授权了。"),
            (TransferState.Declined, true) => ("对方已谢绝", "您仍是管理员。"),
            (TransferState.Declined, false) => ("已谢绝", "管理员不变，对方会收到通知。"),
            (TransferState.Withdrawn, true) => ("已撤回", "您仍是管理员。"),
            (TransferState.Withdrawn, false) => ("对方已撤回", "管理员不变。"),
            (TransferState.Expired, true) => ("对方未在期限内接受", "您仍是管理员，可以重新发起。"),
            _ => ("已超过处理期限", "管理员不变。"),
        };
    }

    public static class EnterpriseInfo
    {
        public const string Title = "企业信息";
        public const string Name = "企业名称";
        public const string Administrator = "管理员";
        public const string Seals = "企业印章";
        public const string Change = "变更企业信息";
        public const string ChangeAsk = "确认变更企业信息？";
        public const string Warning = "企业信息一经变更，不能恢复，无法解密原有文件！";
        public const string ChangeNote = "须重新上传执照和申请书，由CA审核，并为新的企业信息签发证书。";
        public const string Held = "以下投标文件尚未开标，变更后可能无法解密：";
        public const string Later = "暂不变更";
        public const string Anyway = "仍要变更";
        public const string Continue = "确定";
        public const string Log = "操作记录";

        public static string ActOf(EnterpriseAct act) => act switch
        {
            EnterpriseAct.Claimed => "认领企业",
            EnterpriseAct.MemberAdded => "人员加入",
            EnterpriseAct.MemberRemoved => "删除人员",
            EnterpriseAct.AuthorisationGranted => "授权生效",
            EnterpriseAct.AuthorisationRevoked => "删除授权",
            EnterpriseAct.Invited => "邀请人员",
            EnterpriseAct.InvitationWithdrawn => "撤回邀请",
            EnterpriseAct.InvitationAccepted => "接受邀请",
            EnterpriseAct.InvitationDeclined => "谢绝邀请",
            EnterpriseAct.TransferStarted => "发起转授管理员",
            EnterpriseAct.TransferConfirmed => "确认转授管理员",
            EnterpriseAct.TransferWithdrawn => "撤回转授管理员",
            EnterpriseAct.TransferDeclined => "谢绝接任管理员",
            EnterpriseAct.AdministratorChanged => "管理员变更",
            _ => "企业信息变更",
        };

        public static string SealOf(SealKind kind) => kind switch
        {
            SealKind.Enterprise => "单位公章",
            SealKind.LegalRepresentative => "法定代表人印鉴",
            _ => "法定代表人签字",
        };
    }
}
