using Bzt.Silo.Hosting;
using Bzt.Silo.Storage;
using Bzt.Tests.BadInput;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Serialization.TypeSystem;

namespace Bzt.Tests.Storage;

/// <summary>What a process is made of, and what it refuses to start with.</summary>
public sealed class CompositionTests(PostgresFixture postgres) : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Storage:Provider", "oracle")]
    [InlineData("Storage:DataFolder", "")]
    [InlineData("Storage:ConnectionString", "Host=elsewhere")]
    [InlineData("Storage:DataFoldr", "typo")]
    [InlineData("Protection:RootKeyFile", "")]
    [InlineData("Protection:RootKeyFile", "DATA/root.key")]
    [InlineData("Protection:KeyRingFile", "DATA/keyring.json")]
    [InlineData("Cluster:Mode", "cluster")]
    [InlineData("Cluster:Release", "next")]
    [InlineData("Cluster:SiloPort", "0")]
    [InlineData("Cluster:AdvertisedAddress", "not an address")]
    [InlineData("Faults:KillAtWrite", "1:before")]
    public void An_unsafe_or_mistaken_setting_stops_the_process(string name, string value)
    {
        Assert.ThrowsAny<Exception>(() => Builder((name, value.Replace("DATA", folder.File("data"), StringComparison.Ordinal))).AddBztSilo());
        Builder().AddBztSilo();
    }

    [Fact]
    [Trait("Feature", "X24"), Trait("Surface", "api")]
    public void A_cluster_has_no_mock_phones()
    {
        (string, string?)[] cluster = [("Storage:Provider", "postgres"), ("Storage:DataFolder", null), ("Storage:ConnectionString", "Host=127.0.0.1")];
        Builder(cluster).AddBztSilo();
        Assert.Contains("MockPhone", Assert.Throws<OptionsValidationException>(() => Builder([.. cluster, ("MockPhone:Enabled", "true")]).AddBztSilo()).Message, StringComparison.Ordinal);
    }

    /// <summary>What silos and gateways of other releases call an interface: kept instead of looked up each time, it is the same.</summary>
    [Fact]
    public void A_grains_interface_is_called_what_Orleans_calls_it()
    {
        using var host = Build(builder => builder.AddBztSilo());
        var (ours, all) = (host.Services.GetRequiredService<GrainInterfaceTypeResolver>(), host.Services.GetServices<IGrainInterfaceTypeProvider>().ToList());
        var orleans = new GrainInterfaceTypeResolver(all[1..], host.Services.GetRequiredService<TypeConverter>());
        Type[] interfaces = [.. typeof(Bzt.Grains.Certificates.IEvidenceGrain).Assembly.GetTypes().Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type))];
        Assert.True(interfaces.Length > 50);
        Assert.All(interfaces, type =>
        {
            Assert.True(all[0].TryGetGrainInterfaceType(type, out var kept));
            Assert.Equal((orleans.GetGrainInterfaceType(type), orleans.GetGrainInterfaceType(type)), (kept, ours.GetGrainInterfaceType(type)));
        });
        Assert.Equal(orleans.GetGrainInterfaceType(typeof(IEquatable<int>)), ours.GetGrainInterfaceType(typeof(IEquatable<int>)));
    }

    [Fact]
    public async Task A_cluster_makes_no_keys_of_its_own()
    {
        using var host = Build(builder => builder.AddBztStores(), ("Storage:Provider", "postgres"), ("Storage:DataFolder", null), ("Storage:ConnectionString", await postgres.NewDatabaseAsync()));
        await Assert.ThrowsAnyAsync<IOException>(() => host.StartAsync());
        Assert.False(File.Exists(folder.File("keys/root.key")));
    }

    [Fact]
    public async Task Data_without_its_root_key_gets_no_new_one()
    {
        await (await StoreHost.StartAsync(folder)).DisposeAsync();
        File.Delete(folder.File("keys/root.key"));
        using var host = Build(builder => builder.AddBztStores());
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());
        Assert.False(File.Exists(folder.File("keys/root.key")));
    }

    [Fact]
    public async Task A_silo_without_its_providers_does_not_start()
    {
        using var host = Build(builder => builder.AddBztSilo(), ("EmbeddedCa:PublicUrl", "http://ca.test/ca"));
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());
        Assert.Contains("Sms", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_come_from_files_too_and_these_win()
    {
        Directory.CreateDirectory(folder.File("secrets"));
        File.WriteAllText(folder.File("secrets/Cluster__ServiceId"), "from-a-secret\n");
        File.WriteAllText(folder.File("settings.json"), """{"Cluster":{"ServiceId":"from-json","ClusterId":"from-json"}}""");
        var builder = Builder(("Cluster:ServiceId", "given"), ("SettingFiles:Folder", folder.File("secrets")), ("SettingFiles:Json", folder.File("settings.json")));
        builder.AddSettingFiles();
        Assert.Equal("from-a-secret", builder.Configuration["Cluster:ServiceId"]);
        Assert.Equal("from-json", builder.Configuration["Cluster:ClusterId"]);
        Assert.ThrowsAny<IOException>(() => Builder(("SettingFiles:Json", folder.File("missing.json"))).AddSettingFiles());
    }

    [Fact]
    public void Libraries_are_logged_from_warnings_on_unless_the_operator_says_otherwise()
    {
        var builder = Builder(("Logging:LogLevel:Orleans", "Debug"));
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddProvider(new KeptLog());
        builder.AddLogLevels();
        using var host = builder.Build();
        var logs = host.Services.GetRequiredService<ILoggerFactory>();
        Assert.Equal(
            (false, true, true, true),
            (logs.CreateLogger("Polly").IsEnabled(LogLevel.Information), logs.CreateLogger("Polly").IsEnabled(LogLevel.Warning),
                logs.CreateLogger("Orleans.Runtime").IsEnabled(LogLevel.Debug), logs.CreateLogger("Bzt.Grains").IsEnabled(LogLevel.Information)));
    }

    [Fact]
    public async Task A_second_process_does_not_start_on_the_same_folder()
    {
        await using var first = await StoreHost.StartAsync(folder);
        using var second = Build(builder => builder.AddBztStores());
        var refused = await Assert.ThrowsAsync<IOException>(() => second.StartAsync());
        Assert.Contains("process", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_one_gateway_protected_another_opens_also_after_both_restarted(string store)
    {
        var database = store == "postgres" ? await postgres.NewDatabaseAsync() : null;
        string cookie;
        await using (var first = await StoreHost.StartAsync(folder, database))
        {
            cookie = first.Get<IDataProtectionProvider>().CreateProtector("cookie").Protect("alice");
            var stored = Assert.Single(await first.Get<SqlStore>().QueryAsync("SELECT xml FROM data_protection_key", row => row.GetString(0)));
            Assert.DoesNotContain("<masterKey", stored, StringComparison.Ordinal);
            Assert.Contains("<sealed", stored, StringComparison.Ordinal);
        }

        await using var second = await StoreHost.StartAsync(folder, database);
        Assert.Equal("alice", second.Get<IDataProtectionProvider>().CreateProtector("cookie").Unprotect(cookie));
        Assert.Single(await second.Get<SqlStore>().QueryAsync("SELECT xml FROM data_protection_key", row => row.GetString(0)));
    }

    private IHost Build(Action<HostApplicationBuilder> compose, params (string Name, string? Value)[] settings)
    {
        var builder = Builder(settings);
        compose(builder);
        return builder.Build();
    }

    private HostApplicationBuilder Builder(params (string Name, string? Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production" });
        builder.Configuration["Storage:DataFolder"] = folder.File("data");
        builder.Configuration["Protection:RootKeyFile"] = folder.File("keys/root.key");
        foreach (var (name, value) in settings)
        {
            builder.Configuration[name] = value;
        }

        return builder;
    }
}
