using Bzt.Gateway.Hosting;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Phones;

internal static class PhonesComposition
{
    public static void AddPhones(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DpopNonces>();
        builder.Services.AddSingleton<DpopVerifier>();
        builder.Services.AddSingleton<HubTickets>();
        builder.Services.AddSingleton<IReplayWindow>(services => services.GetRequiredService<IOptions<GatewayOptions>>().Value.Redis is null
            ? ActivatorUtilities.CreateInstance<MemoryReplayWindow>(services)
            : ActivatorUtilities.CreateInstance<RedisReplayWindow>(services));
    }
}
