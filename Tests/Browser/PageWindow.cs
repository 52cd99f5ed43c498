using Microsoft.Playwright;

namespace Bzt.Tests.Browser;

/// <summary>A browser window on pages that are no phone app: each is looked at as wide as a desktop and as narrow as a phone.</summary>
internal sealed class PageWindow : IAsyncDisposable
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("BZT_SCREENS");

    private readonly Uri address;

    private PageWindow(Uri address, IPage page) => (this.address, Page) = (address, page);

    public IPage Page { get; }

    public static async Task<PageWindow> OpenAsync(Uri address)
    {
        var context = await (await BrowserStage.ChromiumAsync()).NewContextAsync(new()
        {
            ViewportSize = new() { Width = 1280, Height = 800 }, Locale = "zh-CN", TimezoneId = "Asia/Shanghai", ReducedMotion = ReducedMotion.Reduce,
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(PhoneBrowser.Patience);
        page.SetDefaultNavigationTimeout(PhoneBrowser.Patience);
        return new PageWindow(address, page);
    }

    public Task GoAsync(string place) => Page.GotoAsync(new Uri(address, place).ToString());

    /// <summary>Names, roles, contrast in light and dark, and nothing pushed out of the side.</summary>
    public Task LookAsync(string name) => LookAsync(Page, $"gateway-{name}", dark: true);

    /// <summary>At both widths; the wide one stays.</summary>
    /// <param name="page">Any page.</param>
    /// <param name="name">Of the pictures; the narrow one ends in -phone.</param>
    /// <param name="dark">The page has colours for the dark.</param>
    public static async Task LookAsync(IPage page, string name, bool dark)
    {
        foreach (var (width, height, size) in ((int, int, string)[])[(390, 844, "-phone"), (1280, 800, "")])
        {
            await page.SetViewportSizeAsync(width, height);
            var outside = await page.EvaluateAsync<string[]>(Outside);
            Assert.True(outside.Length == 0, $"{name} at {width}: outside of the screen: {string.Join("; ", outside)}");
            await page.EvaluateAsync(ScreenChecks.Axe);
            foreach (var scheme in dark ? (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light] : [ColorScheme.Light])
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                var violations = await page.EvaluateAsync<string[]>(Judge);
                Assert.True(violations.Length == 0, $"{name} at {width} ({scheme}): {string.Join("; ", violations)}");
            }

            if (Pictures is not null)
            {
                Directory.CreateDirectory(Pictures);
                await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}{size}.png"), FullPage = true });
            }
        }
    }

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();

    private const string Judge =
        "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ''}`))";

    // What scrolls inside its own frame, or is there for screen readers only, is not pushed out.
    private const string Outside = """
        () => {
          const width = document.documentElement.clientWidth;
          const framed = e => { for (; e; e = e.parentElement) if (['auto', 'scroll'].includes(getComputedStyle(e).overflowX) || e.getBoundingClientRect().width <= 1) return true; return false; };
          const wide = document.documentElement.scrollWidth > width + 1 ? ['the page itself'] : [];
          return wide.concat([...document.querySelectorAll('body *')]
            .filter(e => { const b = e.getBoundingClientRect(); return b.height > 1 && b.right > width + 1 && !e.closest('svg') && !framed(e); })
            .map(e => `${e.tagName.toLowerCase()} ${(e.innerText ?? '').trim().slice(0, 20)} ${Math.round(e.getBoundingClientRect().right)}`).slice(0, 5));
        }
        """;
}
