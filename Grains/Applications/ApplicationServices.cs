using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.CaVendors;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Applications;

/// <summary>Section <c>Catalogue</c>.</summary>
public sealed class CatalogueOptions
{
    public const string Section = "Catalogue";

    /// <summary>The operator's file; without one, the catalogue that is shipped.</summary>
    public string? File { get; set; }
}

public static class ApplicationServices
{
    /// <summary>What the grains of applications and CA vendors need; a missing or unsafe setting refuses to start.</summary>
    public static IServiceCollection AddApplications(this IServiceCollection services, IHostEnvironment environment)
    {
        services.AddOptions<CatalogueOptions>().BindConfiguration(CatalogueOptions.Section);
        services.AddSingleton(provider => new CatalogueSource(
            provider.GetRequiredService<IOptions<CatalogueOptions>>().Value.File ?? Path.Combine(AppContext.BaseDirectory, "catalogue.json"),
            provider.GetRequiredService<ILogger<CatalogueSource>>()));
        services.AddHostedService<CatalogueAtStart>();
        services.AddOptions<ApplicationOptions>().BindConfiguration(ApplicationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ApplicationSweep>();
        services.AddHostedService(provider => provider.GetRequiredService<ApplicationSweep>());

        services.AddOptions<EmbeddedCaOptions>().BindConfiguration(EmbeddedCaOptions.Section)
            .PostConfigure<IConfiguration>((options, configuration) => options.PublicUrl ??= PublicUrl(configuration, environment))
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddCaVendors();
        return services;
    }

    /// <summary>Where the gateway is known, it publishes for the CA inside. A certificate of a development system may name this machine.</summary>
    private static Uri? PublicUrl(IConfiguration configuration, IHostEnvironment environment) => configuration["Gateway:PublicBaseUrl"] switch
    {
        { } address => new Uri(new Uri(address), "/ca"),
        null => environment.IsProduction() ? null : new Uri("http://localhost/ca"),
    };

    /// <summary>Reads the catalogue before anybody asks for it: a process with a bad one does not start.</summary>
    private sealed class CatalogueAtStart(CatalogueSource source) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = source.Current;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
