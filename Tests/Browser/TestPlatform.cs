using Bzt.Contracts.Platforms;
using Bzt.Grains.Platforms;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Browser;

/// <summary>A platform's backend over HTTP, as the gateway is now.</summary>
internal sealed class TestPlatform : IDisposable
{
    public const string Id = "yichang-ggzy";
    public const string Name = "宜昌公共资源电子交易平台";
    public const string Secret = "a secret of the platform in the tests";

    private readonly HttpClient http;

    private TestPlatform(EmbeddedSystem system)
    {
        var credentials = new ClientCredentialsHandler(system.Gateway, Id, Secret, system.Clock) { InnerHandler = new HttpClientHandler() };
        http = new HttpClient(credentials) { BaseAddress = system.Address };
        Client = new PlatformClient(http, system.Clock);
    }

    public PlatformClient Client { get; }

    public static async Task<TestPlatform> RegisterAsync(EmbeddedSystem system)
    {
        await system.Grains.GetGrain<IPlatformGrain>(Id).Register(new RegisterPlatform(Name, "hubei", Secret, MaySignHashes: true));
        return new TestPlatform(system);
    }

    public void Dispose() => http.Dispose();
}
