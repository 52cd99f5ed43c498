using Bzt.Tests.Embedded;
using Microsoft.Playwright;

namespace Bzt.Tests.Browser;

/// <summary>A system that serves the app and whose clock the tests of one class move forward, one after another.</summary>
public sealed class MovingStage : IAsyncLifetime
{
    public EmbeddedSystem System { get; private set; } = null!;

    public async ValueTask InitializeAsync() => System = await PhoneBrowser.StartSystemAsync();

    public ValueTask DisposeAsync() => System.DisposeAsync();
}
