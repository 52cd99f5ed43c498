using Bzt.Tests.Embedded;

namespace Bzt.Tests.Accounts;

/// <summary>One system for a class of tests, which run one after another: they may restart it, move its clock on and steer its providers.</summary>
public sealed class RealNameSystem : IAsyncLifetime
{
    public EmbeddedSystem System { get; private set; } = null!;

    public async ValueTask InitializeAsync() => System = await EmbeddedSystem.StartAsync();

    public ValueTask DisposeAsync() => System.DisposeAsync();
}
