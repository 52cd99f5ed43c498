using Bzt.Grains.CaVendors.Cmp;
using Bzt.Grains.CaVendors.Est;
using Bzt.Grains.CaVendors.Rest;
using Bzt.Grains.CaVendors.Revocation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bzt.Grains.CaVendors;

internal static class CaVendorServices
{
    /// <summary>The protocols CAs are spoken to by; section <c>CaVendors</c> says which CA speaks which.</summary>
    public static IServiceCollection AddCaVendors(this IServiceCollection services)
    {
        services.AddSingleton<CaVendorDirectory>();
        services.AddHostedService<CaVendorsAtStart>();
        services.AddSingleton<ICaVendorProtocol, RestProtocol>();
        services.AddSingleton<ICaVendorProtocol, CmpProtocol>();
        services.AddSingleton<ICaVendorProtocol, EstProtocol>();
        services.AddVendorClient(RestProtocol.HttpClientName);
        services.AddVendorClient(CmpProtocol.HttpClientName);
        services.AddRevocationChecking();
        return services;
    }

    // Deadlines are the adapter's. A redirect would carry an application elsewhere; addresses hold application numbers.
    private static void AddVendorClient(this IServiceCollection services, string name) => services
        .AddHttpClient(name, client => client.Timeout = Timeout.InfiniteTimeSpan)
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        .RemoveAllLoggers();

    /// <summary>Opens every configured vendor before anybody applies: a process that could not speak to one of its CAs does not start.</summary>
    private sealed class CaVendorsAtStart(CaVendorDirectory vendors) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            foreach (var ca in vendors.Configured)
            {
                _ = vendors.Open(ca);
            }

            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
