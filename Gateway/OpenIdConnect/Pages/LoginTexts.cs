namespace Bzt.Gateway.OpenIdConnect.Pages;

internal static class LoginTexts
{
    public const string Created = "请用标证通扫码";
    public const string Scanned = "已扫码，请在手机上确认";
    public const string Confirmed = "已确认，正在处理";
    public const string Offline = "网络已断开，正在重连…";
    public const string Ok = "已完成，正在返回平台";
    public const string Gone = "页面已失效，请重新发起";
    public const string Refused = "您已在手机上拒绝";
    public const string TimedOut = "已超时";
    public const string WrongPin = "PIN码错误，未完成";
    public const string Locked = "证书已锁定，请稍后再试或在手机上查看";
    public const string CertificateUnusable = "证书不可用，请在手机上查看原因";
    public const string ProtocolFailure = "通信失败，请重新发起";
    public const string Cancelled = "已取消";
    public const string QrLabel = "登录二维码，请用标证通扫描";
    public const string Here = "在本机打开标证通";
    public const string NoScript = "二维码每秒更新，请在浏览器中启用JavaScript后刷新本页面。";
    public const string Care = "请只扫描您自己打开的页面上的二维码，不要扫描他人发来的截图。";

    public static string Title(AuthorizationPurpose purpose) => purpose switch
    {
        AuthorizationPurpose.Credential => "扫码签名",
        AuthorizationPurpose.Service => "扫码授权",
        _ => "扫码登录",
    };

    public static string Explain(AuthorizationPurpose purpose, string platform, int count) => purpose switch
    {
        AuthorizationPurpose.Credential => $"【{platform}】请您签名 {count} 份内容（仅摘要）。",
        AuthorizationPurpose.Service => $"【{platform}】请求查看您的证书并向您的手机发送签名请求。",
        _ => $"您正在登录【{platform}】。",
    };
}
