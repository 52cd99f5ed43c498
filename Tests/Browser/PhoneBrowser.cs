using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Bzt.Contracts.Platforms;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Playwright;

namespace Bzt.Tests.Browser;

/// <summary>
/// The published phone app in Chromium with the viewport of a phone.
/// <code>
/// await using var phone = await PhoneBrowser.StartAsync();                     // a system and a camera of its own: restarts, clock, QR codes
/// await using var phone = await PhoneBrowser.OpenAsync();                      // the shared system and browser: a new phone, nobody logged in
/// await using var phone = await PreparedPhone.OpenAsync(certifiedPhone);       // the same, logged in and certified
/// </code>
/// </summary>
internal sealed class PhoneBrowser : IAsyncDisposable
{
    /// <summary>For every wait: the machine may be busy with everything else.</summary>
    public const float Patience = 90_000;

    private readonly ConcurrentQueue<string> complaints = [];
    private TempFolder? folder;
    private CameraPicture? camera;
    private IPlaywright? playwright;
    private IBrowser? ownBrowser;
    private bool ownsSystem;

    private PhoneBrowser(EmbeddedSystem system) => System = system;

    public EmbeddedSystem System { get; }

    /// <summary>Only of a phone with a browser of its own.</summary>
    public CameraPicture Camera => camera ?? throw new InvalidOperationException("This phone shares its browser: open QR links by hand.");

    public IPage Page { get; private set; } = null!;

    /// <summary>What the page's console complained of, refusals of the content policy among it.</summary>
    public IReadOnlyList<string> Complaints => [.. complaints];

    /// <summary>A system, a browser and a camera of its own.</summary>
    public static async Task<PhoneBrowser> StartAsync(Action<WebApplicationBuilder>? configure = null)
    {
        var phone = new PhoneBrowser(await StartSystemAsync(configure)) { ownsSystem = true };
        try
        {
            await phone.OpenContextAsync(await phone.LaunchWithCameraAsync(), mayUseCamera: true);
            await phone.OpenAppAsync();
            return phone;
        }
        catch
        {
            await phone.DisposeAsync();
            throw;
        }
    }

    /// <summary>A context of its own in the shared browser.</summary>
    /// <param name="system">Serves the app (<see cref="StartSystemAsync"/>); the shared one without.</param>
    /// <param name="prepare">Before the app starts, on a page of its origin that runs nothing.</param>
    /// <param name="place">Where the app opens.</param>
    /// <param name="withCamera">In a browser of its own, which has a camera: <see cref="Camera"/>.</param>
    public static async Task<PhoneBrowser> OpenAsync(EmbeddedSystem? system = null, Func<IPage, Task>? prepare = null, string place = "", bool withCamera = false)
    {
        var phone = new PhoneBrowser(system ?? await BrowserStage.SystemAsync());
        try
        {
            await phone.OpenContextAsync(withCamera ? await phone.LaunchWithCameraAsync() : await BrowserStage.ChromiumAsync(), withCamera);
            if (prepare is not null)
            {
                await phone.Page.GotoAsync(new Uri(phone.System.Address, "app/js/keys.js").ToString());
                await prepare(phone.Page);
            }

            await phone.OpenAppAsync(place);
            return phone;
        }
        catch
        {
            await phone.DisposeAsync();
            throw;
        }
    }

