using Bzt.Silo.Hosting;
using Bzt.Silo.KeyProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bzt.Tests.Storage;

/// <summary>The stores without a silo, composed as in a gateway that is only a client.</summary>
internal sealed class StoreHost : IAsyncDisposable
{
    private readonly IHost host;

    private StoreHost(IHost host) => this.host = host;

    public T Get<T>() where T : notnull => host.Services.GetRequiredService<T>();

    public static async Task<StoreHost> StartAsync(TempFolder folder, string? postgres = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Testing" });
        var root = folder.File("keys/root.key");
        builder.Configuration["Protection:RootKeyFile"] = root;
        if (postgres is null)
        {
            builder.Configuration["Storage:DataFolder"] = folder.File("data");
        }
        else
        {
            builder.Configuration["Storage:Provider"] = "postgres";
            builder.Configuration["Storage:ConnectionString"] = postgres;
            FileRootKey.Create(new ProtectionOptions { RootKeyFile = root });
        }

        builder.AddBztStores();
        var built = builder.Build();
        await built.StartAsync();
        return new StoreHost(built);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }
}
