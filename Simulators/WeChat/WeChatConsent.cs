using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Bzt.Simulators.WeChat;

/// <summary>What a consent page was asked for.</summary>
/// <param name="Page">Its own address.</param>
public sealed record WeChatConsent(Uri Page, Uri ReturnUrl, string Scope, string State)
{
    /// <summary>网站应用: shows a code on a computer for the phone to scan.</summary>
    public const string WebsitePath = "/connect/qrconnect";

    /// <summary>公众号: shown by WeChat itself.</summary>
    public const string OfficialAccountPath = "/connect/oauth2/authorize";

    public TimeSpan CodeLifetime => Page.AbsolutePath == WebsitePath ? TimeSpan.FromMinutes(10) : TimeSpan.FromMinutes(5);

    internal static (WeChatConsent? Consent, string Error) Read(Uri page, SimulatorKeys keys) =>
        Read(page.AbsolutePath, new QueryCollection(QueryHelpers.ParseQuery(page.Query)), keys);

    internal static (WeChatConsent? Consent, string Error) Read(string path, IQueryCollection query, SimulatorKeys keys)
    {
        if (query["appid"] != keys.WeChat.AppId)
        {
            return (null, "AppID 参数错误");
        }

        if (query["response_type"] != "code")
        {
            return (null, "response_type 参数错误");
        }

        var scope = query["scope"].ToString();
        if (!(path == WebsitePath ? scope == "snsapi_login" : path == OfficialAccountPath && scope is "snsapi_userinfo" or "snsapi_base"))
        {
            return (null, "Scope 参数错误或没有 Scope 权限");
        }

        if (!Uri.TryCreate(query["redirect_uri"], UriKind.Absolute, out var back) || back.Scheme is not ("http" or "https"))
        {
            return (null, "redirect_uri 参数错误");
        }

        var state = query["state"].ToString();
        if (state.Length > 128)
        {
            return (null, "state 参数错误");
        }

        // Rebuilt from what was understood; the host is nobody's concern.
        var own = QueryHelpers.AddQueryString("http://open.weixin.qq.com" + path,
            query.Where(pair => pair.Key is "appid" or "redirect_uri" or "response_type" or "scope" or "state").Select(pair => KeyValuePair.Create(pair.Key, new StringValues(pair.Value.ToString()))));
        return (new(new Uri(own), back, scope, state), "");
    }

    /// <summary>Back at the application: with a code, or, not agreed to, with the state alone.</summary>
    public string Return(string? code)
    {
        var back = code is null ? ReturnUrl.AbsoluteUri : QueryHelpers.AddQueryString(ReturnUrl.AbsoluteUri, "code", code);
        return QueryHelpers.AddQueryString(back, "state", State);
    }
}
