using System.Net;
using System.Runtime.Versioning;
using System.Text;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Phone;
using Bzt.Samples.Demo;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Storage;
using Bzt.Simulators.Control;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;
using ClusterTests = Bzt.Tests.Cluster.ClusterTests;

namespace Bzt.Tests.KeyProtection;

/// <summary>Silo and gateway as processes: from a root key's file into a module, without the module, with it again, and a new key under work.</summary>
[SupportedOSPlatform("linux")]
public sealed class HardwareKeyTests(PostgresFixture postgres)
{
    [Fact]
    [Trait("Feature", "X25"), Trait("Surface", "operator")]
    public async Task The_root_key_moves_into_a_module_and_without_it_nothing_is_served()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        using var hsm = await SoftHsm.CreateAsync();
        var database = await postgres.NewDatabaseAsync();
        var secrets = DevelopmentSecrets.LoadOrCreate(folder.File("keys/development.json"));
        await using var deployment = new ClusterDeployment(folder.Path, secrets, Ports.Free(), database, each: 1) { Headless = true };
        deployment.StoreOverrides["Protection:RefreshPeriod"] = "00:00:00.5";
        deployment.StoreOverrides["Protection:Lease"] = "00:00:02";
        await deployment.StartAsync(cancellation);

        using var http = new HttpClient { BaseAddress = deployment.Gateway, Timeout = TimeSpan.FromSeconds(60) };
        using var simulatorHttp = new HttpClient();
        using var device = new EcdsaDeviceKey();
        var phone = new PhoneClient(
            http, device, new MemoryPhoneKeyStore(), new DotNetPinStretcher(), await ChannelTrust.FetchAsync(http), TimeProvider.System, SystemRandom.Instance) { StretchRounds = 10 };
        var enterprise = SyntheticEnterprise.Create();
        var certificate = await ClusterTests.CertificateAsync(deployment, new SimulatorControl(simulatorHttp, deployment.Simulators, secrets.SimulatorsToken), phone, enterprise);
        Assert.True(Sm2Certificate.TryParse(certificate.SigningCertificate, out var signing));
        using var platformHttp = new HttpClient(new ClientCredentialsHandler(http, Samples.Demo.Deployment.PlatformId, secrets.PlatformSecret, TimeProvider.System) { InnerHandler = new SocketsHttpHandler() })
        {
            BaseAddress = deployment.Gateway,
        };
        var platform = new PlatformClient(platformHttp, TimeProvider.System);

        // A gateway finds silos that were started anew within seconds.
        async Task<OpenedSession> OpenAsync()
        {
            var (request, key) = (ClusterTests.Bind(enterprise), Guid.NewGuid().ToString());
            return (await Wait.UntilAsync(async () =>
            {
                try
                {
                    return await platform.OpenAsync(request, key, cancellation);
                }
                catch (ApiRefusedException refused) when (refused.Code is ErrorCodes.Unavailable)
                {
                    return null;
                }
            }, opened => opened is not null))!;
        }

        async Task SignAsync()
        {
            var session = await OpenAsync();
            await ClusterTests.SignAsync(phone, certificate.CertificateId, session);
            ClusterTests.Verified((await platform.WaitAsync(session.SessionId, cancellation: cancellation)).Result, signing!);
        }

        await SignAsync();

