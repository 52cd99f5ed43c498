using Bzt.Tests.Certificates;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>The PC's window beside the phone's: what stands on it, the phone's camera sees.</summary>
internal sealed class PlatformWindow : IAsyncDisposable
{
    /// <summary>Set it to a folder to get the pages as pictures.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("BZT_SCREENS");

    private readonly List<string> complaints = [];
    private readonly Uri address;

    private PlatformWindow(PhoneBrowser phone, IPage page, string address) => (Phone, Page, this.address) = (phone, page, new Uri(address));

    public PhoneBrowser Phone { get; }

    public IPage Page { get; }

    public IReadOnlyList<string> Complaints => complaints;

    public static async Task<PlatformWindow> OpenAsync(PhoneBrowser phone, string address)
    {
        var context = await phone.Page.Context.Browser!.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 }, Locale = "zh-CN", ReducedMotion = ReducedMotion.Reduce });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(PhoneBrowser.Patience);
        page.SetDefaultNavigationTimeout(PhoneBrowser.Patience);
        var window = new PlatformWindow(phone, page, address);
        // A refused upload is an error to the console; the journey provokes it.
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("422", StringComparison.Ordinal))
            {
                window.complaints.Add($"{message.Text} ({message.Location})");
            }
        };
        page.PageError += (_, error) => window.complaints.Add(error);
        return window;
    }

    public Task GoAsync(string path) => Page.GotoAsync(new Uri(address, path).ToString());

    public async Task LogInAsync(string user, string password)
    {
        await Page.FillAsync("[name=userName]", user);
        await Page.FillAsync("[name=password]", password);
        await Press(Page, "登录");
    }

    public async Task LogOutAsync()
    {
        if (await Page.GetByRole(AriaRole.Button, new() { Name = "退出" }).CountAsync() > 0)
        {
            await Press(Page, "退出");
            await Expect(Heading(Page, "招标公告")).ToBeVisibleAsync();
        }
    }

    /// <summary>扫码解密: the same check code on both screens.</summary>
    public async Task DecryptAsync(Guid certificate)
    {
        await Press(Page, "扫码解密");
        await ScanAndConfirmAsync("解密", certificate, "解密完成", scanned: async () =>
        {
            await Expect(Page.Locator("bzt-qr [part=code]")).ToContainTextAsync(await Phone.Page.InnerTextAsync(".check-code"));
            await Expect(Phone.Page.GetByText("服务器可读取")).ToBeVisibleAsync();
            await LookAsync("opening-scanned");
        });
    }

    /// <summary>Holds the phone's camera before the code on this screen until the phone has it, and confirms.</summary>
    /// <param name="heading">Of the phone's confirmation.</param>
    /// <param name="certificate">To confirm with.</param>
    /// <param name="done">What the phone says in the end.</param>
    /// <param name="code">The code's place; the widget's without.</param>
    /// <param name="scanned">When the phone shows what it is asked.</param>
    public async Task ScanAndConfirmAsync(string heading, Guid certificate, string done, ILocator? code = null, Func<Task>? scanned = null)
    {
        var place = code ?? Page.Locator("bzt-qr svg[role=img]");
        await Expect(place).ToBeVisibleAsync();
        await OpenCameraAsync();
        var seen = Expect(Heading(Phone.Page, heading)).ToBeVisibleAsync();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        while (!seen.IsCompleted && await place.IsVisibleAsync())
        {
            try
            {
                Phone.Camera.ShowPicture(await place.ScreenshotAsync(new() { Timeout = 2000 }));
            }
            catch (Exception exception) when (exception is TimeoutException or PlaywrightException)
            {
                // Scanned in this moment: the code is gone from the page.
            }

            await pace.WaitForNextTickAsync();
        }

        await seen;
        Phone.Camera.Show(null);
        if (scanned is not null)
        {
            await scanned();
        }

        await ConfirmHereAsync(certificate, done);
    }

    /// <summary>The camera sees another screen already: confirms what is on it.</summary>
    public async Task ConfirmAsync(string heading, Guid certificate, string done)
    {
        await OpenCameraAsync();
        await Expect(Heading(Phone.Page, heading)).ToBeVisibleAsync();
        await ConfirmHereAsync(certificate, done);
    }

    /// <summary>Names, roles and contrast of the page, on a desk and on a phone, and its pictures.</summary>
    public Task LookAsync(string name) => PageWindow.LookAsync(Page, $"platform-{name}", dark: false);

    public void KeepFile(string name, byte[] content)
    {
        if (Pictures is not null)
        {
            File.WriteAllBytes(Path.Combine(Pictures, name), content);
        }
    }

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();

    private async Task OpenCameraAsync()
    {
        await Tab(Phone.Page, "扫码");
    }

    private async Task ConfirmHereAsync(Guid certificate, string done)
    {
        var page = Phone.Page;
        var toPin = page.GetByRole(AriaRole.Button, new() { NameRegex = new("输入PIN码$") });
        var choice = page.Locator($"[name=certificate][value='{certificate}']");
        // Of several certificates the first is tried, and may be one that is not bound here.
        await Expect(toPin.Or(page.GetByRole(AriaRole.Alert)).First).ToBeVisibleAsync();
        if (await choice.CountAsync() > 0)
        {
            await choice.CheckAsync();
        }

        await toPin.ClickAsync();
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText(done).First).ToBeVisibleAsync();
        await Press(page, "完成");
    }
}
