using System.Net;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;
using Npgsql;

namespace Bzt.Tests.Cluster;

/// <summary>PostgreSQL away under real processes: silos say that they are not ready, gateways stay and answer for them.</summary>
[SupportedOSPlatform("linux")]
public sealed class StoreAwayTests(PostgresFixture postgres)
{
    /// <summary>Longer than a proxy needs to leave out who is not ready, and than a client keeps its list of silos.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(12);

    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task Without_the_database_gateways_stay_and_refuse_with_a_reason_and_operators_see_it()
    {
        var stop = TestContext.Current.CancellationToken;
        var database = await postgres.NewDatabaseAsync();
        await using var cluster = await RunningCluster.StartAsync(database, each: 1);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        using var api = new HttpClient { BaseAddress = cluster.Deployment.Gateway, Timeout = TimeSpan.FromSeconds(60) };
        using var phone = await ClusterPhone.CreateAsync(cluster, api, number: 1);
        var platform = cluster.Platform();
        Assert.NotEqual(Guid.Empty, (await platform.OpenAsync(phone.Bind(), cancellation: stop)).SessionId);
        var (silo, gateway) = (cluster.Deployment.Silos.Single().Address, cluster.Deployment.Gateways[0]);
        await SeesAsync(silo, 1);
        await SeesAsync(gateway, 1);
        Assert.Matches(@"(?m)^bzt_storage_failures_total\S*operation=""write""\S* 0\b", await http.GetStringAsync(new Uri(silo, "/metrics"), stop));

        await LetInAsync(false);
        await Wait.UntilAsync(() => StatusAsync(new Uri(silo, "/health/ready")), status => status == HttpStatusCode.ServiceUnavailable);
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (since.Elapsed < Outage)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(new Uri(gateway, "/health/ready")));
            await Task.Delay(TimeSpan.FromSeconds(1), stop);
        }

        // What the silos' store has, and what the gateway reads by itself.
        foreach (var ask in (Func<Task>[])[() => phone.Client.GetApplicationsAsync(), () => platform.OpenAsync(phone.Bind(), cancellation: stop)])
        {
            var refused = await Assert.ThrowsAsync<ApiRefusedException>(ask);
            Assert.Equal((ErrorCodes.Unavailable, true), (refused.Code, refused.Problem.RetryAfterSeconds > 0));
        }

        await SeesAsync(silo, 0);
        await SeesAsync(gateway, 1);

        await LetInAsync(true);
        await SeesAsync(silo, 1);
        Assert.NotEmpty(await phone.Client.GetApplicationsAsync());

        Task SeesAsync(Uri process, int ready) => Wait.UntilAsync(
            () => http.GetStringAsync(new Uri(process, "/metrics"), stop), page => Regex.IsMatch(page, $@"(?m)^bzt_ready\S* {ready}\b"));

        async Task LetInAsync(bool yes)
        {
            var name = new NpgsqlConnectionStringBuilder(database).Database;
            await using var admin = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { Database = "postgres" }.ConnectionString);
            foreach (var text in (string[])[$"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {yes}", $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND NOT {yes}"])
            {
                await using var command = admin.CreateCommand(text);
                await command.ExecuteNonQueryAsync(stop);
            }
        }

        async Task<HttpStatusCode> StatusAsync(Uri address)
        {
            using var answer = await http.GetAsync(address, stop);
            return answer.StatusCode;
        }
    }
}
