using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Bzt.Tests.Browser;

/// <summary>What every screen must keep, wherever a journey stops to look: contrast and names (axe-core), touch targets, large text, Chinese.</summary>
internal static partial class ScreenChecks
{
    /// <summary>Set it to a folder to get the screens as pictures.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("BZT_SCREENS");

    /// <summary>Set it as well to get every screen in dark and at 200 % too, to look at while building it.</summary>
    private static readonly bool InEveryLook = Environment.GetEnvironmentVariable("BZT_SCREENS_ALL") is not null;

    private static readonly string[] Rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
    private static readonly string[] ContrastRule = ["color-contrast"];

    private static readonly Lazy<string> AxeText = new(() => File.ReadAllText(Path.Combine(Peers.PeerProcess.Sources("node"), "node_modules", "axe-core", "axe.min.js")));

    /// <summary>axe-core, to be run in a page.</summary>
    public static string Axe => AxeText.Value;

    /// <param name="name">Of the picture: area, screen, state.</param>
    /// <param name="dark">Also keep a picture in dark.</param>
    /// <param name="large">Also keep a picture at 200 % text.</param>
    public static async Task LookAsync(this PhoneBrowser phone, string name, bool dark = false, bool large = false)
    {
        var page = phone.Page;
        await CheckLargeTextAsync(page, name, large);
        Assert.DoesNotContain(Foreign().Matches(await page.InnerTextAsync("#app")).Select(match => $"{name}: {match.Value}"), word => !word.EndsWith("pdf", StringComparison.Ordinal));
        var small = await page.EvaluateAsync<string[]>(SmallTargets);
        Assert.True(small.Length == 0, $"{name}: too small to touch: {string.Join("; ", small)}");

        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
        {
            await page.EvaluateAsync(Axe);
        }

        foreach (var scheme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            // What is said and how it is built is the same in both; colours are not.
            var violations = await page.EvaluateAsync<string[]>(Judge, scheme == ColorScheme.Light ? Rules : ContrastRule);
            Assert.True(violations.Length == 0, $"{name} ({scheme}): {string.Join("; ", violations)}");
            if (scheme == ColorScheme.Light || dark || InEveryLook)
            {
                await KeepAsync(page, scheme == ColorScheme.Dark ? $"{name}-dark" : name);
            }
        }
    }

    /// <summary>At a screen that waits or has failed: its few parts are judged elsewhere, its words are its own.</summary>
    public static async Task GlanceAsync(this PhoneBrowser phone, string name)
    {
        Assert.DoesNotContain(Foreign().Matches(await phone.Page.InnerTextAsync("#app")).Select(match => $"{name}: {match.Value}"), _ => true);
        await KeepAsync(phone.Page, name);
    }

    private static async Task KeepAsync(IPage page, string name)
    {
        if (Pictures is not null)
        {
            Directory.CreateDirectory(Pictures);
            await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.png") });
        }
    }

    /// <summary>At twice the text size nothing is pushed out of the side.</summary>
    private static async Task CheckLargeTextAsync(IPage page, string name, bool keep)
    {
        var outside = await page.EvaluateAsync<string[]>(Outside);
        if (keep || InEveryLook)
        {
            await KeepAsync(page, $"{name}-large");
        }

        await page.EvaluateAsync("() => { document.documentElement.style.fontSize = ''; }");
        Assert.True(outside.Length == 0, $"{name}: outside of the screen at 200 %: {string.Join("; ", outside)}");
    }

    private const string Visible = "const visible = e => { const b = e.getBoundingClientRect(); return b.width > 1 && b.height > 1 && !e.closest('.sr') && getComputedStyle(e).visibility !== 'hidden'; };"
        + "const named = e => `${e.tagName.toLowerCase()} ${(e.getAttribute('aria-label') ?? e.innerText ?? e.name ?? '').trim().slice(0, 20)}`;";

    private const string Outside = $$"""
        () => {
          {{Visible}}
          document.documentElement.style.fontSize = '200%';
          const width = document.documentElement.clientWidth;
          const wide = document.documentElement.scrollWidth > width + 1 ? ['the page itself'] : [];
          return wide.concat([...document.querySelectorAll('#app *')].filter(visible)
            .filter(e => !e.closest('.finder, .filters, .swipe-actions, svg') && !(e.closest('.swipe')?.scrollLeft > 0)).filter(e => e.getBoundingClientRect().right > width + 1 || e.getBoundingClientRect().left < -1)
            .map(e => `${named(e)} ${Math.round(e.getBoundingClientRect().right)}`).slice(0, 5));
        }
        """;

    private const string SmallTargets = $$"""
        () => {
          {{Visible}}
          return [...document.querySelectorAll('#app :is(a, button, summary, label:has(input), input:not(label input, [type=radio], [type=file]))')].filter(visible)
            .map(e => [e, e.getBoundingClientRect()]).filter(([, b]) => b.width < 43.9 || b.height < 43.9)
            .map(([e, b]) => `${named(e)} ${Math.round(b.width)}x${Math.round(b.height)}`);
        }
        """;

    private const string Judge = """
        async rules => {
          // What is scrolled under a bar is no smaller for it.
          const sheet = document.styleSheets[0], rule = sheet.insertRule('.bar, .actions, .tabs { position: static !important }', sheet.cssRules.length);
          const found = await axe.run(document.body, { runOnly: rules, resultTypes: ['violations'] });
          sheet.deleteRule(rule);
          return found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ''}`));
        }
        """;

    /// <summary>A word in another script. Digests, serials and names like PIN are capitals.</summary>
    [GeneratedRegex("[A-Za-z]*[a-z]{3,}[A-Za-z]*")]
    private static partial Regex Foreign();
}