        // The ceremony: a PIN that others can read is refused; the key is made in the token, and made once.
        Dictionary<string, string?> store = new() { ["Storage:Provider"] = "postgres", ["Storage:ConnectionString"] = database, ["Protection:RefreshPeriod"] = "00:00:00.5" };
        Dictionary<string, string?> module = new(store.Concat(hsm.Settings));
        File.SetUnixFileMode(hsm.PinFile, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("0600", await SiloCommand.RefusedAsync(module, "keys", "create"), StringComparison.Ordinal);
        File.SetUnixFileMode(hsm.PinFile, UnixFileMode.UserRead);
        Assert.Contains("has no key bzt-root", await SiloCommand.RefusedAsync(module, "keys", "rotate"), StringComparison.Ordinal);
        var made = await SiloCommand.RunAsync(module, "keys", "create");
        Assert.Contains("pkcs11:", made, StringComparison.Ordinal);
        Assert.Contains("its root key is not the one", await SiloCommand.RefusedAsync(module, "keys", "rotate"), StringComparison.Ordinal);

        // The move, under work: all keys wrapped by both; processes change one after another; the file opens nothing any more.
        var moving = new Dictionary<string, string?>(module) { ["ProtectionFrom:RootKeyFile"] = deployment.RootKeyFile };
        Assert.Contains("2 keys", await SiloCommand.RunAsync(moving, "keys", "move"), StringComparison.Ordinal);
        Assert.Contains("also wrapped by file:", await SiloCommand.RefusedAsync(module, "keys", "rotate"), StringComparison.Ordinal);
        foreach (var (name, value) in hsm.Settings)
        {
            deployment.StoreOverrides[name] = value;
        }

        deployment.StoreOverrides["Protection:RootKeyFile"] = null;
        await deployment.RestartSilosAsync(cancellation);
        await SignAsync();
        await deployment.StopGatewaysAsync();
        await deployment.StartGatewaysAsync(cancellation);
        var file = (await SiloCommand.RunAsync(module, "keys", "list")).Split('\t', '\n').First(word => word.StartsWith("file:", StringComparison.Ordinal));
        await SiloCommand.RunAsync(module, "keys", "drop", file);
        File.Delete(deployment.RootKeyFile);
        await SignAsync();

        // The cable is pulled: refused with a reason, by silo and gateway, and nothing takes the module's place.
        var waiting = await OpenAsync();
        hsm.PullOut();
        var silo = deployment.Silos.Single().Address;
        foreach (var address in (Uri[])[silo, deployment.Gateways[0]])
        {
            await Wait.UntilAsync(() => StatusAsync(new Uri(address, "/health/ready")), status => status == HttpStatusCode.ServiceUnavailable);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(new Uri(address, "/health/live")));
        }

        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => platform.OpenAsync(ClusterTests.Bind(enterprise), cancellation: cancellation));
        Assert.Equal((ErrorCodes.KeysUnavailable, HttpStatusCode.ServiceUnavailable), (refused.Code, (HttpStatusCode)refused.Problem.Status));
        Assert.Matches("bzt_keys_available[^\n]* 0 ", await simulatorHttp.GetStringAsync(new Uri(silo, "/metrics"), cancellation) + " ");
        Assert.False(File.Exists(deployment.RootKeyFile));

        // It is back: nobody restarts anything, what waited is signed, and no try of the PIN was lost.
        hsm.PutBack();
        foreach (var address in (Uri[])[silo, deployment.Gateways[0]])
        {
            await Wait.UntilAsync(() => StatusAsync(new Uri(address, "/health/ready")), status => status == HttpStatusCode.OK);
        }

        await ClusterTests.SignAsync(phone, certificate.CertificateId, waiting);
        ClusterTests.Verified((await platform.WaitAsync(waiting.SessionId, cancellation: cancellation)).Result, signing!);
        Assert.Equal(5, (await phone.GetCertificateAsync(certificate.CertificateId)).TriesLeft);

        // A new key, and everything moved to it while the cluster works; then both start anew.
        Assert.Contains("key 3", await SiloCommand.RunAsync(module, "keys", "rotate"), StringComparison.Ordinal);
        await using (var rows = new PostgresStore(database))
        {
            await Wait.UntilAsync(() => RewrapProgress.ReadAsync(rows), moves => moves.Any(move => move is { Key: 3, Finished: not null }));
            Assert.Contains("move to key 3\tfinished", await SiloCommand.RunAsync(module, "keys", "list"), StringComparison.Ordinal);
            var state = Encoding.UTF8.GetString(Assert.Single(await rows.QueryAsync(
                "SELECT PayloadBinary FROM OrleansStorage WHERE GrainTypeString = 'certificate/certificate'", row => (byte[])row[0], cancellation)));
            Assert.Contains("\"AgAAAAM", state, StringComparison.Ordinal);
            Assert.DoesNotContain("\"AgAAAAI", state, StringComparison.Ordinal);
        }

        await SignAsync();
        await deployment.RestartSilosAsync(cancellation);
        await deployment.StopGatewaysAsync();
        await deployment.StartGatewaysAsync(cancellation);
        await SignAsync();

        async Task<HttpStatusCode> StatusAsync(Uri address)
        {
            using var answer = await simulatorHttp.GetAsync(address, cancellation);
            return answer.StatusCode;
        }
    }
}
