namespace Bzt.MobileApp;

internal static partial class Texts
{
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
        public const string NotOfGroup = "您的证书不适用于此请求";
        public const string NotOfGroupAdvice = "该平台不在证书的互认范围内，或者投标文件是用本企业的另一张证书加密的。";
        public const string OtherEnterprise = "请求来自另一家企业的账号";
        public const string OtherEnterpriseAdvice = "平台上的企业名称与信用代码须与证书一致。";
        public const string NotBound = "尚未在该平台绑定证书";
        public const string NotBoundAdvice = "请先用密码登录平台，再扫码绑定证书。";
        public const string DocumentRefused = "待签内容不符合规定，已停止";

        public static string TryIn(int seconds) => seconds >= 90 ? $"请在 {(seconds + 59) / 60} 分钟后再试。" : $"请在 {seconds} 秒后再试。";
    }
}
