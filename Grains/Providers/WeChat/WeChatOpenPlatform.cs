using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.WeChat;

/// <summary>
/// 微信开放平台 网页授权: the consent page, and <c>/sns/oauth2/access_token</c>, whose answer names the user. Nothing else is asked of WeChat:
/// the access token it also hands out (name, portrait) is dropped.
/// </summary>
sealed class WeChatOpenPlatform(IHttpClientFactory http, IOptions<WeChatOptions> options, TimeProvider time) : IWeChatLogin
{
    public const string HttpClientName = "wechat";

    public Uri? ConsentPage(Uri returnUrl, string state)
    {
        var settings = options.Value;

        // WeChat refuses parameters in any other order, and without the fragment.
        return string.IsNullOrEmpty(settings.AppId) ? null : new UriBuilder(settings.ConsentPage)
        {
            Query = $"appid={settings.AppId}&redirect_uri={Uri.EscapeDataString(returnUrl.AbsoluteUri)}&response_type=code&scope={settings.Scope}&state={Uri.EscapeDataString(state)}",
            Fragment = "wechat_redirect",
        }.Uri;
    }

    public async Task<WeChatResult> ExchangeAsync(string code, CancellationToken cancellation)
    {
        var settings = options.Value;
        if (string.IsNullOrEmpty(settings.AppId))
        {
            return new WeChatResult.Unavailable("not configured");
        }

        var address = new UriBuilder(settings.TokenEndpoint)
        {
            Query = $"appid={settings.AppId}&secret={Uri.EscapeDataString(settings.AppSecret)}&code={Uri.EscapeDataString(code)}&grant_type=authorization_code",
        }.Uri;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var client = http.CreateClient(HttpClientName);
        var (answer, failure) = await ProviderCall.SendAsync(client, request, settings.Timeout, time, cancellation);
        return answer switch
        {
            null => new WeChatResult.Unavailable(failure),
            { Status: not 200 } refused => new WeChatResult.Unavailable($"HTTP {refused.Status}"),
            { } received => Read(received.Body),
        };
    }

    static WeChatResult Read(byte[] body)
    {
        if (ErrorCode(body) is { } error and not 0)
        {
            return Refusal(error);
        }

        var fields = ProviderCall.TryReadStrings(body);
        return fields?.GetValueOrDefault("openid") is { Length: > 0 and <= 128 } openId && fields.ContainsKey("access_token")
            ? new WeChatResult.Ok(openId, fields.GetValueOrDefault("unionid") is { Length: > 0 } unionId ? unionId : null)
            : new WeChatResult.Unavailable("unreadable answer");
    }

    static WeChatResult Refusal(int error)
    {
        var code = error.ToString(CultureInfo.InvariantCulture);
        return error switch
        {
            // Busy, or more calls than our application may make: says nothing about the code.
            -1 or 45009 or 45011 or 50002 => new WeChatResult.Unavailable(code),
            40029 or 41008 => new WeChatResult.Refused(WeChatRefusal.CodeInvalid, code),
            40163 => new WeChatResult.Refused(WeChatRefusal.CodeUsed, code),
            42003 => new WeChatResult.Refused(WeChatRefusal.CodeExpired, code),
            40001 or 40013 or 40125 or 40164 or 41002 or 41004 or 48001 or 50001 => new WeChatResult.Refused(WeChatRefusal.Account, code),
            _ => new WeChatResult.Refused(WeChatRefusal.Other, code),
        };
    }

    static int? ErrorCode(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("errcode", out var code) && code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number)
                    ? number
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
