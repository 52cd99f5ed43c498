using System.Runtime.Versioning;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Bzt.Samples.Demo;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Cluster;

/// <summary>A release takes the place of the one before, process by process, while people sign. Nobody notices but the operator.</summary>
[SupportedOSPlatform("linux")]
public sealed class UpgradeTests(PostgresFixture postgres)
{
    /// <summary>A clone in which the release before was built; without one this build plays it, under another number.</summary>
    private static readonly string? PreviousBuild = Environment.GetEnvironmentVariable("BZT_PREVIOUS_BUILD");

    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task Every_process_is_replaced_and_no_signature_fails()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await RunningCluster.StartAsync(await postgres.NewDatabaseAsync(), deployment =>
        {
            deployment.OtherBuild = PreviousBuild;
            deployment.ProcessOverrides = PreviousBuild is null ? Of("1.0.0") : deployment.ProcessOverrides;
        });
        using var http = new HttpClient { BaseAddress = cluster.Deployment.Gateway, Timeout = TimeSpan.FromSeconds(60) };
        var platform = cluster.Platform();
        var phones = await Task.WhenAll(Enumerable.Range(1, 2).Select(number => ClusterPhone.CreateAsync(cluster, http, number)));

        // One signs and signs; the other looks at a request all the while.
        var looking = phones[1];
        var looked = await platform.OpenAsync(looking.Bind());
        using var request = Assert.IsType<RequestOpening.Opened>(await looking.Client.OpenRequestAsync(await looking.Client.ScanAsync(looked.Link()), looking.Certificate)).Request;
        var connections = 0;
        await using var listener = await looking.Client.ListenAsync(kind =>
        {
            connections += kind is PhoneWakeUp.Inbox ? 1 : 0;
            return Task.CompletedTask;
        }, cancellation);

        await using var load = new SignLoad(platform, phones[..1]);
        await load.GoOnAsync(3);
        cluster.Deployment.OtherBuild = null;
        cluster.Deployment.ProcessOverrides = Of("2.0.0");
        var old = cluster.Deployment.Silos.ToList();

        // Beside each other for a while, then the old ones go, one after the other, and hand their grains over.
        await Task.WhenAll(cluster.Deployment.AddSiloAsync(cancellation), cluster.Deployment.AddSiloAsync(cancellation));
        await load.GoOnAsync(3);
        foreach (var silo in old)
        {
            await cluster.Deployment.RemoveSiloAsync(silo);
            await load.GoOnAsync(3);
        }

        for (var i = 0; i < 2; i++)
        {
            await cluster.Deployment.ReplaceGatewayAsync(i, cancellation);
            await load.GoOnAsync(3);
        }

        // He confirms what he has been looking at: every process he had spoken to is gone.
        Assert.IsType<PinOutcome.Done>(await looking.ConfirmAsync(request));
        looking.Verify((await platform.WaitAsync(looked.SessionId, cancellation: cancellation)).Result);
        await load.EndAsync();
        Assert.True(connections >= 2, "The phone that listens was never brought to another gateway.");

        // Nothing of the time before is lost: each session's end, one signature for each in a whole chain, no try of the PIN.
        foreach (var phone in phones)
        {
            Guid[] sessions = phone == looking ? [looked.SessionId] : [.. load.SessionsOf(phone)];
            Assert.Equal(SessionEnd.Ok, (await platform.GetAsync(sessions[0], cancellation: cancellation)).End);
            var evidence = await Wait.UntilAsync(() => phone.Client.GetEvidenceAsync(phone.Certificate), export => export.Entries.Count(entry => entry.Kind is EvidenceKind.Signed) >= sessions.Length);
            Assert.Equal(EvidenceFault.None, evidence.Verify(evidence.EvidenceKey));
            Assert.Equal(sessions.Length, evidence.Entries.Count(entry => entry.Kind is EvidenceKind.Signed));
            Assert.Equal(5, (await phone.Client.GetCertificateAsync(phone.Certificate)).TriesLeft);
            phone.Dispose();
        }

        await Strangers_are_not_let_in(cluster, cancellation);
    }

    /// <summary>One user signs faster here than anybody could, so the limit of a user is out of the way.</summary>
    private static Dictionary<string, string> Of(string release) => new() { ["Cluster:Release"] = release, ["Limits:UserPerSecond"] = "100000" };

    /// <summary>What is not let in ends, says why, and leaves the others alone.</summary>
    private static async Task Strangers_are_not_let_in(RunningCluster cluster, CancellationToken cancellation)
    {
        var otherKey = Path.Combine(Path.GetDirectoryName(cluster.Deployment.RootKeyFile)!, "other.key");
        File.Copy(cluster.Deployment.RootKeyFile, otherKey);
        var key = await File.ReadAllBytesAsync(otherKey, cancellation);
        key[0] ^= 1;
        await File.WriteAllBytesAsync(otherKey, key, cancellation);
        cluster.Deployment.ProcessOverrides = new Dictionary<string, string>(Of("2.0.0")) { ["Protection:RootKeyFile"] = otherKey };
        Assert.Contains("its root key is not the one", await cluster.Deployment.RefusedSiloAsync(cancellation), StringComparison.Ordinal);

        // One that is two releases back.
        cluster.Deployment.ProcessOverrides = Of("3.0.0");
        await cluster.Deployment.AddSiloAsync(cancellation);
        cluster.Deployment.ProcessOverrides = Of("1.0.0");
        Assert.Contains("it is release 1.0.0, and release 3.0.0 has used this store. Beside it only 2.0.0 may run", await cluster.Deployment.RefusedSiloAsync(cancellation), StringComparison.Ordinal);
        using var http = new HttpClient { BaseAddress = cluster.Deployment.Gateway };
        using var ready = await http.GetAsync(new Uri("health/ready", UriKind.Relative), cancellation);
        Assert.True(ready.IsSuccessStatusCode);
    }
}
