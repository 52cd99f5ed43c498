using System.Net;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications;
using Bzt.Grains.Callbacks;
using Bzt.Grains.Certificates;
using Bzt.Grains.Evidence;
using Bzt.Grains.Foundations;
using Bzt.Grains.MockPhones;
using Bzt.Grains.Providers;
using Bzt.Grains.Retention;
using Bzt.Grains.Sessions;
using Bzt.Grains.WebPush;
using Bzt.Silo.Batching;
using Bzt.Silo.Imaging;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Bzt.Silo.Hosting;

/// <summary>What a process with grains is made of; a cluster's silo and the embedded gateway alike.</summary>
public static class SiloComposition
{
    private const string RowStorage = "rows";

    public static IHostApplicationBuilder AddBztSilo(this IHostApplicationBuilder builder)
    {
        var storage = builder.AddBztStores();
        var cluster = builder.BindCluster(storage);
        builder.Bind<OutboxOptions>(OutboxOptions.Section);
        builder.Bind<ArchiveOptions>(ArchiveOptions.Section);
        builder.Services.AddSingleton<StateArchive>();
        builder.Bind<RetentionOptions>(RetentionOptions.Section);
        builder.Services.AddSingleton<IStateErasure, StateErasure>();
        builder.Services.AddGrainParts(typeof(StateJson).Assembly);
        builder.Services.AddAccountGrains();
        builder.Services.AddApplications(builder.Environment);
        builder.Services.AddCertificates();
        builder.Bind<SessionQuotas>(SessionQuotas.Section);
        builder.Services.AddCallbacks(storage.IsEmbedded);
        builder.Bind<WebPushOptions>(WebPushOptions.Section);
        builder.Services.AddWebPush();
        if (builder.Bind<MockPhoneOptions>(MockPhoneOptions.Section).Enabled && !storage.IsEmbedded)
        {
            throw new OptionsValidationException(MockPhoneOptions.Section, typeof(MockPhoneOptions), ["MockPhone:Enabled is for an embedded system: a phone whose keys lie at the server has no place beside real ones."]);
        }

        builder.Services.AddProviders();
        // Each handler renews its connections itself (PooledConnectionLifetime); a factory that renews handlers keeps what has stopped in memory meanwhile.
        builder.Services.ConfigureHttpClientDefaults(client => client.SetHandlerLifetime(Timeout.InfiniteTimeSpan));
        builder.AddBatching();
        builder.AddImaging();
        // Before Orleans' own: the first that knows answers.
        builder.Services.AddSingleton<IGrainInterfaceTypeProvider, KnownGrainInterfaces>();
        builder.UseOrleans(silo =>
        {
            silo.Services.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (cluster.ServiceId, cluster.ClusterId));
            silo.Services.AddReleaseVersions(cluster.ProcessRelease);
            if (builder.IsTraced())
            {
                silo.AddActivityPropagation();
            }

            if (storage.IsEmbedded)
            {
                // Nobody outside the process speaks to this silo: no gateway port, and a silo port on loopback only.
                silo.UseLocalhostClustering(EmbeddedPort.Take(), gatewayPort: 0, serviceId: cluster.ServiceId, clusterId: cluster.ClusterId);
            }
            else
            {
                JoinCluster(silo, cluster);
            }

            silo.AddIncomingGrainCallFilter<KeysRequired>();
            AddGrainStorage(silo);
            AddReminders(silo);
            silo.Services.AddHostedService<OutboxSweeper>();
            silo.Services.AddHostedService<StateArchiver>();
            silo.Services.AddHostedService<Rewrapping>();
            AddDuty(silo, Duties.Expiry, _ => ExpirySweepGrain.Period, grains => grains.ExpirySweep().Ensure());
            AddDuty(silo, Duties.Checkpoints, _ => EvidenceNotaryGrain.Period, grains => grains.EvidenceNotary().Ensure());
            AddDuty(silo, Duties.Retention, services => services.GetRequiredService<IOptions<RetentionOptions>>().Value.Period, grains => grains.Retention().Ensure());
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = options.ResponseTimeoutWithDebugger = TimeSpan.FromSeconds(10));
        });
        return builder;
    }

    /// <summary>What some grain does by a reminder that every silo's start makes sure of.</summary>
    private static void AddDuty(ISiloBuilder silo, string duty, Func<IServiceProvider, TimeSpan> period, Func<IGrainFactory, Task> ensure)
    {
        silo.AddStartupTask((services, _) =>
        {
            Duties.Expect(duty, period(services), services.GetRequiredService<TimeProvider>().GetUtcNow());
            return Task.CompletedTask;
        });
        silo.AddStartCall(duty, ensure);
    }

    /// <summary>Section <c>Cluster</c>, which must say what the storage says.</summary>
    internal static ClusterSettings BindCluster(this IHostApplicationBuilder builder, StorageOptions storage)
    {
        var cluster = builder.Bind<ClusterSettings>(ClusterSettings.Section);
        builder.Services.AddHostedService<AdmissionAtStart>();
        return cluster.Mode is not { } mode || mode == (storage.IsEmbedded ? "embedded" : "cluster")
            ? cluster
            : throw new OptionsValidationException(ClusterSettings.Section, typeof(ClusterSettings), [
                $"Cluster:Mode {mode} and Storage:Provider {storage.Provider} do not go together: embedded is one process on sqlite, a cluster is on postgres."]);
    }

    private static void JoinCluster(ISiloBuilder silo, ClusterSettings cluster)
    {
        silo.Services.AddHostedService<ClockWatch>();
        silo.UseAdoNetClustering((OptionsBuilder<AdoNetClusteringSiloOptions> options) => options.Configure<SqlStore>((clustering, store) =>
            (clustering.Invariant, clustering.DataSource) = (store.Invariant, store.DataSource)));
        if (cluster.AdvertisedAddress is { } address)
        {
            silo.ConfigureEndpoints(IPAddress.Parse(address), cluster.SiloPort, cluster.GatewayPort, cluster.ListenOnAnyAddress);
        }
        else
        {
            silo.ConfigureEndpoints(cluster.SiloPort, cluster.GatewayPort, listenOnAnyHostAddress: cluster.ListenOnAnyAddress);
        }

        // Where each grain is. Orleans' default table loses entries while silos join and leave, and a grain then is there twice for a while;
        // this one hands its ranges over in step with the membership. The package calls it experimental; UpgradeTests fails without it.
#pragma warning disable ORLEANSEXP003
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003

        // It holds a dead silo's grains back for what is left of this after the death was found out, lest that silo still runs somewhere. By default
        // that made 27 s of a killed silo. Here a second activation harms nothing: every write names the version it replaces.
        silo.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = TimeSpan.FromSeconds(5));

        // Measured: a hung silo's grains were away for 114 s with the defaults, 4.7 s with these; a killed one's 10.6 s and 1.2 s.
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = options.MaxProbeTimeout = TimeSpan.FromSeconds(1);
            options.MinProbeTimeout = TimeSpan.FromMilliseconds(500);
            options.NumMissedProbesLimit = 3;
            options.NumVotesForDeathDeclaration = cluster.VotesForDeath;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            // After a power cut the silos that come back wait until the rows of the dead are stale: three times this.
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        });
    }

    private static void AddGrainStorage(ISiloBuilder silo)
    {
        silo.AddAdoNetGrainStorage(RowStorage, options => options.Configure<SqlStore, IGrainStorageSerializer>((row, store, serializer) =>
            (row.Invariant, row.DataSource, row.GrainStorageSerializer) = (store.Invariant, store.DataSource, serializer)));
        silo.Services.AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (services, _) => new StateStorage(
            services.GetRequiredKeyedService<IGrainStorage>(RowStorage), services.GetRequiredService<IStorageFaults>(), services.GetRequiredService<StateArchive>()));
    }

    private static void AddReminders(ISiloBuilder silo)
    {
        silo.UseAdoNetReminderService((OptionsBuilder<AdoNetReminderTableOptions> options) => options.Configure<SqlStore>((reminders, store) =>
            (reminders.Invariant, reminders.DataSource) = (store.Invariant, store.DataSource)));
        var rows = silo.Services.Last(service => service.ServiceType == typeof(IReminderTable));
        silo.Services.Remove(rows);
        silo.Services.AddKeyedSingleton(typeof(IReminderTable), PatientReminderTable.Rows, rows.ImplementationType!);
        silo.Services.AddSingleton<IReminderTable>(services => new PatientReminderTable(
            services.GetRequiredKeyedService<IReminderTable>(PatientReminderTable.Rows), services.GetRequiredService<ILogger<PatientReminderTable>>()));
    }
}
