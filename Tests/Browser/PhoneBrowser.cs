using System.Net;
using System.Net.Sockets;
using Bzt.Contracts.Platforms;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.Playwright;

namespace Bzt.Tests.Browser;

/// <summary>The published phone app in Chromium with the viewport of a phone and a camera whose picture the test paints, against a system of its own.</summary>
internal sealed class PhoneBrowser : IAsyncDisposable
{
    /// <summary>For every wait: the machine may be busy with everything else.</summary>
    public const float Patience = 90_000;

    private readonly TempFolder folder = new();
    private readonly List<string> complaints = [];
    private IPlaywright? playwright;
    private IBrowser? browser;

    private PhoneBrowser(EmbeddedSystem system)
    {
        System = system;
        Camera = new CameraPicture(folder.File("camera.y4m"));
    }

    public EmbeddedSystem System { get; }

    public CameraPicture Camera { get; }

    public IPage Page { get; private set; } = null!;

    /// <summary>What the page's console complained of, refusals of the content policy among it.</summary>
    public IReadOnlyList<string> Complaints => complaints;

    public static async Task<PhoneBrowser> StartAsync()
    {
        var app = PublishedApp();
        // An origin that survives a restart: outside the range from which the kernel lends ports.
        var address = $"http://127.0.0.1:{FreePort()}";
        var phone = new PhoneBrowser(await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Gateway:PhoneAppFolder"] = app;
            builder.Configuration["CaConsole:Password"] = Applications.ClaimSteps.ConsolePassword;
            builder.Configuration["Kestrel:Endpoints:Http:Url"] = address;
        }));
        try
        {
            await phone.OpenAsync();
            return phone;
        }
        catch
        {
            await phone.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins the app anew, as a user who was pushed out of it does.</summary>
    public async Task OpenAppAsync(string place = "") => await Page.GotoAsync(new Uri(System.Address, $"app/{place}").ToString(), new() { WaitUntil = WaitUntilState.Commit });

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
        if (browser is not null)
        {
            await browser.CloseAsync();
        }

        playwright?.Dispose();
        await System.DisposeAsync();
        folder.Dispose();
    }

    private static int FreePort()
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

    private async Task OpenAsync()
    {
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", $"--use-file-for-fake-video-capture={Camera.Path}",
            ],
        });
        var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = 390, Height = 844 }, Locale = "zh-CN", TimezoneId = "Asia/Shanghai", ColorScheme = ColorScheme.Light, HasTouch = true, IsMobile = true,
            ReducedMotion = ReducedMotion.Reduce,
        });
        await context.GrantPermissionsAsync(["camera"]);
        Page = await context.NewPageAsync();
        Page.SetDefaultTimeout(Patience);
        Page.SetDefaultNavigationTimeout(Patience);
        Page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Add($"{message.Text} ({message.Location})");
            }
        };
        Page.PageError += (_, error) => complaints.Add(error);
        await OpenAppAsync();
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
