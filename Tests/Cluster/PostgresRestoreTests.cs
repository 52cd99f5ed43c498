using System.Runtime.Versioning;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Wire;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.KeyProtection;
using Bzt.Tests.Storage;
using Npgsql;

namespace Bzt.Tests.Cluster;

/// <summary>The cluster's own backup, by PostgreSQL's tools, under real processes: an older database is noticed, and declared it is no copy. And what PostgreSQL holds up is refused.</summary>
[SupportedOSPlatform("linux")]
public sealed class PostgresRestoreTests(PostgresFixture postgres)
{
    [Fact]
    [Trait("Feature", "X25"), Trait("Surface", "operator")]
    public async Task A_dump_put_back_into_a_new_database_repeats_no_nonce_and_is_told_apart_from_a_copy()
    {
        var stop = TestContext.Current.CancellationToken;
        var database = await postgres.NewDatabaseAsync();
        await using var cluster = await RunningCluster.StartAsync(database, each: 1);
        using var http = new HttpClient { BaseAddress = cluster.Deployment.Gateway, Timeout = TimeSpan.FromSeconds(60) };
        var platform = cluster.Platform();
        using var quiet = await ClusterPhone.CreateAsync(cluster, http, number: 1);
        using var busy = await ClusterPhone.CreateAsync(cluster, http, number: 2);
        var early = await SignAsync(quiet);

        // A table that somebody holds: callers are refused, and may come again.
        await using (var other = new NpgsqlConnection(database))
        {
            await other.OpenAsync(stop);
            await using var transaction = await other.BeginTransactionAsync(stop);
            await other.ExecuteAsync("LOCK TABLE OrleansStorage IN EXCLUSIVE MODE");
            var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => platform.OpenAsync(busy.Bind()));
            Assert.Equal(ErrorCodes.Unavailable, refused.Code);
            Assert.True(refused.Problem.RetryAfterSeconds > 0);
        }

        // The dump; after it one phone signs, the other does not.
        var dump = await postgres.DumpAsync(database);
        var copy = busy.Kept;
        var lost = await SignAsync(busy);

        // Everything stops; a new database, from the dump, and nobody says so.
        await StopAsync();
        var restored = await postgres.RestoreAsync(dump);
        cluster.Deployment.ProcessOverrides = new Dictionary<string, string> { ["Storage:ConnectionString"] = restored };
        await StartAsync();
        Assert.Equal(new PinOutcome.Failed(nameof(SiloBehind)), await TrySignAsync(busy));

        // The operator says it: that certificate ends, and no other.
        await StopAsync();
        Dictionary<string, string> settings = new()
        {
            ["Storage:Provider"] = "postgres", ["Storage:ConnectionString"] = restored, ["Protection:RootKeyFile"] = cluster.Deployment.RootKeyFile,
        };
        Assert.Contains("Restore 1", await SiloCommand.RunAsync(settings, "restored"), StringComparison.Ordinal);
        await StartAsync();
        Assert.IsType<PinOutcome.Frozen>(await TrySignAsync(busy));
        var beforeCopy = quiet.Kept;
        byte[][] signatures = [early, lost, await SignAsync(quiet), await SignAsync(quiet)];
        Assert.Equal(signatures.Length, signatures.Select(signature => Convert.ToHexString(signature.AsSpan(0, 32))).Distinct().Count());

        // A copy of the phone that goes on is a copy, declared or not; and the ended certificate's copy signs nothing either.
        quiet.Kept = beforeCopy;
        Assert.IsType<PinOutcome.Frozen>(await TrySignAsync(quiet));
        busy.Kept = copy;
        Assert.IsType<PinOutcome.Frozen>(await TrySignAsync(busy));
        await using var store = new PostgresStore(restored);
        Assert.Equal(["restored"], await store.QueryAsync("SELECT action FROM operator_audit", row => row.GetString(0), stop));

        async Task StopAsync()
        {
            await cluster.Deployment.StopGatewaysAsync();
            foreach (var silo in cluster.Deployment.Silos.ToList())
            {
                await cluster.Deployment.RemoveSiloAsync(silo);
            }
        }

        async Task StartAsync()
        {
            await cluster.Deployment.AddSiloAsync(stop);
            await cluster.Deployment.StartGatewaysAsync(stop);
        }

        async Task<byte[]> SignAsync(ClusterPhone phone)
        {
            var session = await Absence.OutlastedAsync(() => platform.OpenAsync(phone.Bind()));
            await phone.SignAsync(session);
            var result = (await platform.WaitAsync(session.SessionId)).Result;
            phone.Verify(result);
            return Assert.Single(result!.Signatures).Signature;
        }

        async Task<PinOutcome?> TrySignAsync(ClusterPhone phone)
        {
            var session = await Absence.OutlastedAsync(() => platform.OpenAsync(phone.Bind()));
            return (await phone.Client.OpenRequestAsync(await phone.Client.ScanAsync(session.Link()), phone.Certificate) as RequestOpening.NotOpened)?.Reason;
        }
    }
}
