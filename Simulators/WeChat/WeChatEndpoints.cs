using Bzt.Simulators.Pages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bzt.Simulators.WeChat;

/// <summary>What open.weixin.qq.com and api.weixin.qq.com serve: the two consent pages, and the <c>/sns</c> calls behind them.</summary>
static class WeChatEndpoints
{
    public static void MapWeChat(this WebApplication app)
    {
        app.MapGet(WeChatConsent.WebsitePath, Show);
        app.MapGet(WeChatConsent.OfficialAccountPath, Show);
        app.MapPost("/connect/confirm", ConfirmAsync);
        app.MapGet("/sns/oauth2/access_token", RedeemAsync);
        app.MapGet("/sns/userinfo", UserInfoAsync);
    }

    static IResult Show(HttpRequest request, WeChatSimulator simulator, SimulatorKeys keys)
    {
        var (consent, error) = WeChatConsent.Read(request.Path, request.Query, keys);
        return consent is null
            ? new RazorComponentResult<WeChatErrorPage>(new { Message = error }) { StatusCode = StatusCodes.Status400BadRequest }
            : new RazorComponentResult<WeChatConsentPage>(new { Consent = consent, Users = simulator.Users() });
    }

    // 同意 as one of the users or as a new one; 取消.
    static async Task<IResult> ConfirmAsync(HttpRequest request, WeChatSimulator simulator, SimulatorKeys keys)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        if (!Uri.TryCreate(form["page"], UriKind.Absolute, out var page) || WeChatConsent.Read(page, keys).Consent is not { } consent)
        {
            return Results.BadRequest();
        }

        if (form["answer"] == "cancel")
        {
            return Results.Redirect(consent.Return(null));
        }

        var nickname = form["nickname"].ToString().Trim();
        var user = nickname.Length is > 0 and <= 32 ? simulator.Named(nickname) : simulator.Find(form["openid"].ToString());
        return user is null ? Results.BadRequest() : Results.Redirect(consent.Return(simulator.Agree(user, consent.Scope, consent.CodeLifetime)));
    }

    static async Task<IResult> RedeemAsync(HttpContext context, WeChatSimulator simulator, SimulatorKeys keys, Steering steering)
    {
        var query = context.Request.Query;
        var error = query["appid"] != keys.WeChat.AppId ? 40013
            : query["secret"] != keys.WeChat.AppSecret ? 40125
            : query["grant_type"] != "authorization_code" ? 40002
            : query["code"].ToString().Length == 0 ? 41008
            : 0;
        if (error != 0)
        {
            return Error(error);
        }

        return await AnswerAsync(context, steering, () =>
        {
            var (refused, token) = simulator.Redeem(query["code"].ToString());
            return token is null ? Error(refused) : Results.Json(new
            {
                access_token = token.AccessToken,
                expires_in = (int)WeChatSimulator.TokenLifetime.TotalSeconds,
                refresh_token = token.AccessToken[..64],
                openid = token.OpenId,
                scope = token.Scope,
                // Only who agreed to more than their openid is told across applications.
                unionid = token.Scope == "snsapi_base" ? null : simulator.Find(token.OpenId)!.UnionId,
            }, Sparse);
        });
    }

    static Task<IResult> UserInfoAsync(HttpContext context, WeChatSimulator simulator, Steering steering) => AnswerAsync(context, steering, () =>
    {
        var (error, user) = simulator.UserInfo(context.Request.Query["access_token"].ToString(), context.Request.Query["openid"].ToString());
        return user is null ? Error(error) : Results.Json(new
        {
            openid = user.OpenId, nickname = user.Nickname, sex = 0, language = "", city = "", province = "", country = "", headimgurl = "", privilege = Array.Empty<string>(), unionid = user.UnionId,
        });
    });

    static async Task<IResult> AnswerAsync(HttpContext context, Steering steering, Func<IResult> answer)
    {
        var steer = await steering.NextAsync("wechat", context.RequestAborted);
        switch (steer?.Kind)
        {
            case Disturbance.Garbage:
                return Results.Text("<html>502 Bad Gateway</html>", "text/html");
            case Disturbance.Fail:
                return Error(int.TryParse(steer.Code, out var code) ? code : -1);
            case Disturbance.Silence:
                answer();
                context.Abort();
                return Results.Empty;
            default:
                return steer.Shape(answer());
        }
    }

    // As WeChat does: 200, and text/plain.
    static IResult Error(int code) => Results.Text($$"""{"errcode":{{code}},"errmsg":"{{Message(code)}}, rid: {{Guid.NewGuid().ToString("N")[..8]}}"}""", "text/plain");

    static string Message(int code) => code switch
    {
        -1 => "system error",
        40001 => "invalid credential, access_token is invalid or not latest",
        40002 => "invalid grant_type",
        40003 => "invalid openid",
        40013 => "invalid appid",
        40029 => "invalid code",
        40125 => "invalid appsecret",
        40163 => "code been used",
        41008 => "missing code",
        42001 => "access_token expired",
        42003 => "code expired",
        45011 => "api minute-quota reach limit, must slower retry next minute",
        48001 => "api unauthorized",
        _ => "error",
    };

    static readonly System.Text.Json.JsonSerializerOptions Sparse = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };
}