    /// <summary>A system that serves the phone app, at an address that survives a restart.</summary>
    public static Task<EmbeddedSystem> StartSystemAsync(Action<WebApplicationBuilder>? configure = null)
    {
        var app = PublishedApp();
        // Outside the range from which the kernel lends ports.
        var address = $"http://127.0.0.1:{FreePort()}";
        return EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Gateway:PhoneAppFolder"] = app;
            builder.Configuration["CaConsole:Password"] = Applications.ClaimSteps.ConsolePassword;
            builder.Configuration["Kestrel:Endpoints:Http:Url"] = address;
            configure?.Invoke(builder);
        });
    }

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright, params string[] more) => playwright.Chromium.LaunchAsync(new()
    {
        ExecutablePath = "/usr/bin/chromium",
        Args =
        [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", .. more,
        ],
    });

    /// <summary>Begins the app anew, as a user who was pushed out of it does.</summary>
    public async Task OpenAppAsync(string place = "") => await Page.GotoAsync(new Uri(System.Address, $"app/{place}").ToString(), new() { WaitUntil = WaitUntilState.Commit });

    /// <summary>
    /// Goes there inside the running app, which costs none of a start's seconds. The place is built anew, over a screen that fetches nothing,
    /// and shows what it fetches itself; whoever means what a start fetches begins the app anew.
    /// </summary>
    public async Task GoToAsync(string place)
    {
        await Page.Locator("#app .screen").WaitForAsync();
        await GoAsync("settings/display");
        await Assertions.Expect(PageSteps.Heading(Page, "主题与文字")).ToBeVisibleAsync();
        await GoAsync(place);
        await Assertions.Expect(PageSteps.Heading(Page, "主题与文字")).ToHaveCountAsync(0);

        Task GoAsync(string where) => Page.EvaluateAsync("place => Blazor.navigateTo('/app/' + place)", where);
    }

    /// <summary>The same phone, another window.</summary>
    public async Task<IPage> OpenSecondWindowAsync()
    {
        var second = await Page.Context.NewPageAsync();
        second.SetDefaultTimeout(Patience);
        await second.GotoAsync(new Uri(System.Address, "app/").ToString(), new() { WaitUntil = WaitUntilState.Commit });
        return second;
    }

    /// <summary>A screen with the session's dynamic QR, renewed every second, until disposed.</summary>
    public IAsyncDisposable ShowQr(OpenedSession session, string? fragment = null) => new DynamicScreen(Camera, () => session.Link(fragment));

    public async ValueTask DisposeAsync()
    {
        if (ownBrowser is not null)
        {
            await ownBrowser.CloseAsync();
        }
        else if (Page is not null)
        {
            await Page.Context.CloseAsync();
        }

        playwright?.Dispose();
        if (ownsSystem)
        {
            await System.DisposeAsync();
        }

        folder?.Dispose();
    }

    /// <summary>Outside the range from which the kernel lends ports, so that it is free again after a restart.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 30_000);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    private static string PublishedApp()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BztCluster.sln")))
            {
                var app = Path.Combine(folder.FullName, "out", "app", "wwwroot");
                Assert.True(File.Exists(Path.Combine(app, "index.html")), "The phone app is not published: run ./run.sh build-app first.");
                return app;
            }
        }

        throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    private async Task<IBrowser> LaunchWithCameraAsync()
    {
        folder = new TempFolder();
        camera = new CameraPicture(folder.File("camera.y4m"));
        playwright = await Playwright.CreateAsync();
        return ownBrowser = await LaunchAsync(
            playwright, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", $"--use-file-for-fake-video-capture={camera.Path}");
    }

    private async Task OpenContextAsync(IBrowser browser, bool mayUseCamera)
    {
        var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = 390, Height = 844 }, Locale = "zh-CN", TimezoneId = "Asia/Shanghai", ColorScheme = ColorScheme.Light, HasTouch = true, IsMobile = true,
            ReducedMotion = ReducedMotion.Reduce,
        });
        if (mayUseCamera)
        {
            await context.GrantPermissionsAsync(["camera"]);
        }

        Page = await context.NewPageAsync();
        Page.SetDefaultTimeout(Patience);
        Page.SetDefaultNavigationTimeout(Patience);
        // What the page's console said is half of the answer when a test fails.
        var output = TestContext.Current.TestOutputHelper;
        Page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Complain($"{message.Text} ({message.Location})");
            }
        };
        Page.PageError += (_, error) => Complain(error);

        void Complain(string complaint)
        {
            complaints.Enqueue(complaint);
            output?.WriteLine(complaint);
        }
    }

    private sealed class DynamicScreen : IAsyncDisposable
    {
        private readonly CancellationTokenSource stopped = new();
        private readonly Task renewing;

        public DynamicScreen(CameraPicture camera, Func<string> link)
        {
            camera.Show(link());
            renewing = RenewAsync(camera, link, stopped.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await stopped.CancelAsync();
            await renewing;
            stopped.Dispose();
        }

        private static async Task RenewAsync(CameraPicture camera, Func<string> link, CancellationToken stopped)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
            try
            {
                while (await timer.WaitForNextTickAsync(stopped))
                {
                    camera.Show(link());
                }
            }
            catch (OperationCanceledException)
            {
                camera.Show(null);
            }
        }
    }
}
