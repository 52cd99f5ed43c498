using System.Runtime.Versioning;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Cluster;

/// <summary>
/// A release is taken back, process by process, while people sign, and given again. Needs the release before as a built clone, so it runs when it is
/// asked for: <c>BZT_PREVIOUS_BUILD=/path Tests/bin/Debug/net10.0/Bzt.Tests -explicit only -class Bzt.Tests.Cluster.GoingBackTests</c>.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class GoingBackTests(PostgresFixture postgres)
{
    // One user signs faster here than anybody could, so the limit of a user is out of the way.
    private static readonly Dictionary<string, string> Older = new() { ["Limits:UserPerSecond"] = "100000" };
    private static readonly Dictionary<string, string> Newer = new(Older) { ["Cluster:Release"] = "2.0.0" };

    [Fact(Explicit = true)]
    public async Task A_release_is_taken_back_and_given_again_and_neither_a_signature_nor_a_link_of_evidence_is_lost()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var previous = Environment.GetEnvironmentVariable("BZT_PREVIOUS_BUILD") ?? throw new InvalidOperationException("BZT_PREVIOUS_BUILD names a clone in which the release before was built.");
        await using var cluster = await RunningCluster.StartAsync(await postgres.NewDatabaseAsync(), deployment => (deployment.OtherBuild, deployment.ProcessOverrides) = (previous, Older));
        using var http = new HttpClient { BaseAddress = cluster.Deployment.Gateway, Timeout = TimeSpan.FromSeconds(60) };
        var platform = cluster.Platform();
        using var phone = await ClusterPhone.CreateAsync(cluster, http, 1);
        await using var load = new SignLoad(platform, [phone]);
        await load.GoOnAsync(6);

        // Forward: evidence lies in two rows from here on. Whoever goes on with it must not lose the small one.
        await ReplaceAsync(null);
        await load.GoOnAsync(5);

        // Back. What the older release exports may lack the newest links of the newer one, and says so: its chain has a gap then, never a forged link.
        await ReplaceAsync(previous);
        await load.GoOnAsync(5);
        var between = await phone.Client.GetEvidenceAsync(phone.Certificate, cancellation);
        TestContext.Current.SendDiagnosticMessage("Exported by the older release: {0} entries, {1}", between.Entries.Count, between.Verify(between.EvidenceKey));

        // And forward again: everything of all three times is there.
        await ReplaceAsync(null);
        await load.GoOnAsync(3);
        await load.EndAsync();
        var sessions = load.SessionsOf(phone);
        var evidence = await Wait.UntilAsync(() => phone.Client.GetEvidenceAsync(phone.Certificate), export => export.Entries.Count(entry => entry.Kind is EvidenceKind.Signed) >= sessions.Count);
        Assert.Equal(EvidenceFault.None, evidence.Verify(evidence.EvidenceKey));
        Assert.Equal(sessions.Order(), evidence.Entries.Where(entry => entry.Kind is EvidenceKind.Signed).Select(entry => entry.Request).Order());
        Assert.Equal(5, (await phone.Client.GetCertificateAsync(phone.Certificate)).TriesLeft);
        Assert.Equal(SessionEnd.Ok, (await platform.GetAsync(sessions.First(), cancellation: cancellation)).End);

        async Task ReplaceAsync(string? build)
        {
            cluster.Deployment.OtherBuild = build;
            cluster.Deployment.ProcessOverrides = build is null ? Newer : Older;
            var there = cluster.Deployment.Silos.ToList();
            await Task.WhenAll(cluster.Deployment.AddSiloAsync(cancellation), cluster.Deployment.AddSiloAsync(cancellation));
            foreach (var silo in there)
            {
                await cluster.Deployment.RemoveSiloAsync(silo);
                await load.GoOnAsync(2);
            }

            for (var gateway = 0; gateway < 2; gateway++)
            {
                await cluster.Deployment.ReplaceGatewayAsync(gateway, cancellation);
                await load.GoOnAsync(2);
            }
        }
    }
}
