using System.Net;
using System.Runtime.Versioning;
using System.Text;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.Cluster;
using Bzt.Tests.Storage;

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
        using var hsm = await SoftHsm.CreateAsync();
        var database = await postgres.NewDatabaseAsync();
        Dictionary<string, string> pace = new() { ["Protection:RefreshPeriod"] = "00:00:00.5", ["Protection:Lease"] = "00:00:02" };
        await using var cluster = await RunningCluster.StartAsync(database, running => running.ProcessOverrides = pace, each: 1);
        var deployment = cluster.Deployment;
        using var http = new HttpClient { BaseAddress = deployment.Gateway, Timeout = TimeSpan.FromSeconds(60) };
        using var phone = await ClusterPhone.CreateAsync(cluster, http, 1);
        var platform = cluster.Platform();

        // A gateway finds silos that were started anew within seconds.
        async Task<OpenedSession> OpenAsync()
        {
            var (request, key) = (phone.Bind(), Guid.NewGuid().ToString());
            return await Absence.OutlastedAsync(() => platform.OpenAsync(request, key, cancellation));
        }

        async Task SignAsync()
        {
            var session = await OpenAsync();
            await phone.SignAsync(session);
            phone.Verify((await platform.WaitAsync(session.SessionId, cancellation: cancellation)).Result);
        }

        await SignAsync();

        // The ceremony: a PIN that others can read is refused; the key is made in the token, and made once.
        Dictionary<string, string> store = new() { ["Storage:Provider"] = "postgres", ["Storage:ConnectionString"] = database, ["Protection:RefreshPeriod"] = "00:00:00.5" };
        Dictionary<string, string> module = new(store.Concat(hsm.Settings));
        File.SetUnixFileMode(hsm.PinFile, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("0600", await SiloCommand.RefusedAsync(module, "keys", "create"), StringComparison.Ordinal);
        File.SetUnixFileMode(hsm.PinFile, UnixFileMode.UserRead);
        Assert.Contains("has no key bzt-root", await SiloCommand.RefusedAsync(module, "keys", "rotate"), StringComparison.Ordinal);
        var made = await SiloCommand.RunAsync(module, "keys", "create");
        Assert.Contains("pkcs11:", made, StringComparison.Ordinal);
        Assert.Contains("its root key is not the one", await SiloCommand.RefusedAsync(module, "keys", "rotate"), StringComparison.Ordinal);

        // The move, under work: all keys wrapped by both; processes change one after another; the file opens nothing any more.
        var moving = new Dictionary<string, string>(module) { ["ProtectionFrom:RootKeyFile"] = deployment.RootKeyFile };
        Assert.Contains("2 keys", await SiloCommand.RunAsync(moving, "keys", "move"), StringComparison.Ordinal);
        Assert.Contains("also wrapped by file:", await SiloCommand.RefusedAsync(module, "keys", "rotate"), StringComparison.Ordinal);
        deployment.ProcessOverrides = new Dictionary<string, string>(pace.Concat(hsm.Settings)) { ["Protection:RootKeyFile"] = "" };
        await ReplaceSiloAsync();
        await SignAsync();
        await deployment.ReplaceGatewayAsync(0, cancellation);
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

        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => platform.OpenAsync(phone.Bind(), cancellation: cancellation));
        Assert.Equal((ErrorCodes.KeysUnavailable, HttpStatusCode.ServiceUnavailable), (refused.Code, (HttpStatusCode)refused.Problem.Status));
        Assert.Matches(@"(?m)^bzt_keys_available\S* 0\b", await http.GetStringAsync(new Uri(silo, "/metrics"), cancellation));
        Assert.False(File.Exists(deployment.RootKeyFile));

        // It is back: nobody restarts anything, what waited is signed, and no try of the PIN was lost.
        hsm.PutBack();
        foreach (var address in (Uri[])[silo, deployment.Gateways[0]])
        {
            await Wait.UntilAsync(() => StatusAsync(new Uri(address, "/health/ready")), status => status == HttpStatusCode.OK);
        }

        await phone.SignAsync(waiting);
        phone.Verify((await platform.WaitAsync(waiting.SessionId, cancellation: cancellation)).Result);
        Assert.Equal(5, (await phone.Client.GetCertificateAsync(phone.Certificate)).TriesLeft);

        // A new key, and everything moved to it while the cluster works; then both start anew.
        Assert.Contains("key 3", await SiloCommand.RunAsync(module, "keys", "rotate"), StringComparison.Ordinal);
        await using (var rows = new PostgresStore(database))
        {
            await Wait.UntilAsync(() => RewrapProgress.ReadAsync(rows), moves => moves.Any(move => move is { Key: 3, Finished: not null }));
            Assert.Contains("move to key 3\tfinished", await SiloCommand.RunAsync(module, "keys", "list"), StringComparison.Ordinal);
            var state = Encoding.UTF8.GetString(Assert.Single(await rows.QueryAsync(
                "SELECT PayloadBinary FROM OrleansStorage WHERE GrainTypeString = 'certificate/certificate'", row => (byte[])row[0], cancellation)));
            Assert.Matches("\"AgAAAA[M-P]", state);
            Assert.DoesNotMatch("\"AgAAAA[I-L]", state);
        }

        await SignAsync();
        await ReplaceSiloAsync();
        await deployment.ReplaceGatewayAsync(0, cancellation);
        await SignAsync();

        // The old one goes first: for a moment there is none.
        async Task ReplaceSiloAsync()
        {
            await deployment.RemoveSiloAsync(deployment.Silos.Single());
            await deployment.AddSiloAsync(cancellation);
        }

        async Task<HttpStatusCode> StatusAsync(Uri address)
        {
            using var answer = await http.GetAsync(address, cancellation);
            return answer.StatusCode;
        }
    }
}
