using System.Net;
using System.Net.Http.Json;
using Bzt.Tests.Embedded;
using Bzt.Tests.Peers;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Gateway;

/// <summary>Every kind of page and answer as it reaches a browser through a proxy that ends TLS: headers, policies judged by a tool of others, cookies.</summary>
public sealed class HeaderTests
{
    private const string ConsolePassword = "password of the console in the tests";

    [Fact]
    public async Task Every_page_is_served_with_headers_that_hold_and_cookies_nobody_else_can_set()
    {
        using var app = new TempFolder();
        await File.WriteAllTextAsync(app.File("index.html"), """<!doctype html><script type="importmap">{"imports":{}}</script>""", TestContext.Current.CancellationToken);
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Gateway:PublicBaseUrl"] = "https://bzt.example";
            builder.Configuration["Gateway:PhoneAppFolder"] = app.Path;
            builder.Configuration["CaConsole:Password"] = ConsolePassword;
        });
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = system.Address };
        using var login = await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/ca-console/api/login")
        {
            Headers = { { "Bzt-Console", "test" } },
            Content = JsonContent.Create(new { reviewer = "审核员", password = ConsolePassword }),
        }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, login.StatusCode);
        var session = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        (string Path, HttpStatusCode Status)[] pages = [
            ("/app/", HttpStatusCode.OK), ("/app", HttpStatusCode.Redirect), ("/app/nothing.js", HttpStatusCode.NotFound), ("/app/trust.json", HttpStatusCode.OK), ("/q?v=1", HttpStatusCode.Redirect),
            ("/widget/v1/bzt.js", HttpStatusCode.OK), ("/", HttpStatusCode.Redirect), ("/download", HttpStatusCode.OK), ("/download/qr.svg", HttpStatusCode.OK), ("/docs/", HttpStatusCode.OK), ("/openapi/v1.json", HttpStatusCode.OK),
            ("/connect/authorize", HttpStatusCode.BadRequest), ("/connect/logged-out", HttpStatusCode.OK), ("/connect/assets/login.js", HttpStatusCode.OK), ("/.well-known/openid-configuration", HttpStatusCode.OK), ("/connect/jwks", HttpStatusCode.OK),
            ("/ca-console/login", HttpStatusCode.OK), ("/ca-console", HttpStatusCode.OK), ("/ca-console/audit", HttpStatusCode.OK), ("/ca-console/yichang-ca/applications/1", HttpStatusCode.SeeOther),
            ("/phone/v1/me", HttpStatusCode.Unauthorized), ("/phone/v1/legal", HttpStatusCode.OK), ("/rp/v1/sessions/1", HttpStatusCode.Unauthorized), ("/csc/v2/info", HttpStatusCode.MethodNotAllowed), ("/ca/yichang-ca/crl", HttpStatusCode.NotFound),
            ("/health/live", HttpStatusCode.OK), ("/nothing", HttpStatusCode.NotFound)];
        var (faults, policies, cookies) = (new List<string>(), new Dictionary<string, string>(), new List<string>(login.Headers.GetValues("Set-Cookie")));
        foreach (var (path, status) in pages)
        {
            using var answer = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Cookie", session } } }, TestContext.Current.CancellationToken);
            string? Header(string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
            void Expect(string name, Func<string?, bool> holds) => faults.AddRange(holds(Header(name)) ? [] : [$"{path}: {name}: {Header(name)}"]);
            faults.AddRange(answer.StatusCode == status ? [] : [$"{path}: {(int)answer.StatusCode}"]);
            Expect("X-Content-Type-Options", value => value == "nosniff");
            Expect("Referrer-Policy", value => value == "no-referrer");
            Expect("Cross-Origin-Opener-Policy", value => value == "same-origin");
            Expect("Cross-Origin-Resource-Policy", value => value == (path.StartsWith("/widget/", StringComparison.Ordinal) ? "cross-origin" : "same-origin"));
            Expect("Strict-Transport-Security", value => value == "max-age=31536000");
            Expect("Permissions-Policy", value => value == $"camera={(path.StartsWith("/app/", StringComparison.Ordinal) && path != "/app/trust.json" && answer.IsSuccessStatusCode ? "(self)" : "()")}, geolocation=(), microphone=(), payment=()");
            Expect("Cache-Control", value => value is not null);
            Expect("Server", value => value is null);
            Expect("X-Powered-By", value => value is null);
            Expect("Content-Security-Policy", value => value is not null && (string[])["default-src 'none'", "frame-ancestors 'none'", "base-uri ", "form-action "] is var parts && parts.All(part => value.Contains(part, StringComparison.Ordinal)));
            policies.TryAdd(Header("Content-Security-Policy") ?? "", path);
            cookies.AddRange(answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : []);
        }

        foreach (var ((policy, path), findings) in policies.Zip(await CspEvaluator.FindAsync([.. policies.Keys])))
        {
            faults.AddRange(findings.Select(finding => $"{path}: {finding} in {policy}"));
        }

        // The console's session and its form token.
        faults.AddRange(cookies.Count >= 2 ? [] : ["no cookie of the console's form"]);
        foreach (var cookie in cookies)
        {
            string[] attributes = [.. cookie.Split(';').Skip(1).Select(attribute => attribute.Trim().ToLowerInvariant())];
            faults.AddRange(cookie.StartsWith("__Host-", StringComparison.Ordinal) && attributes.Contains("secure") && attributes.Contains("httponly") && attributes.Contains("path=/")
                && attributes.Contains("samesite=strict") && !attributes.Any(attribute => attribute.StartsWith("domain", StringComparison.Ordinal)) ? [] : [$"cookie {cookie}"]);
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));

        // The tool does find: the policy of a page that lets scripts in would not have passed.
        Assert.NotEmpty((await CspEvaluator.FindAsync(["default-src 'self'; script-src 'self' 'unsafe-inline'"]))[0]);
    }
}
