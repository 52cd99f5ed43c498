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
                // The root key comes first: data never lies there without the key it was made with.
                provider.GetRequiredService<IRootKey>();
                return new SqliteStore(storage.DatabaseFile);
            });
        }
        else
        {
            services.AddSingleton<SqlStore>(_ => new PostgresStore(storage.ConnectionString!));
        }

        services.AddHostedService<StoresAtStart>();
        services.AddHostedService<StoreClock>();
        services.AddSingleton<IProjectionStore, SqlProjectionStore>();
        services.AddSingleton<IEvidenceActivity, SqlEvidenceActivity>();
        AddProtection(builder, storage);
        return storage;
    }

    private static readonly Type[] GrainParts = [typeof(IStateUpcaster), typeof(IOutboxHandler), typeof(IOutboxRoutes), typeof(IStateProjector)];

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
            foreach (var file in (string?[])[protection.RootKeyFile, protection.RingFile, protection.Pkcs11?.PinFile])
            {
                if (file is not null)
                {
                    KeyFiles.RequireOutside(storage.DataFolder!, file);
                }
            }
        }

        builder.Services.AddSingleton<IRootKey>(services =>
        {
            if (storage.IsEmbedded)
            {
                services.GetRequiredService<DataFolderLock>();
            }

            if (storage.IsEmbedded && protection.RootKeyFile is { } file)
            {
                if (!File.Exists(file) && File.Exists(storage.DatabaseFile))
                {
                    throw new InvalidOperationException(
                        $"The data folder {storage.DataFolder} is in use, its root key {file} is not there. Restore it: a new one opens nothing.");
                }

                // In a cluster a key made here would be one silo's alone: there an operator hands it out (`keys create`).
                FileRootKey.Create(protection);
            }

            return protection.OpenRootKey();
        });
        builder.Services.AddSingleton<KeyRingStore>();
        builder.Services.AddSingleton<KeyProtector>();
        builder.Services.AddSingleton<IKeyProtector>(services => services.GetRequiredService<KeyProtector>());
        builder.Services.AddSingleton<StoreRestores>();
        builder.Services.AddSingleton<IStoreRestores>(services => services.GetRequiredService<StoreRestores>());
        builder.Services.AddHostedService<KeyProtectionWatch>();
        builder.Services.AddSingleton<PersonalData>();
        builder.Services.AddSingleton<IBlobStore>(services => storage.IsEmbedded
            ? ActivatorUtilities.CreateInstance<FolderBlobStore>(services, Path.Combine(storage.DataFolder!, "blobs"))
            : ActivatorUtilities.CreateInstance<PostgresBlobStore>(services));
        builder.Services.AddSingleton(services => (IBlobRetention)services.GetRequiredService<IBlobStore>());
        builder.Services.AddSingleton(services => (IMovableBlobs)services.GetRequiredService<IBlobStore>());

        // One name for all gateways: the framework would otherwise take each one's path and refuse the others' cookies.
        builder.Services.AddDataProtection().SetApplicationName("bzt");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<SqlStore, IStorageFaults, IKeyProtector>((keys, store, faults, protector) =>
            (keys.XmlRepository, keys.XmlEncryptor) = (new StoredXmlRepository(store, faults), new ProtectedXml(protector)));
    }

    /// <summary>Before any hosted service starts, the silo among them: keys that cannot be used stop the process here.</summary>
    private sealed class StoresAtStart(IRootKey root, SqlStore store, KeyRingStore ring, KeyProtector protector, StoreRestores restores) : IHostedLifecycleService
    {
        public async Task StartingAsync(CancellationToken cancellationToken)
        {
            await Migrator.MigrateAsync(store, cancellationToken);
            await ring.EnsureAsync(root, cancellationToken);
            protector.Renew();
            await restores.ReadAsync(store, protector);
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
