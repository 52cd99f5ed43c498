using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Bzt.Silo.Hosting;
using Bzt.Silo.Operators;
using Bzt.Tests.Browser;
using Bzt.Tests.KeyProtection;
using Bzt.Tests.Peers;
using Bzt.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Bzt.Tests.Operators;

/// <summary>The silo's own pages for operators, composed as its program does.</summary>
public sealed class OperatorTests : IDisposable
{
    private const string Password = "password-of-the-operators";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task The_dashboard_is_for_operators_alone_and_its_use_is_on_record()
    {
        await using (var silo = await StartAsync())
        {
            using var http = new HttpClient { BaseAddress = new Uri(silo.Urls.Single()) };
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(http, "/dashboard/", null)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(http, "/dashboard/ClusterStats", ("wangwu", "wrong"))).Status);
            Assert.Contains("<html", (await GetAsync(http, "/dashboard/", ("zhangsan", Password))).Body, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(http, "/dashboard/ClusterStats", ("zhangsan", Password))).Status);
            Assert.Empty(await HeaderFaultsAsync(http));
            Assert.Empty(await SeenAsync(http.BaseAddress, "lisi"));

            // What a grain keeps is nobody's to look at here, however it is spelled.
            Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(http, "/dashboard/GrainState?grainId=1&grainType=user", ("zhangsan", Password))).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(http, "/dashboard/grainstate/?grainId=1", ("zhangsan", Password))).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(http, "/dashboard/Trace", ("zhangsan", Password))).Status);
        }

        // A command of the program is on record as well, by the machine's user, whether or not it comes to anything.
        Dictionary<string, string> settings = new() { ["Storage:DataFolder"] = folder.File("data"), ["Protection:RootKeyFile"] = folder.File("keys/root.key") };
        await SiloCommand.RunAsync(settings, "keys", "list");
        await SiloCommand.RunAsync(settings, "keys", "drop", "file:none");
        var me = $"{Environment.UserName}@{Environment.MachineName}";

        // The record is the store's: the next process shows it.
        await using var next = await StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(next.Urls.Single()) };
        var (_, body) = await GetAsync(client, "/dashboard/audit", ("lisi", Password));
        using var json = JsonDocument.Parse(body);
        Assert.Equal(
            ((IEnumerable<(string, string)>)[(me, "keys drop file:none"), (me, "keys list"), ("lisi", "read the audit"), ("lisi", "opened the dashboard"), ("lisi", "opened the dashboard"), ("zhaoliu", "opened the dashboard"),  ("wangwu", "login refused"), ("zhangsan", "opened the dashboard"), ("zhangsan", "state of a grain refused"), ("zhangsan", "state of a grain refused")]).Order(),
            json.RootElement.EnumerateArray().Select(entry => (entry.GetProperty("operator").GetString()!, entry.GetProperty("action").GetString()!)).Order());

        // Guessing ends after ten tries, for the right password too.
        for (var i = 0; i < 10; i++)
        {
            await GetAsync(client, "/dashboard/", ("wangwu", $"guess {i}"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await GetAsync(client, "/dashboard/", ("lisi", Password))).Status);
    }

    /// <summary>What an operator's browser is told by every answer of a silo, his own pages and what he may not see; policies judged as the gateway's are.</summary>
    private static async Task<IReadOnlyList<string>> HeaderFaultsAsync(HttpClient http)
    {
        var (faults, policies) = (new List<string>(), new List<string>());
        foreach (var path in new[] { "/dashboard/", "/dashboard/index.min.js", "/dashboard/ClusterStats", "/dashboard/GrainState", "/dashboard/nothing", "/health/live", "/metrics", "/nothing" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = Basic("zhaoliu", Password) } };
            using var answer = await http.SendAsync(path == "/dashboard/GrainState" ? new HttpRequestMessage(HttpMethod.Get, path) : request);
            string? Header(string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
            void Expect(string name, Func<string?, bool> holds) => faults.AddRange(holds(Header(name)) ? [] : [$"{path}: {name}: {Header(name)}"]);
            Expect("X-Content-Type-Options", value => value == "nosniff");
            Expect("Referrer-Policy", value => value == "no-referrer");
            Expect("Cross-Origin-Opener-Policy", value => value == "same-origin");
            Expect("Cross-Origin-Resource-Policy", value => value == "same-origin");
            Expect("Permissions-Policy", value => value == "camera=(), geolocation=(), microphone=(), payment=()");
            // The page of metrics says when it was made.
            Expect("Cache-Control", value => path == "/metrics" || value?.Contains("no-store", StringComparison.Ordinal) == true);
            Expect("Server", value => value is null);
            Expect("Content-Security-Policy", value => value is not null && (string[])["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"] is var parts && parts.All(part => value.Contains(part, StringComparison.Ordinal)));
            policies.Add(Header("Content-Security-Policy") ?? "");
        }

        return [.. faults, .. (await CspEvaluator.FindAsync([.. policies.Distinct()])).SelectMany(findings => findings)];
    }

    /// <summary>The dashboard in a browser, at a desk and in a hand: it shows the silo's figures, and its policy stops nothing of it.</summary>
    private static async Task<IReadOnlyList<string>> SeenAsync(Uri silo, string name)
    {
        await using var context = await (await BrowserStage.ChromiumAsync()).NewContextAsync(new() { HttpCredentials = new() { Username = name, Password = Password } });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(PhoneBrowser.Patience);
        var faults = new List<string>();
        page.Console += (_, message) => faults.AddRange(message.Type is "error" or "warning" ? [message.Text] : []);
        page.PageError += (_, error) => faults.Add(error);
        foreach (var (width, height) in ((int, int)[])[(1280, 800), (390, 844)])
        {
            await page.SetViewportSizeAsync(width, height);
            await page.GotoAsync(new Uri(silo, "/dashboard/").ToString(), new() { Timeout = PhoneBrowser.Patience });
            await Assertions.Expect(page.GetByText("Active Silos", new() { Exact = false }).First).ToBeVisibleAsync(new() { Timeout = PhoneBrowser.Patience });
        }

        return faults;
    }

    private async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration["Storage:DataFolder"] = folder.File("data");
        builder.Configuration["Protection:RootKeyFile"] = folder.File("keys/root.key");
        builder.Configuration["EmbeddedCa:PublicUrl"] = "http://ca.test/ca";
        builder.Configuration["Operators:Password"] = Password;
        builder.Configuration.AddInMemoryCollection(NoProviders.Settings);
        var app = SiloHost.Build(builder);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static AuthenticationHeaderValue Basic(string name, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(HttpClient http, string path, (string Name, string Password)? login)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (login is var (name, password))
        {
            request.Headers.Authorization = Basic(name, password);
        }

        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
