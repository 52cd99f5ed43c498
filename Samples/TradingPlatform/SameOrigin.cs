using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform;

/// <summary>
/// Whatever changes something comes from a page of ours, or from a program that is no browser: browsers send <c>Sec-Fetch-Site</c> or
/// <c>Origin</c> with every such request, and a page of somebody else cannot change either. Forms carry an antiforgery token besides.
/// </summary>
internal sealed class SameOrigin(RequestDelegate next, IOptions<PlatformOptions> options)
{
    private readonly string own = new Uri(options.Value.PublicBaseUrl).GetLeftPart(UriPartial.Authority);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || IsOurs(request))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsJsonAsync(new { error = "请求来自其他网站，已拒绝" });
    }

    private bool IsOurs(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] is [{ } site] ? site is "same-origin" or "none"
        : request.Headers.Origin is not [{ } origin] || origin == own || origin == $"{request.Scheme}://{request.Host}";
}
