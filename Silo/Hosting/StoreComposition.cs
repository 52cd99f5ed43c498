using System.Reflection;
using Bzt.Grains.Foundations;
using Bzt.Silo.KeyProtection;
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

        services.AddHostedService<StoresAtStart>();
        AddProtection(builder, storage);
        return storage;
    }

    private static readonly Type[] GrainParts = [typeof(IStateUpcaster), typeof(IOutboxHandler)];

    /// <summary>Registers what the grains' folders contribute by implementing a foundation's interface.</summary>
    internal static IServiceCollection AddGrainParts(this IServiceCollection services, Assembly grains)
    {
        foreach (var type in grains.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false }))
        {
            foreach (var part in GrainParts.Where(type.IsAssignableTo))
            {
                services.AddSingleton(part, type);
            }
        }

        services.AddSingleton<OutboxDrains>();
        return services;
    }

    private static void AddProtection(IHostApplicationBuilder builder, StorageOptions storage)
    {
        var protection = builder.Bind<ProtectionOptions>(ProtectionOptions.Section);
        if (storage.IsEmbedded)
        {
            KeyFiles.RequireOutside(storage.DataFolder!, protection.RootKeyFile);
            KeyFiles.RequireOutside(storage.DataFolder!, protection.RingFile);
        }

        builder.Services.AddSingleton<IKeyProtector>(_ =>
        {
            if (storage.IsEmbedded)
            {
                // In a cluster a key made here would be one silo's alone: there an operator hands it out (`keys create`).
                KeyRing.Create(protection);
            }

            return new FileKeyProtector(protection);
        });
        builder.Services.AddSingleton<PersonalData>();
    }

    /// <summary>Before any hosted service starts, the silo among them: keys that cannot be used stop the process here.</summary>
    private sealed class StoresAtStart(SqlStore store, IServiceProvider services) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken)
        {
            services.GetRequiredService<IKeyProtector>();
            return Migrator.MigrateAsync(store, cancellationToken);
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
