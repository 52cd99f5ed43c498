using Bzt.Silo.Storage;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.Accounts;

/// <summary>One system for a class of tests, which run one after another: they may restart it, move its clock on and steer its providers.</summary>
public sealed class RealNameSystem : IAsyncLifetime
{
    public EmbeddedSystem System { get; private set; } = null!;

    internal TestFaults Faults { get; } = new();

    public async ValueTask InitializeAsync() => System = await EmbeddedSystem.StartAsync(builder => builder.Services.AddSingleton<IStorageFaults>(Faults));

    public ValueTask DisposeAsync() => System.DisposeAsync();
}
