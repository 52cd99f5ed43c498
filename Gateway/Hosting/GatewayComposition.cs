using System.ComponentModel.DataAnnotations;
using Bzt.Contracts;
using Bzt.Gateway.Problems;
using Bzt.Silo.Hosting;
using Bzt.Silo.Storage;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Bzt.Gateway.Hosting;

internal static class GatewayComposition
{
    public static GatewayOptions AddGateway(this WebApplicationBuilder builder)
    {
        var embedded = (builder.Configuration[$"{StorageOptions.Section}:{nameof(StorageOptions.Provider)}"] ?? "sqlite") == "sqlite";
        var options = BindOptions(builder, embedded);
        if (embedded)
        {
            builder.AddBztSilo();
        }
        else
        {
            builder.AddBztClient();
        }

        if (options.Redis is { } redis)
        {
            // A gateway that starts while Redis is away refuses what needs it, and goes on by itself when it is back.
            var configuration = ConfigurationOptions.Parse(redis);
            configuration.AbortOnConnectFail = false;
            builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(configuration));
        }

        builder.Services.AddSingleton<PublicAddress>();
        builder.Services.ConfigureHttpJsonOptions(json => StrictJson.Apply(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddSingleton<AddressBrake>();
        return options;
    }

    // At once and not at start: the composition depends on the values.
    private static GatewayOptions BindOptions(WebApplicationBuilder builder, bool embedded)
    {
        var options = builder.Configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new GatewayOptions();
        var failures = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true);
        if (!embedded && options.PublicBaseUrl is null)
        {
            failures.Add(new("Gateway:PublicBaseUrl is needed with a cluster."));
        }

        if (!embedded && options.Redis is null)
        {
            failures.Add(new("Gateway:Redis is needed with a cluster: without it a request could be replayed at another gateway."));
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException(GatewayOptions.Section, typeof(GatewayOptions), failures.Select(failure => failure.ErrorMessage ?? GatewayOptions.Section));
        }

        builder.Services.AddSingleton(Options.Create(options));
        return options;
    }
}
