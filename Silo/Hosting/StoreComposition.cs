using System.Reflection;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;

namespace Bzt.Silo.Hosting;

/// <summary>The stores without grains: all that a gateway needs that is only a client of the cluster.</summary>
public static class StoreComposition
{
    public static StorageOptions AddBztStores(this IHostApplicationBuilder builder)
    {
        var storage = builder.Bind<StorageOptions>(StorageOptions.Section);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IStorageFaults, NoStorageFaults>();
        services.TryAddSingleton<IGrainStorageSerializer, StateSerializer>();
        if (storage.IsEmbedded)
        {
            services.AddSingleton<SqlStore>(_ => new SqliteStore(Path.Combine(storage.DataFolder!, "bzt.db")));
        }
        else
        {
            services.AddSingleton<SqlStore>(_ => new PostgresStore(storage.ConnectionString!));
        }

        services.AddHostedService<MigrationAtStart>();
        return storage;
    }

    /// <summary>Registers what the grains' folders contribute by implementing a foundation's interface.</summary>
    internal static IServiceCollection AddGrainParts(this IServiceCollection services, Assembly grains)
    {
        foreach (var type in grains.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false }))
        {
            if (type.IsAssignableTo(typeof(IStateUpcaster)))
            {
                services.AddSingleton(typeof(IStateUpcaster), type);
            }
        }

        return services;
    }

    /// <summary>Before any hosted service starts, the silo among them.</summary>
    private sealed class MigrationAtStart(SqlStore store) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Migrator.MigrateAsync(store, cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
