using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bzt.Samples.Demo;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Deploy;

/// <summary>
/// Caddy with the committed <c>Gateway/Caddyfile</c>, on ports 80 and 443 of a loopback address of its own, with a certificate as a
/// demonstration makes it. What differs from the container: that address, where the certificate lies, and who the gateway is.
/// </summary>
internal sealed class RunningProxy : IAsyncDisposable
{
    public const string Host = "bzt.example.com";

    private readonly TemporaryFolder folder = new();
    private readonly List<HttpClient> clients = [];
    private readonly TaskCompletionSource<string> log = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? process;

    private RunningProxy(IPAddress address)
    {
        Address = address;
        WriteCertificates();
        Http = Client();
    }

    public IPAddress Address { get; }

    /// <summary>Of what certified the proxy; PEM.</summary>
    public string AuthorityFile => folder["tls-ca.crt"];

    /// <summary>As a browser or a phone would reach it, but that it follows no redirect.</summary>
    public HttpClient Http { get; }

    /// <summary>A loopback address nobody else has.</summary>
    public static IPAddress OwnAddress()
    {
        var octets = RandomNumberGenerator.GetBytes(4);
        octets[0] = 127;
        // Neither 127.0.0.1, where everything else is, nor an address that means a network.
        octets[1] |= 1;
        octets[3] = (byte)(1 + (octets[3] % 250));
        return new IPAddress(octets);
    }

    /// <param name="gateway">Where it passes requests to, as host:port.</param>
    /// <param name="address">One of its own when absent.</param>
    public static async Task<RunningProxy> StartAsync(string gateway, IPAddress? address = null)
    {
        var proxy = new RunningProxy(address ?? OwnAddress());
        try
        {
            await proxy.StartCaddyAsync(gateway);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    public HttpClient Client() => Track(new HttpClient(Handler()) { BaseAddress = new Uri($"https://{Host}/"), Timeout = TimeSpan.FromSeconds(60) });

    public SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectCallback = async (context, stop) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(Address, context.DnsEndPoint.Port, stop);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { X509Certificate2.CreateFromPem(File.ReadAllText(AuthorityFile)) },
            },
        },
    };

    /// <summary>
    /// OpenSSL's own server at another port of the same address, which offers what nobody should: for showing that a scanner finds it.
    /// </summary>
    public Process StartCarelessServer(int port)
    {
        var server = Process.Start(new ProcessStartInfo("openssl", [
            "s_server", "-quiet", "-accept", $"{Address}:{port}", "-cert", folder["tls.crt"], "-key", folder["tls.key"], "-tls1_2", "-cipher", "ALL:@SECLEVEL=0"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        server.BeginErrorReadLine();
        return server;
    }

    /// <summary>Ends it; what it has written.</summary>
    public async Task<string> StopAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
        }

        return await log.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await StopAsync();
            process.Dispose();
        }

        clients.ForEach(client => client.Dispose());
        folder.Dispose();
    }

    private async Task StartCaddyAsync(string gateway)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Binaries.Repository, "Gateway/Caddyfile"));
        foreach (var (committed, here) in ((string, string)[])[
            ("\tadmin off\n", $"\tadmin off\n\tdefault_bind {Address}\n"), ("127.0.0.1", Address.ToString()), ("/run/secrets", folder.FullName),
            ("gateway-1:8080 gateway-2:8080", gateway), ("lb_try_duration 5s", "lb_try_duration 1s")])
        {
            Assert.Contains(committed, text, StringComparison.Ordinal);
            text = text.Replace(committed, here, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(folder["Caddyfile"], text);
        process = Process.Start(new ProcessStartInfo("caddy", ["run", "--config", folder["Caddyfile"], "--adapter", "caddyfile"])
        {
            RedirectStandardError = true,
            Environment = { ["BZT_HOST"] = Host, ["HOME"] = folder.FullName, ["XDG_CONFIG_HOME"] = folder.FullName, ["XDG_DATA_HOME"] = folder.FullName },
        })!;
        _ = ReadLogAsync(process);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (!await AnswersAsync())
        {
            if (process.HasExited)
            {
                var said = await log.Task;
                throw new InvalidOperationException(said.Contains("address already in use", StringComparison.Ordinal)
                    ? $"Ports 80 and 443 are taken, by a web server at every address of this machine, say: stop it (systemctl stop caddy) and run the test again.\n{said}"
                    : $"Caddy ended.\n{said}");
            }

            await pace.WaitForNextTickAsync(patience.Token);
        }
    }

    private async Task ReadLogAsync(Process caddy)
    {
        try
        {
            log.SetResult(await caddy.StandardError.ReadToEndAsync());
        }
        catch (Exception exception)
        {
            log.SetException(exception);
        }
    }

    /// <summary>Whether all that the file describes is served.</summary>
    private async Task<bool> AnswersAsync()
    {
        try
        {
            foreach (var port in new[] { 80, 443, 2020 })
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(Address, port);

                // Of port 80 somebody else may be the server: what answers HTTP is Caddy.
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
                if (port == 80 && (await socket.SendAsync("HEAD / HTTP/1.0\r\n\r\n"u8.ToArray(), patience.Token) == 0 || await socket.ReceiveAsync(new byte[16], patience.Token) == 0))
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private HttpClient Track(HttpClient client)
    {
        clients.Add(client);
        return client;
    }

    /// <summary>As Samples/Demo/compose-secrets.sh does.</summary>
    private void WriteCertificates()
    {
        var now = DateTimeOffset.UtcNow;
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=BztCluster demonstration", caKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        using var ca = authority.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var certificate = request.Create(ca, now.AddHours(-1), now.AddHours(20), RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(AuthorityFile, ca.ExportCertificatePem());
        File.WriteAllText(folder["tls.crt"], certificate.ExportCertificatePem());
        File.WriteAllText(folder["tls.key"], key.ExportPkcs8PrivateKeyPem());
    }
}
