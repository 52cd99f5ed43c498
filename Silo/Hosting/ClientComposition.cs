using Bzt.Silo.Storage;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Bzt.Silo.Hosting;

/// <summary>A gateway of a cluster: the stores, and a client of the silos that the store's membership table names.</summary>
public static class ClientComposition
{
    public static IHostApplicationBuilder AddBztClient(this IHostApplicationBuilder builder)
    {
        var storage = builder.AddBztStores();
        if (storage.IsEmbedded)
        {
            throw new OptionsValidationException(StorageOptions.Section, typeof(StorageOptions), [
                "A client needs the cluster's store: Storage:Provider is postgres. The embedded form has its silo inside."]);
        }

        var cluster = builder.BindCluster(storage);
        builder.Services.AddSingleton<IGrainInterfaceTypeProvider, KnownGrainInterfaces>();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (cluster.ServiceId, cluster.ClusterId));
            client.Services.AddReleaseVersions(cluster.ProcessRelease);
            if (builder.IsTraced())
            {
                client.AddActivityPropagation();
            }

            client.UseAdoNetClustering((OptionsBuilder<AdoNetClusteringClientOptions> options) => options.Configure<SqlStore>((clustering, store) =>
                (clustering.Invariant, clustering.DataSource) = (store.Invariant, store.DataSource)));
            // A gateway that is started before its silos, or while all of them restart, waits for the first.
            client.UseConnectionRetryFilter(async (_, cancellation) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
                return true;
            });
            // Measured: with the default of a minute a client calls dead silos for that long.
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = options.ResponseTimeoutWithDebugger = TimeSpan.FromSeconds(10));
        });
        return builder;
    }
}
