namespace Bzt.Silo.Hosting;

/// <summary>What every answer of a gateway and of a silo tells a browser.</summary>
public static class SecurityHeaders
{
    /// <summary>Pages of our own set a policy that lets them run; everything else is not to be rendered at all.</summary>
    private const string NothingRuns = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this WebApplication app) =>
        app.Use(async (context, next) =>
        {
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
                headers.TryAdd("Content-Security-Policy", NothingRuns);
                headers.TryAdd("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()");

                // Answers of the API are somebody's own data. What may be kept says so itself.
                if (!headers.ContainsKey("ETag") && !headers.ContainsKey("Last-Modified"))
                {
                    headers.TryAdd("Cache-Control", "no-store");
                }

                if (context.Request.IsHttps)
                {
                    headers.StrictTransportSecurity = "max-age=31536000";
                }

                return Task.CompletedTask;
            });
            await next(context);
        });
}
