using System.Net;
using System.Runtime.Versioning;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Cluster;

/// <summary>
/// A release is taken back, process by process, while people sign: gateways first, then silos. The other way round the newer gateways find no silo
/// that serves them once the last newer one has gone.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class GoingBackTests(PostgresFixture postgres)
{
    private const string PreviousBuild = "BZT_PREVIOUS_BUILD";

    /// <summary>What a leaving silo did not deliver may not wait for the sweeper, which comes after a minute.</summary>
    private static readonly TimeSpan LongestFlow = TimeSpan.FromSeconds(30);

    // One user signs faster here than anybody could, so the limit of a user is out of the way.
    private static readonly Dictionary<string, string> AsBuilt = new() { ["Limits:UserPerSecond"] = "100000" };

    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task A_release_is_taken_back_and_no_signature_fails()
    {
        await using var cluster = await RunningCluster.StartAsync(await postgres.NewDatabaseAsync(), deployment => deployment.ProcessOverrides = Of("2.0.0"));
        using var http = Http(cluster);
        var phones = await Task.WhenAll(Enumerable.Range(1, 2).Select(number => ClusterPhone.CreateAsync(cluster, http, number)));
        await using var load = new SignLoad(cluster.Platform(), phones);
        await load.GoOnAsync(6);

        cluster.Deployment.ProcessOverrides = Of("1.0.0");
        await ReplaceGatewaysAsync(cluster, load);
        await ReplaceSilosAsync(cluster, load);

        await load.EndAsync();
        Assert.InRange(load.Longest, TimeSpan.Zero, LongestFlow);
        foreach (var phone in phones)
        {
            await NothingIsLostAsync(cluster, phone, load);
            phone.Dispose();
        }
    }

    /// <summary>In the wrong order: the newer gateways answer nobody, so a proxy is not to choose them, and whoever looks reads why.</summary>
    [Fact]
    public async Task Silos_first_leaves_gateways_that_say_that_nobody_serves_them()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await RunningCluster.StartAsync(await postgres.NewDatabaseAsync(), deployment => deployment.ProcessOverrides = Of("2.0.0"), each: 1);
        using var http = new HttpClient { BaseAddress = cluster.Deployment.Gateways[0], Timeout = TimeSpan.FromSeconds(60) };
        var newer = cluster.Deployment.Silos.Single();
        cluster.Deployment.ProcessOverrides = Of("1.0.0");
        await cluster.Deployment.AddSiloAsync(cancellation);
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await ReadyAsync());
        await cluster.Deployment.RemoveSiloAsync(newer);
        await Wait.UntilAsync(ReadyAsync, answer => answer is (HttpStatusCode.ServiceUnavailable, "Unhealthy: No silo serves this gateway of release 2.0.0: those that answer may be of an older one."));

        // A newer silo again, and it is ready by itself.
        cluster.Deployment.ProcessOverrides = Of("2.0.0");
        await cluster.Deployment.AddSiloAsync(cancellation);
        await Wait.UntilAsync(ReadyAsync, answer => answer is (HttpStatusCode.OK, "Healthy"));

        async Task<(HttpStatusCode, string)> ReadyAsync()
        {
            using var answer = await http.GetAsync(new Uri("health/ready", UriKind.Relative), cancellation);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
        }
    }

    /// <summary>
    /// Forward, back and forward again. Needs the release before as a built clone, so it runs when it is asked for:
    /// <c>BZT_PREVIOUS_BUILD=/path Tests/bin/Debug/net10.0/Bzt.Tests -explicit only -class Bzt.Tests.Cluster.GoingBackTests</c>.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task A_release_is_taken_back_to_another_build_and_given_again_and_neither_a_signature_nor_a_link_of_evidence_is_lost()
    {
        var previous = Environment.GetEnvironmentVariable(PreviousBuild) ?? throw new InvalidOperationException($"{PreviousBuild} names a clone in which the release before was built.");
        await using var cluster = await RunningCluster.StartAsync(await postgres.NewDatabaseAsync(), deployment => (deployment.OtherBuild, deployment.ProcessOverrides) = (previous, AsBuilt));
        using var http = Http(cluster);
        using var phone = await ClusterPhone.CreateAsync(cluster, http, 1);
        await using var load = new SignLoad(cluster.Platform(), [phone]);
        await load.GoOnAsync(6);

        await ForwardAsync();
        await load.GoOnAsync(5);

        (cluster.Deployment.OtherBuild, cluster.Deployment.ProcessOverrides) = (previous, AsBuilt);
        await ReplaceGatewaysAsync(cluster, load);
        await ReplaceSilosAsync(cluster, load);
        await load.GoOnAsync(5);
        await An_export_is_whole_or_refused(phone);

        // And forward again: everything of all three times is there.
        await ForwardAsync();
        await load.GoOnAsync(3);
        await load.EndAsync();
        Assert.InRange(load.Longest, TimeSpan.Zero, LongestFlow);
        await NothingIsLostAsync(cluster, phone, load);

        async Task ForwardAsync()
        {
            (cluster.Deployment.OtherBuild, cluster.Deployment.ProcessOverrides) = (null, Of("2.0.0"));
            await ReplaceSilosAsync(cluster, load);
            await ReplaceGatewaysAsync(cluster, load);
        }
    }

    private static Dictionary<string, string> Of(string release) => new(AsBuilt) { ["Cluster:Release"] = release };

    private static HttpClient Http(RunningCluster cluster) => new() { BaseAddress = cluster.Deployment.Gateway, Timeout = TimeSpan.FromSeconds(60) };

    private static async Task ReplaceSilosAsync(RunningCluster cluster, SignLoad load)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var there = cluster.Deployment.Silos.ToList();
        await Task.WhenAll(cluster.Deployment.AddSiloAsync(cancellation), cluster.Deployment.AddSiloAsync(cancellation));
        foreach (var silo in there)
        {
            await cluster.Deployment.RemoveSiloAsync(silo);
            await load.GoOnAsync(2);
        }
    }

    private static async Task ReplaceGatewaysAsync(RunningCluster cluster, SignLoad load)
    {
        for (var gateway = 0; gateway < cluster.Deployment.Gateways.Count; gateway++)
        {
            await cluster.Deployment.ReplaceGatewayAsync(gateway, TestContext.Current.CancellationToken);
            await load.GoOnAsync(2);
        }
    }

    /// <summary>
    /// The older release may not know where the newer one wrote its newest links. Then it refuses an export, until the newer one is back; it never
    /// hands out a chain with a gap.
    /// </summary>
    private static async Task An_export_is_whole_or_refused(ClusterPhone phone)
    {
        try
        {
            var export = await phone.Client.GetEvidenceAsync(phone.Certificate);
            Assert.Equal(EvidenceFault.None, export.Verify(export.EvidenceKey));
        }
        catch (ApiRefusedException refused)
        {
            Assert.Equal(ErrorCodes.Unavailable, refused.Code);
        }
    }

    /// <summary>Each session's end, one signature for each in a whole chain, no try of the PIN.</summary>
    private static async Task NothingIsLostAsync(RunningCluster cluster, ClusterPhone phone, SignLoad load)
    {
        var sessions = load.SessionsOf(phone);
        var evidence = await Wait.UntilAsync(() => phone.Client.GetEvidenceAsync(phone.Certificate), export => export.Entries.Count(entry => entry.Kind is EvidenceKind.Signed) >= sessions.Count);
        Assert.Equal(EvidenceFault.None, evidence.Verify(evidence.EvidenceKey));
        Assert.Equal(sessions.Order(), evidence.Entries.Where(entry => entry.Kind is EvidenceKind.Signed).Select(entry => entry.Request).Order());
        Assert.Equal(5, (await phone.Client.GetCertificateAsync(phone.Certificate)).TriesLeft);
        Assert.Equal(SessionEnd.Ok, (await cluster.Platform().GetAsync(sessions.First(), cancellation: TestContext.Current.CancellationToken)).End);
    }
}
