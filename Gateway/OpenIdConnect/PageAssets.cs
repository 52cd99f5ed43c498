using Bzt.Contracts;

namespace Bzt.Gateway.OpenIdConnect;

/// <summary>Style and script of our pages, from this origin and nowhere else.</summary>
internal static class PageAssets
{
    private const string OurOwn = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

    public const string Policy = OurOwn + "; form-action 'none'";

    /// <summary>The one page with a form posts to the platform's registered address, which may lead on to others of the platform's.</summary>
    public const string PostingPolicy = OurOwn;

    private static readonly Dictionary<string, string> Types = new()
    {
        ["tokens.css"] = "text/css; charset=utf-8",
        ["connect.css"] = "text/css; charset=utf-8",
        ["login.js"] = "text/javascript; charset=utf-8",
        ["form-post.js"] = "text/javascript; charset=utf-8",
    };

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet(Routes.Connect.Assets + "/{name}", (HttpContext http, string name) =>
    {
        if (!Types.TryGetValue(name, out var type))
        {
            return new Problems.ProblemResult(ErrorCodes.NotFound);
        }

        http.Response.Headers.CacheControl = "no-cache";
        return Results.Stream(typeof(PageAssets).Assembly.GetManifestResourceStream($"connect/{name}")!, type);
    }).WithMetadata(new Admission.ServesFile());
}
