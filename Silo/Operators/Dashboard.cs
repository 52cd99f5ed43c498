using System.ComponentModel.DataAnnotations;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Bzt.Protocol.Forms;
using Bzt.Silo.Hosting;
using Orleans.Dashboard;

namespace Bzt.Silo.Operators;

/// <summary>Section <c>Operators</c>.</summary>
public sealed class OperatorsOptions
{
    public const string Section = "Operators";

    /// <summary>What operators log in with, each beside a name of his own. Without one there is no dashboard.</summary>
    [MinLength(12)]
    public string? Password { get; set; }
}

/// <summary>Orleans' dashboard at the silo's operators' address, behind a login, and the record of who used it.</summary>
internal static class Dashboard
{
    private const string Root = "/dashboard";

    /// <summary>Its own files and its own figures; its tables and plots place things by styles.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void AddDashboard(this IHostApplicationBuilder builder)
    {
        if (builder.Bind<OperatorsOptions>(OperatorsOptions.Section).Password is not null)
        {
            builder.Services.AddSingleton<OperatorAudit>();
            builder.Services.AddSingleton<OperatorFilter>();
            // Its stream of log lines is for whoever has the logs.
            builder.UseOrleans(silo => silo.AddDashboard(options => options.HideTrace = true));
        }
    }

    public static void MapDashboard(this WebApplication app)
    {
        if (app.Services.GetRequiredService<OperatorsOptions>().Password is null)
        {
            return;
        }

        var filter = app.Services.GetRequiredService<OperatorFilter>();
        app.MapOrleansDashboard(Root).AddEndpointFilter(filter);
        app.MapGet(Root + "/audit", async (OperatorAudit audit, CancellationToken aborted) => Results.Json(await audit.ReadAsync(aborted))).AddEndpointFilter(filter);
    }

    /// <summary>Everything that is asked before a page of the dashboard is shown, in order.</summary>
    internal sealed class OperatorFilter(OperatorsOptions options, OperatorAudit audit, TimeProvider time) : IEndpointFilter
    {
        private const int LongestName = 40;
        private const int FailuresAMinute = 10;

        private readonly byte[] expected = SHA256.HashData(Encoding.UTF8.GetBytes(options.Password!));
        private readonly Lock counting = new();
        private DateTimeOffset since;
        private int failures;

        public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        {
            var http = context.HttpContext;
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers.ContentSecurityPolicy = Policy;

            // 1. Nobody guesses: after some failures the door is closed to everybody for the rest of the minute.
            if (Exhausted())
            {
                return Results.StatusCode(StatusCodes.Status429TooManyRequests);
            }

            // 2. An operator. Hashes of equal length, compared in constant time.
            var (name, password) = Credentials(http.Request.Headers.Authorization);
            if (name is null || !CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(password)), expected))
            {
                if (name is not null)
                {
                    Count();
                    await audit.AppendAsync(name, "login refused");
                }

                http.Response.Headers.WWWAuthenticate = "Basic realm=\"bzt operators\", charset=\"UTF-8\"";
                return Results.StatusCode(StatusCodes.Status401Unauthorized);
            }

            // 3. Figures, not states: those hold what is sealed for good reasons, and people's names.
            var page = http.Request.Path.Value![Root.Length..].Trim('/');
            if (page.Equals("GrainState", StringComparison.OrdinalIgnoreCase))
            {
                await audit.AppendAsync(name, "state of a grain refused");
                return Results.StatusCode(StatusCodes.Status403Forbidden);
            }

            // 4. On record: the page, not each of the figures it fetches every second.
            if (page is "" or "index.html" or "audit")
            {
                await audit.AppendAsync(name, page == "audit" ? "read the audit" : "opened the dashboard");
            }

            return await next(context);
        }

        /// <summary>RFC 7617. Null when there is none, or its name cannot stand in an audit.</summary>
        private static (string? Name, string Password) Credentials(string? header)
        {
            if (!AuthenticationHeaderValue.TryParse(header, out var value) || !string.Equals(value.Scheme, "Basic", StringComparison.OrdinalIgnoreCase) || value.Parameter is null)
            {
                return (null, "");
            }

            var octets = new byte[value.Parameter.Length];
            if (!Convert.TryFromBase64String(value.Parameter, octets, out var length))
            {
                return (null, "");
            }

            var parts = Encoding.UTF8.GetString(octets, 0, length).Split(':', 2);
            return parts is [{ Length: > 1 and <= LongestName } name, var password] && VisibleText.Is(name) ? (name, password) : (null, "");
        }

        private bool Exhausted()
        {
            lock (counting)
            {
                return failures >= FailuresAMinute && time.GetUtcNow() - since < TimeSpan.FromMinutes(1);
            }
        }

        private void Count()
        {
            lock (counting)
            {
                if (time.GetUtcNow() - since >= TimeSpan.FromMinutes(1))
                {
                    (since, failures) = (time.GetUtcNow(), 0);
                }

                failures++;
            }
        }
    }
}
