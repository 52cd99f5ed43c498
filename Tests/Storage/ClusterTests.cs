using Bzt.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bzt.Tests.Storage;

/// <summary>Silos and clients that find each other through our membership tables.</summary>
public sealed class ClusterTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Two_silos_and_a_client_are_one_cluster()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var first = await TestSilo.StartAsync(postgres: database);
        await using var second = await TestSilo.StartAsync(postgres: database, beside: first);
        using var client = Client(first, database);
        await client.StartAsync();
        var grains = client.Services.GetRequiredService<IGrainFactory>();
        var hosts = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        Assert.Equal(2, hosts.Count);

        // A grain is one grain, whoever asks; and it moves when its silo leaves.
        for (var i = 0; i < 20; i++)
        {
            await first.Grains.GetGrain<ICounterGrain>($"{i}").Add(1);
            await second.Grains.GetGrain<ICounterGrain>($"{i}").Add(1);
            Assert.Equal(3, await grains.GetGrain<ICounterGrain>($"{i}").Add(1));
        }

        await second.StopAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(4, await first.Grains.GetGrain<ICounterGrain>($"{i}").Add(1));
        }

        await client.StopAsync();
    }

    private static IHost Client(TestSilo silo, string database)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production" });
        builder.Configuration["Storage:Provider"] = "postgres";
        builder.Configuration["Storage:ConnectionString"] = database;
        builder.Configuration["Protection:RootKeyFile"] = Path.Combine(silo.Folder, "keys/root.key");
        builder.AddBztClient();
        return builder.Build();
    }
}
