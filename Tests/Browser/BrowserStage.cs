using Bzt.Tests.Embedded;
using Microsoft.Playwright;

namespace Bzt.Tests.Browser;

/// <summary>
/// One embedded system that serves the app, and one Chromium, for all journeys that neither restart nor move the clock nor use the camera:
/// each has a context of its own, which is a phone of its own.
/// </summary>
internal static class BrowserStage
{
    private static readonly Lazy<Task<EmbeddedSystem>> System = new(() => PhoneBrowser.StartSystemAsync());
    private static readonly Lazy<Task<IPlaywright>> Driver = new(Playwright.CreateAsync);
    private static readonly Lazy<Task<IBrowser>> Chromium = new(async () => await PhoneBrowser.LaunchAsync(await Driver.Value));

    public static Task<EmbeddedSystem> SystemAsync() => System.Value;

    public static Task<IBrowser> ChromiumAsync() => Chromium.Value;

    public static async ValueTask EndAsync()
    {
        if (Chromium.IsValueCreated)
        {
            await (await Chromium.Value).CloseAsync();
        }

        if (Driver.IsValueCreated)
        {
            (await Driver.Value).Dispose();
        }

        if (System.IsValueCreated)
        {
            await (await System.Value).DisposeAsync();
        }
    }
}

/// <summary>Ends browser and system with the run, if any test began them.</summary>
public sealed class BrowserStageEnd : IAsyncDisposable
{
    public ValueTask DisposeAsync() => BrowserStage.EndAsync();
}
