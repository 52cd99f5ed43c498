using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Samples.Demo;
using Bzt.Tests.Embedded;
using Bzt.Tests.Peers;
using Bzt.Tests.Platforms;

namespace Bzt.Tests.Deploy;

/// <summary>The gateway as the world sees it, behind the committed proxy.</summary>
public sealed class ProxyWorld : IAsyncLifetime
{
    public const string ConsolePassword = "password of the console in the tests";

    public EmbeddedSystem System { get; private set; } = null!;

    internal RunningProxy Proxy { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        System = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Gateway:PublicBaseUrl"] = $"https://{RunningProxy.Host}";
            builder.Configuration["Gateway:PhoneAppFolder"] = Path.Combine(Binaries.Repository, "MobileApp/wwwroot");
            builder.Configuration["Gateway:TrustedProxies:0"] = "127.0.0.0/8";
            builder.Configuration["CaConsole:Password"] = ConsolePassword;
        });
        Proxy = await RunningProxy.StartAsync(System.Address.Authority);
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await System.DisposeAsync();
    }
}

/// <summary>TLS, headers, redirects and streams of <c>Gateway/Caddyfile</c>, judged by tools of others.</summary>
public sealed class ProxyTests(ProxyWorld world) : IClassFixture<ProxyWorld>
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task Only_versions_and_ciphers_nobody_has_an_attack_on_are_offered()
    {
        Assert.Empty(await SslScan.FaultsAsync(world.Proxy.Address, 443, RunningProxy.Host));
        Assert.Equal(0, await CompressionAsync(world.Proxy.Address));

        // The scanner does find.
        using var careless = world.Proxy.StartCarelessServer(8443);
        try
        {
            await Applications.Wait.UntilAsync(async () => await ConnectsAsync(world.Proxy.Address, 8443) || careless.HasExited, done => done);
            var found = await SslScan.FaultsAsync(world.Proxy.Address, 8443, RunningProxy.Host);
            Assert.Contains("protocols: tls 1.2", found);
            Assert.Contains("cipher: ECDHE-ECDSA-AES128-SHA", found);
            Assert.Contains("cipher: ADH-AES128-SHA", found);
        }
        finally
        {
            careless.Kill();
        }
    }

    [Fact]
    public async Task Pages_pass_as_they_are_and_the_observatory_gives_them_its_best_grade()
    {
        using var straight = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = world.System.Address };
        foreach (var path in new[] { "/", "/download", "/app/", "/ca-console/login", "/docs/", "/widget/v1/bzt.js", "/.well-known/openid-configuration", "/phone/v1/me", "/nothing" })
        {
            HttpRequestMessage Ask(Version version) => new(HttpMethod.Get, path) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Headers = { { "Accept-Encoding", "gzip" } } };
            using var direct = await straight.SendAsync(Ask(HttpVersion.Version11), Stop);
            using var passed = await world.Proxy.Http.SendAsync(Ask(HttpVersion.Version20), Stop);
            Assert.Equal(direct.StatusCode, passed.StatusCode);
            Assert.Equal(HeadersOf(direct), HeadersOf(passed));
            Assert.Equal("max-age=31536000", string.Join(',', passed.Headers.GetValues("Strict-Transport-Security")));
        }

        Assert.Equal(HttpStatusCode.OK, (await world.System.Gateway.GetAsync("/metrics", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await world.Proxy.Http.GetAsync("/metrics", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await world.Proxy.Http.GetAsync("/health/live", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await world.Proxy.Http.GetAsync("/health/ready", Stop)).StatusCode);

        string[] pages = [.. new[] { "", "app/", "ca-console/login", "docs/", "connect/logged-out" }.Select(path => $"{RunningProxy.Host}/{path}")];
        var grades = await Observatory.ScanAsync(world.Proxy.Address, world.Proxy.AuthorityFile, pages);
        Assert.Equal(pages, grades.Select(grade => grade.Page));
        Assert.All(grades, grade => Assert.True(grade is { Letter: "A+", Score: > 100, Tests: >= 10, Failed.Count: 0 }, $"{grade.Page}: {grade.Letter} {grade.Score} {string.Join(", ", grade.Failed)}"));
    }

    [Fact]
    public async Task In_the_clear_a_browser_is_sent_to_https_and_a_caller_with_a_token_is_not()
    {
        var plain = new Uri($"http://{RunningProxy.Host}/q?v=1&t=abc");
        using var page = await world.Proxy.Http.GetAsync(plain, Stop);
        Assert.Equal((HttpStatusCode.MovedPermanently, $"https://{RunningProxy.Host}/q?v=1&t=abc"), (page.StatusCode, page.Headers.Location!.OriginalString));
        Assert.False(page.Headers.Contains("Server"));
        using var caller = await world.Proxy.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, plain) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "token") } }, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, caller.StatusCode);
        using var form = await world.Proxy.Http.PostAsync(new Uri(plain, Routes.Token), new FormUrlEncodedContent([KeyValuePair.Create("client_secret", "secret")]), Stop);
        Assert.Equal(HttpStatusCode.Forbidden, form.StatusCode);
    }

    [Fact]
    public async Task A_wake_up_and_a_change_of_a_session_come_through_while_the_line_is_open()
    {
        using var key = new EcdsaDeviceKey();
        using var phone = new TestPhone(world.System, EmbeddedSystem.NextPerson(), key, world.Proxy.Http);
        await phone.LogInAsync();
        var ticket = (await phone.Http.PostAsync(Routes.Phone.HubTicket, BztJson.Default.HubTicket, Stop)).Ticket;
        using var invoker = new HttpMessageInvoker(world.Proxy.Handler());
        using var hub = new ClientWebSocket();
        await hub.ConnectAsync(new Uri($"wss://{RunningProxy.Host}{Routes.PhoneHub}?access_token={Uri.EscapeDataString(ticket)}"), invoker, Stop);
        await hub.SendAsync("{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Stop);
        var buffer = new byte[1024];
        var greeting = await hub.ReceiveAsync(buffer, Stop);
        Assert.StartsWith("{}\u001e", Encoding.UTF8.GetString(buffer, 0, greeting.Count), StringComparison.Ordinal);

        using var party = await RelyingParty.RegisterAsync(world.System);
        using var http = world.Proxy.Client();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", party.AccessToken);
        var platform = new PlatformClient(http, world.System.Clock);
        var opened = await platform.OpenAsync(RelyingParty.Login(timeoutSeconds: 600), cancellation: Stop);
        await using var events = platform.WatchAsync(opened.SessionId, Stop).GetAsyncEnumerator(Stop);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(SessionState.Created, events.Current.State);
        await platform.CancelAsync(opened.SessionId, Stop);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(SessionEnd.Cancelled, events.Current.End);
    }

    [Fact]
    public async Task Without_a_gateway_the_proxy_says_so_names_nothing_and_writes_no_address_down()
    {
        // Nobody is at port 1 of an address that is this proxy's alone; its health check is its own.
        await using var proxy = await RunningProxy.StartAsync($"{new IPAddress(RandomNumberGenerator.GetBytes(3).Prepend((byte)127).ToArray())}:1");
        string[] check = [.. (await ComposeTests.ServicesAsync()).GetProperty("proxy").GetProperty("healthcheck").GetProperty("test").EnumerateArray().Skip(1).Select(part => part.GetString()!.Replace("127.0.0.1", proxy.Address.ToString(), StringComparison.Ordinal))];
        Assert.Equal("wget", check[0]);
        (await PeerProcess.Run("busybox", check)).OrFail();
        using var answer = await proxy.Http.GetAsync("/q?v=1&t=token-of-a-session", Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.DoesNotContain("Caddy", answer.ToString(), StringComparison.OrdinalIgnoreCase);
        var log = await proxy.StopAsync();
        Assert.Contains("no upstreams available", log, StringComparison.Ordinal);
        Assert.DoesNotContain("token-of-a-session", log, StringComparison.Ordinal);
        Assert.False((await PeerProcess.Run("busybox", check)).Succeeded);
    }

    [Fact]
    public async Task Where_another_server_has_the_port_the_test_says_so()
    {
        var address = RunningProxy.OwnAddress();
        using var other = new TcpListener(address, 80);
        other.Start();
        var told = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningProxy.StartAsync("127.0.0.1:1", address));
        Assert.StartsWith("Ports 80 and 443 are taken", told.Message, StringComparison.Ordinal);
    }

    /// <summary>What an answer is served with, but for what is of the line or of the moment.</summary>
    private static IEnumerable<string> HeadersOf(HttpResponseMessage answer) =>
        from header in answer.Headers.Concat(answer.Content.Headers)
        let name = header.Key.ToLowerInvariant()
        where name is not ("date" or "transfer-encoding" or "content-length" or "set-cookie" or "dpop-nonce")
        orderby name
        select $"{name}: {string.Join(", ", header.Value)}";

    private static async Task<bool> ConnectsAsync(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The compression method a server of TLS 1.2 chooses when it is offered DEFLATE first (RFC 5246, 7.4.1.2 and 7.4.1.3; RFC 3749).</summary>
    private static async Task<int> CompressionAsync(IPAddress address)
    {
        static byte[] Length(int octets, byte[] content) => [.. Enumerable.Range(1, octets).Select(i => (byte)(content.Length >> (8 * (octets - i)))), .. content];
        static byte[] Extension(byte type, byte[] content) => [0, type, .. Length(2, content)];
        byte[] extensions = [
            .. Extension(0, Length(2, [0, .. Length(2, Encoding.ASCII.GetBytes(RunningProxy.Host))])),
            .. Extension(10, Length(2, [0, 23])), .. Extension(11, [1, 0]), .. Extension(13, Length(2, [4, 3, 8, 4]))];
        byte[] hello = [3, 3, .. RandomNumberGenerator.GetBytes(32), 0, .. Length(2, [0xc0, 0x2b]), .. Length(1, [1, 0]), .. Length(2, extensions)];
        using var client = new TcpClient();
        await client.ConnectAsync(address, 443, Stop);
        var line = client.GetStream();
        await line.WriteAsync((byte[])[22, 3, 1, .. Length(2, [1, .. Length(3, hello)])], Stop);
        var answer = new byte[5 + 4 + 2 + 32 + 1];
        await line.ReadExactlyAsync(answer, Stop);
        Assert.Equal((22, 2), (answer[0], answer[5]));
        var chosen = new byte[answer[^1] + 3];
        await line.ReadExactlyAsync(chosen, Stop);
        Assert.Equal([0xc0, 0x2b], chosen[^3..^1]);
        return chosen[^1];
    }
}
