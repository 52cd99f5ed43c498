using Bzt.Gateway.Hosting;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Phones;

internal static class PhonesComposition
{
    /// <summary>Of the devices that asked last.</summary>
    private const int KeysKept = 4096;

    public static void AddPhones(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DpopNonces>();
        builder.Services.AddSingleton(_ => new DeviceKeys(KeysKept));
        builder.Services.AddSingleton<DpopVerifier>();
        builder.Services.AddSingleton<HubTickets>();
        builder.Services.AddSingleton<IReplayWindow>(services => services.GetRequiredService<IOptions<GatewayOptions>>().Value.Redis is null
            ? ActivatorUtilities.CreateInstance<MemoryReplayWindow>(services)
            : ActivatorUtilities.CreateInstance<RedisReplayWindow>(services));
    }
}
