using Bzt.Contracts;

namespace Bzt.Gateway.Problems;

/// <summary>HTTP status and title of every code. The title is shown to people as it is.</summary>
internal static class ProblemTexts
{
    public static (int Status, string Title) Of(string code) => code switch
    {
        ErrorCodes.InvalidRequest => (400, "请求格式不正确"),
        ErrorCodes.MethodNotAllowed => (405, "不支持的请求方法"),
        ErrorCodes.BodyTooLarge => (413, "提交的内容过大"),
        ErrorCodes.NotFound => (404, "未找到"),
        ErrorCodes.IdempotencyConflict => (409, "同一操作编号已用于不同的请求"),
        ErrorCodes.RateLimited => (429, "操作过于频繁，请稍后再试"),
        ErrorCodes.Unavailable => (503, "服务暂不可用，请稍后再试"),
        ErrorCodes.InternalError => (500, "服务器内部错误"),
        ErrorCodes.ClientOutdated => (426, "当前版本过旧，请刷新后再试"),

        ErrorCodes.Unauthenticated => (401, "请先登录"),
        ErrorCodes.InvalidDpop => (401, "设备签名无效"),
        ErrorCodes.Forbidden => (403, "没有权限"),
        ErrorCodes.DeviceLimited => (403, "账号已在其他设备上使用，请先在本设备重新实名认证"),
        ErrorCodes.RealNameRequired => (403, "尚未实名认证，无法操作"),

        ErrorCodes.SmsCodeWrong => (422, "验证码不正确"),
        ErrorCodes.SmsCodeExpired => (422, "验证码已失效，请重新获取"),
        ErrorCodes.SmsTooMany => (429, "验证码获取过于频繁"),
        ErrorCodes.RealNameMismatch => (422, "信息与银行预留信息不一致"),
        ErrorCodes.RealNameAlready => (409, "账号已实名认证，不能更换实名身份"),
        ErrorCodes.RealNameTaken => (409, "该身份已在其他账号实名认证"),
        ErrorCodes.RealNameUnderage => (422, "未满18周岁，不能实名认证"),
        ErrorCodes.RealNameNotPassed => (422, "认证未通过，请核对姓名和身份证号后由本人重新认证"),
        ErrorCodes.RealNameCancelled => (409, "认证已取消"),
        ErrorCodes.RealNameExpired => (410, "认证已超时，请重新发起"),
        ErrorCodes.RealNameWayClosed => (409, "暂不支持该认证方式，请选择其他方式"),
        ErrorCodes.RealNameReturnInvalid => (409, "返回的页面不属于本次认证"),
        ErrorCodes.BankCardUnusable => (422, "该银行卡不能用于认证，请更换银行卡"),
        ErrorCodes.ProviderUnavailable => (503, "第三方服务暂不可用，请稍后再试"),

        ErrorCodes.PasswordWrong => (422, "手机号或密码不正确"),
        ErrorCodes.PasswordUnacceptable => (422, "密码须为8至64位，不能包含手机号，也不能过于简单"),
        ErrorCodes.ConsentRequired => (403, "请先阅读并同意最新的用户协议和隐私政策"),
        ErrorCodes.PhoneNumberTaken => (409, "该手机号已属于其他账号"),
        ErrorCodes.RealNameProofNeeded => (403, "请先在本设备重新实名认证，十分钟内有效"),
        ErrorCodes.WeChatNotOffered => (422, "暂未开通微信登录"),
        ErrorCodes.WeChatRefused => (422, "微信授权已失效，请重新授权"),
        ErrorCodes.WeChatTaken => (409, "该微信或该账号已绑定，请先解除原绑定"),
        ErrorCodes.WeChatTicketExpired => (422, "微信登录已超时，请重新授权"),
        ErrorCodes.ClosureBlocked => (409, "账号暂不能注销"),
        ErrorCodes.AccountClosed => (410, "账号已注销"),
        ErrorCodes.NumberChangeUnknown => (404, "没有待确认的手机号更换"),

        ErrorCodes.CreditCodeInvalid => (422, "统一社会信用代码校验位不正确"),
        ErrorCodes.EnterpriseClaimed => (409, "该企业已被认领"),
        ErrorCodes.EnterpriseMismatch => (422, "企业信息不一致"),
        ErrorCodes.OfferUnknown => (422, "所选平台、CA或有效期不存在"),
        ErrorCodes.ApplicationStateWrong => (409, "申请当前状态不允许此操作"),
        ErrorCodes.PaymentRequired => (402, "请先完成支付"),
        ErrorCodes.BlobUnknown => (422, "上传的文件不存在"),
        ErrorCodes.BlobTypeNotAllowed => (415, "不支持的文件类型"),

        ErrorCodes.NotAuthorised => (403, "不在企业授权范围内，请联系企业管理员"),
        ErrorCodes.NotMember => (403, "不是该企业成员，不能使用企业证书"),
        ErrorCodes.EnterpriseUnclaimed => (409, "该企业尚未被认领"),
        ErrorCodes.AdministratorStays => (409, "管理员不能被删除，请先转授管理员"),
        ErrorCodes.InvitationOpen => (409, "已邀请该手机号，请等待对方处理或先撤回"),
        ErrorCodes.InvitationOver => (409, "邀请已处理、已撤回或已过期"),
        ErrorCodes.InvitationNameMismatch => (422, "邀请的姓名与您的实名信息不一致，请联系管理员重新邀请"),
        ErrorCodes.TransferOpen => (409, "已有未完成的管理员转授，请先撤回"),
        ErrorCodes.TransferOver => (409, "管理员转授已处理、已撤回或已过期"),
        ErrorCodes.AdministratorMismatch => (422, "管理员信息不匹配"),
        ErrorCodes.AlreadyMember => (409, "您已是该企业成员"),

        ErrorCodes.LetterNotSealed => (409, "授权书尚未盖章"),
        ErrorCodes.CertificateNotRenewable => (409, "该证书当前不能办理此业务"),
        ErrorCodes.PermissionsRequired => (422, "请选择授权权限"),

        ErrorCodes.PhotoUnreadable => (422, "照片无法读取，请重新拍摄后上传JPEG或PNG照片"),
        ErrorCodes.PhotoTooLarge => (422, "照片像素过高，请降低分辨率后重新上传"),
        ErrorCodes.SealsIncomplete => (422, "单位公章、法定代表人印鉴、法定代表人签字须全部提取成功"),
        ErrorCodes.SealsConfirmed => (409, "印章已确认，不能再修改"),
        ErrorCodes.SealCropsTooMany => (429, "裁剪次数过多，请重新拍照上传"),

        ErrorCodes.QrInvalid => (422, "二维码无效"),
        ErrorCodes.QrStale => (422, "二维码已过期，请扫描最新的二维码"),
        ErrorCodes.SessionExpired => (410, "请求已超时"),
        ErrorCodes.SessionEnded => (409, "请求已结束"),
        ErrorCodes.SessionTaken => (409, "请求已由其他用户扫码"),
        ErrorCodes.SessionConfirming => (409, "手机正在确认此请求，请稍候"),
        ErrorCodes.CertificateNotEligible => (403, "所选证书不能用于此请求"),
        ErrorCodes.NotBound => (403, "尚未在该平台绑定证书"),
        ErrorCodes.DocumentRefused => (422, "待签内容不符合规定"),
        ErrorCodes.KindNotAllowed => (403, "平台无权发起此类请求"),

        ErrorCodes.BidsUnopened => (409, "该证书加密的投标文件尚未开标，注销后将无法解密"),

        ErrorCodes.PinLockedForGood => (409, "PIN码已永久锁定，只能找回证书"),
        ErrorCodes.PinResetNeedsProof => (403, "请先在本机重新实名认证，10分钟内有效"),
        ErrorCodes.PinResetRunning => (409, "PIN码重置申请已在等待中"),
        ErrorCodes.PinResetPaused => (429, "上一次PIN码重置已被阻止，暂不能再次申请"),
        ErrorCodes.PinResetTooMany => (429, "近30天内PIN码重置次数已达上限"),
        ErrorCodes.PinResetNone => (409, "没有可处理的PIN码重置申请"),
        ErrorCodes.PinResetTooLate => (409, "PIN码已重置，不能再阻止；若非本人操作，请立即注销证书"),
        ErrorCodes.CertificateUnusable => (409, "证书当前不可用"),
        ErrorCodes.ChannelRejected => (422, "安全通道校验失败"),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "A code without status and title."),
    };
}
