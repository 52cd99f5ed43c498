using System.Runtime.Versioning;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Cluster;

/// <summary>The deployed form, as processes: what one gateway began another finishes, and what one silo held survives it.</summary>
[SupportedOSPlatform("linux")]
public sealed class ClusterTests(PostgresFixture postgres)
{
    private const int A = 0;
    private const int B = 1;

    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task Gateways_are_one_and_a_killed_silo_takes_nothing_with_it()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var cluster = await RunningCluster.StartAsync(database);
        var at = A;
        using var http = cluster.ThroughGateway(() => at);
        using var holder = await ClusterPhone.CreateAsync(cluster, http, number: 1);
        var (phone, certificate) = (holder.Client, holder.Certificate);

        // Opened at A with a token of A; scanned and confirmed at B; its end is seen at both.
        var platform = cluster.Platform(token: A, call: A);
        var other = cluster.Platform(token: A, call: B);
        var first = await platform.OpenAsync(holder.Bind());
        at = B;
        await holder.SignAsync(first);
        holder.Verify((await platform.WaitAsync(first.SessionId)).Result);
        holder.Verify((await other.WaitAsync(first.SessionId)).Result);

        // So is a login with OpenID Connect, on the way there and back.
        await ClusterLogin.IsOneOverBothAsync(cluster, holder, A, B);
        var keys = new ClusterKeys(cluster, holder, database);
        await keys.BeginAsync(B);
        await keys.LastWeekBeginsAsync();

        // Both start anew. Every token given before is good at either; a stranger's is at none.
        await cluster.Deployment.StopGatewaysAsync();
        await cluster.Deployment.StartGatewaysAsync(TestContext.Current.CancellationToken);
        foreach (var gateway in (int[])[A, B])
        {
            at = gateway;
            Assert.Equal(CertificateState.Active, (await phone.GetCertificateAsync(certificate)).State);
        }

        Assert.Equal(SessionEnd.Ok, (await platform.GetAsync(first.SessionId)).End);
        Assert.Equal(SessionEnd.Ok, (await other.GetAsync(first.SessionId)).End);
        using var stolen = new EcdsaDeviceKey();
        var thief = new PhoneHttp(http, stolen, PhoneClient.Version, TimeProvider.System) { AccessToken = phone.Login!.AccessToken };
        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => thief.GetAsync(Routes.Phone.Me, BztJson.Default.Me));
        Assert.Equal(ErrorCodes.Unauthenticated, refused.Code);

        // The keys of ID tokens change under both.
        await keys.NextIsPublishedAsync([A, B]);
        at = A;
        await keys.NextSignsAsync(A, B);

        // A session waits; the silo that has the certificate's shares in its memory dies without a word; then the user confirms.
        var second = await platform.OpenAsync(holder.Bind());
        var home = await cluster.HolderOfAsync(certificate);
        await home.Process.KillAsync();
        Assert.True(await Wait.UntilAsync(() => holder.TrySignAsync(second), signed => signed));
        holder.Verify((await Absence.OutlastedAsync(() => other.WaitAsync(second.SessionId))).Result);
        Assert.NotSame(home, await cluster.HolderOfAsync(certificate));

        // Five confirmations are five signatures in an unbroken chain, no try of the PIN is lost, and what the phone had been told is there.
        var evidence = await Wait.UntilAsync(() => Absence.OutlastedAsync(() => phone.GetEvidenceAsync(certificate)), export => export.Verify(export.EvidenceKey) is EvidenceFault.None);
        Assert.Equal(5, evidence.Entries.Count(entry => entry.Kind is EvidenceKind.Signed));
        Assert.Equal(5, (await phone.GetCertificateAsync(certificate)).TriesLeft);
        Assert.Contains((await phone.GetInboxAsync()).Messages, message => message.Kind == MessageKind.CertificateActive);
    }
}
