using System.Text;
using System.Text.Encodings.Web;
using Bzt.Contracts;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Bzt.Gateway.OpenIdConnect;

/// <summary>response_mode=form_post, which stock middleware asks for: a page of ours in place of OpenIddict's, whose inline script our policy would not run.</summary>
internal sealed class FormPostPage : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
{
    public static readonly int Order = OpenIddictServerAspNetCoreHandlers.Authentication.ProcessFormPostResponse.Descriptor.Order - 1;

    public async ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        if (context.ResponseMode != ResponseModes.FormPost || context.RedirectUri is not { Length: > 0 } address || context.Transaction.GetHttpRequest() is not { HttpContext: { } http })
        {
            return;
        }

        var encoder = HtmlEncoder.Default;
        var page = new StringBuilder("<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>正在返回</title>")
            .Append($"<link rel=\"stylesheet\" href=\"{Routes.Connect.Assets}/connect.css\"></head><body><main class=\"card\"><h1>正在返回</h1>")
            .Append($"<form method=\"post\" action=\"{encoder.Encode(address)}\">");
        foreach (var (name, value) in context.Response.GetParameters())
        {
            if ((string?)value is { } text)
            {
                page.Append($"<input type=\"hidden\" name=\"{encoder.Encode(name)}\" value=\"{encoder.Encode(text)}\">");
            }
        }

        page.Append($"<button class=\"main\">继续</button></form></main><script src=\"{Routes.Connect.Assets}/form-post.js\"></script></body></html>");
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = PageAssets.PostingPolicy;
        await http.Response.WriteAsync(page.ToString(), http.RequestAborted);
        context.HandleRequest();
    }
}
