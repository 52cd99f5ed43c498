using System.Reflection;
using Bzt.Grains.Foundations;
using Bzt.Silo.Blobs;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Projections;
using Bzt.Silo.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;

namespace Bzt.Silo.Hosting;

/// <summary>The stores without grains: all that a gateway needs that is only a client of the cluster.</summary>
public static class StoreComposition
{
    private const string Database = "bzt.db";

    public static StorageOptions AddBztStores(this IHostApplicationBuilder builder)
    {
        var storage = builder.Bind<StorageOptions>(StorageOptions.Section);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        AddFaults(builder);
        services.TryAddSingleton<IGrainStorageSerializer, StateSerializer>();
        if (storage.IsEmbedded)
        {
            services.AddSingleton(_ => new DataFolderLock(storage.DataFolder!));
            services.AddSingleton<SqlStore>(provider =>
            {
                // The keys come first: data never lies there without the key it was made with.
                provider.GetRequiredService<IKeyProtector>();
                return new SqliteStore(Path.Combine(storage.DataFolder!, Database));
            });
        }
        else
        {
            services.AddSingleton<SqlStore>(_ => new PostgresStore(storage.ConnectionString!));
        }

        services.AddHostedService<StoresAtStart>();
        services.AddSingleton<IProjectionStore, SqlProjectionStore>();
        services.AddSingleton<IEvidenceActivity, SqlEvidenceActivity>();
        AddProtection(builder, storage);
        return storage;
    }

    private static readonly Type[] GrainParts = [typeof(IStateUpcaster), typeof(IOutboxHandler), typeof(IStateProjector)];

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
        services.AddSingleton<ProjectionRebuild>();
        return services;
    }

    private static void AddFaults(IHostApplicationBuilder builder)
    {
        if (builder.Configuration[KillAtWrite.Setting] is { } setting)
        {
            if (!builder.Environment.IsDevelopment())
            {
                throw new InvalidOperationException($"{KillAtWrite.Setting} is for development: this process would kill itself.");
            }

            builder.Services.AddSingleton<IStorageFaults>(new KillAtWrite(setting));
        }

        builder.Services.TryAddSingleton<IStorageFaults, NoStorageFaults>();
    }

    private static void AddProtection(IHostApplicationBuilder builder, StorageOptions storage)
    {
        var protection = builder.Bind<ProtectionOptions>(ProtectionOptions.Section);
        if (storage.IsEmbedded)
        {
            KeyFiles.RequireOutside(storage.DataFolder!, protection.RootKeyFile);
            KeyFiles.RequireOutside(storage.DataFolder!, protection.RingFile);
        }

        builder.Services.AddSingleton<IKeyProtector>(services =>
        {
            if (storage.IsEmbedded)
            {
                services.GetRequiredService<DataFolderLock>();
                if (!File.Exists(protection.RootKeyFile) && File.Exists(Path.Combine(storage.DataFolder!, Database)))
                {
                    throw new InvalidOperationException(
                        $"The data folder {storage.DataFolder} is in use, its root key {protection.RootKeyFile} is not there. Restore it: a new one opens nothing.");
                }

                // In a cluster a key made here would be one silo's alone: there an operator hands it out (`keys create`).
                KeyRing.Create(protection);
            }

            return new FileKeyProtector(protection);
        });
        builder.Services.AddSingleton<PersonalData>();
        builder.Services.AddSingleton<IBlobStore>(services => storage.IsEmbedded
            ? new FolderBlobStore(Path.Combine(storage.DataFolder!, "blobs"), services.GetRequiredService<IKeyProtector>(), services.GetRequiredService<IStorageFaults>())
            : ActivatorUtilities.CreateInstance<PostgresBlobStore>(services));

        // One name for all gateways: the framework would otherwise take each one's path and refuse the others' cookies.
        builder.Services.AddDataProtection().SetApplicationName("bzt");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<SqlStore, IStorageFaults, IKeyProtector>((keys, store, faults, protector) =>
            (keys.XmlRepository, keys.XmlEncryptor) = (new StoredXmlRepository(store, faults), new ProtectedXml(protector)));
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
