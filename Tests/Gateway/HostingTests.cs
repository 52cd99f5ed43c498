using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Hosting;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bzt.Tests.Gateway;

public sealed class HostingTests
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/metrics")]
    public async Task Operators_see_it(string path)
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var answer = await system.Gateway.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_gateway_that_is_going_says_so_answers_long_polls_and_lets_its_phones_go()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Platforms:0:Id"] = CertifiedPhone.PlatformId;
            builder.Configuration["Platforms:0:Name"] = CertifiedPhone.PlatformName;
            builder.Configuration["Platforms:0:RecognitionGroup"] = "hubei";
            builder.Configuration["Platforms:0:ClientSecret"] = CertifiedPhone.PlatformSecret;
            // Nobody comes in there: the figures are nobody's business here.
            builder.Configuration["Gateway:OperatorsPort"] = "1";
        });
        using (var figures = await system.Gateway.GetAsync("/metrics"))
        {
            Assert.Equal(HttpStatusCode.NotFound, figures.StatusCode);
        }

        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        var (session, _) = await phone.BindSessionAsync(platform);
        var connected = 0;
        await using var listener = await phone.Client.ListenAsync(kind =>
        {
            connected += kind is PhoneWakeUp.Certificate ? 1 : 0;
            return Task.CompletedTask;
        });
        var poll = platform.GetAsync(session.SessionId, SessionState.Scanned, TimeSpan.FromMinutes(2));
        Assert.False(poll.IsCompleted);
        var draining = system.Services.GetRequiredService<Draining>();
        draining.Begin();
        using (var ready = await system.Gateway.GetAsync("/health/ready"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.True(ready.Headers.ConnectionClose);
        }

        using (var live = await system.Gateway.GetAsync("/health/live"))
        {
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        }

        // Long before its two minutes, and with the truth.
        Assert.Equal(SessionState.Scanned, (await poll.WaitAsync(TimeSpan.FromSeconds(60))).State);
        await draining.LetPhonesGoAsync(TimeSpan.Zero);
        await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref connected)), times => times >= 2);

        // A login that ended ends the wake-ups, and whoever listens is told.
        Assert.False(listener.Ended.IsCompleted);
        await phone.Client.LogOutAsync();
        await draining.LetPhonesGoAsync(TimeSpan.Zero);
        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => listener.Ended.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(ErrorCodes.Unauthenticated, refused.Code);
    }

    [Fact]
    public async Task The_document_of_the_api_and_its_page_are_served_from_here_alone()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var document = JsonDocument.Parse(await system.Gateway.GetStringAsync("/openapi/v1.json"));
        Assert.True(document.RootElement.GetProperty("paths").TryGetProperty(Routes.Phone.Login, out _));

        using var page = await system.Gateway.GetAsync("/docs/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain("cdn.", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("script-src 'self' 'sha256-", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_without_an_icon_of_their_own_have_the_phone_apps()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var icon = await system.Gateway.GetAsync("/favicon.ico");
        Assert.Equal((HttpStatusCode.OK, "image/png"), (icon.StatusCode, icon.Content.Headers.ContentType?.MediaType));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await icon.Content.ReadAsByteArrayAsync())[..4]);
    }

    [Fact]
    public async Task Every_answer_carries_the_security_headers()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var answer = await system.Gateway.GetAsync("/phone/v1/nothing");
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task A_scanned_link_opens_the_app_with_all_its_parameters()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = system.Address };
        using var answer = await http.GetAsync("/q?t=abc&e=12&h=a%2Bb");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/app/#/q?t=abc&e=12&h=a%2Bb", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_phone_app_is_served_compressed_and_cached_by_its_names()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("_framework"));
        await File.WriteAllTextAsync(folder.File("index.html"), "<html>index</html>");
        await File.WriteAllTextAsync(folder.File("service-worker.js"), "// worker");
        await File.WriteAllTextAsync(folder.File("_framework/dotnet.k3x9a0qz1w.js"), "plain");
        await File.WriteAllTextAsync(folder.File("_framework/dotnet.k3x9a0qz1w.js.br"), "brotli");
        await using var system = await EmbeddedSystem.StartAsync(builder => builder.Configuration["Gateway:PhoneAppFolder"] = folder.Path);

        using (var index = await system.Gateway.GetAsync("/app/certificates/1"))
        {
            Assert.Equal("<html>index</html>", await index.Content.ReadAsStringAsync());
            Assert.Equal("text/html", index.Content.Headers.ContentType!.MediaType);
            Assert.True(index.Headers.CacheControl!.NoCache);
            Assert.Contains("'wasm-unsafe-eval'", index.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }

        using (var worker = await system.Gateway.GetAsync("/app/service-worker.js"))
        {
            Assert.True(worker.Headers.CacheControl!.NoCache);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/app/_framework/dotnet.k3x9a0qz1w.js");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
        using (var script = await system.Gateway.SendAsync(request))
        {
            Assert.Equal("brotli", await script.Content.ReadAsStringAsync());
            Assert.Equal("br", script.Content.Headers.ContentEncoding.Single());
            Assert.Contains("immutable", script.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("plain", await system.Gateway.GetStringAsync("/app/_framework/dotnet.k3x9a0qz1w.js"));
        foreach (var missing in (string[])["/app/_framework/dotnet.0000000000.js", "/app/_framework/dotnet.k3x9a0qz1w.js.br", "/app/..%2Fkeys%2Froot.key"])
        {
            using var answer = await system.Gateway.GetAsync(missing);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    /// <summary>The limit counts callers, not the proxy in front; and nobody makes himself many by a header.</summary>
    [Theory]
    [InlineData("127.0.0.0/8", false)]
    [InlineData("10.0.0.0/8", true)]
    public async Task Only_a_trusted_proxy_says_for_whom_it_asks(string trusted, bool limited)
    {
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Gateway:TrustedProxies:0"] = trusted;
            builder.Configuration["Gateway:LoginsPerMinute"] = "1";
        });
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await AskAsync("203.0.113.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync("203.0.113.1"));
        Assert.Equal(limited, await AskAsync("203.0.113.2") == HttpStatusCode.TooManyRequests);

        async Task<HttpStatusCode> AskAsync(string caller)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Routes.Phone.SmsCodes) { Headers = { { "X-Forwarded-For", caller } } };
            using var answer = await system.Gateway.SendAsync(request);
            return answer.StatusCode;
        }
    }

    /// <summary>Whether a proof was used before cannot be told without Redis: none is accepted, and nothing breaks.</summary>
    [Fact]
    public async Task A_gateway_without_its_redis_starts_and_accepts_no_proof()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder =>
            builder.Configuration["Gateway:Redis"] = "127.0.0.1:9,connectTimeout=200,syncTimeout=200,asyncTimeout=200");
        using var phone = system.NewPhone();
        var code = await phone.ReceiveCodeAsync();
        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => phone.LogInAsync(code));
        Assert.Equal(ErrorCodes.Unavailable, refused.Code);
        using var alive = await system.Gateway.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Theory]
    [InlineData("Gateway:PublicBaseUrl", "http://bzt.example")]
    [InlineData("Gateway:PublicBaseUrl", "https://bzt.example/path")]
    [InlineData("Gateway:OldestAppVersion", "new")]
    [InlineData("Gateway:HubBackplane", "true")]
    [InlineData("Gateway:TrustedProxies:0", "proxy.example")]
    [InlineData("Gateway:PhoneAppFolder", "/no/such/folder")]
    [InlineData("Gateway:LoginsPerMinute", "0")]
    public void An_unsafe_or_senseless_configuration_refuses_to_start(string setting, string value)
    {
        using var folder = new TempFolder();
        Assert.ThrowsAny<Exception>(() => GatewayHost.Build([], builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storage:DataFolder"] = folder.File("data"),
            ["Protection:RootKeyFile"] = folder.File("keys/root.key"),
            [setting] = value,
        })));
    }

    [Fact]
    public void A_cluster_needs_a_public_address_and_a_shared_replay_window()
    {
        using var folder = new TempFolder();
        var failure = Assert.Throws<OptionsValidationException>(() => GatewayHost.Build([], builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storage:Provider"] = "postgres",
            ["Storage:ConnectionString"] = "Host=localhost",
            ["Protection:RootKeyFile"] = folder.File("keys/root.key"),
        })));
        Assert.Equal(2, failure.Failures.Count());
    }
}
