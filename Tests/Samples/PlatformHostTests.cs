using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bzt.Samples.TradingPlatform;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bzt.Tests.TradingPlatforms;

/// <summary>What a platform that copies the sample takes over without reading it: addresses, cookies, files, and a service that is away.</summary>
public sealed class PlatformHostTests
{
    [Theory]
    [InlineData("Platform:TrustedProxies:0", "proxy.example")]
    [InlineData("Platform:PublicBaseUrl", "http://platform.example")]
    [InlineData("Platform:Bzt:BaseUrl", "http://bzt.example")]
    [InlineData("Platform:Bzt:PublicBaseUrl", "bzt.example")]
    [InlineData("Platform:Bzt:ClientSecret", "")]
    public void An_unsafe_configuration_refuses_to_start(string setting, string value)
    {
        using var folder = new TempFolder();
        Assert.Throws<OptionsValidationException>(() => LonePages.Build(folder, new ShiftedClock(), (setting, value)));
    }

    [Fact]
    public async Task Known_by_https_it_marks_its_cookies_so_whatever_the_proxy_says()
    {
        using var folder = new TempFolder();
        await using var pages = await LonePages.StartAsync(folder, new ShiftedClock(), ("Platform:PublicBaseUrl", "https://platform.example"));
        using var http = new HttpClient { BaseAddress = LonePages.AddressOf(pages) };
        using var login = await http.GetAsync("/login");
        Assert.All(login.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("secure", cookie, StringComparison.Ordinal));
        Assert.Contains("max-age", Assert.Single(login.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.File("platform")));
        }
    }

    [Fact]
    public async Task A_bid_tool_is_told_in_a_sentence_what_it_did_not_say_and_that_the_service_is_away()
    {
        using var folder = new TempFolder();
        await using var pages = await LonePages.StartAsync(folder, new ShiftedClock());
        using var http = new HttpClient { BaseAddress = LonePages.AddressOf(pages) };
        await SaysAsync(HttpStatusCode.NotFound, "pairings", new { });
        await SaysAsync(HttpStatusCode.NotFound, "locks", new { });
        await SaysAsync(HttpStatusCode.BadRequest, "pairings", new { tenderId = "YC-2026-0417" });
        await SaysAsync(HttpStatusCode.ServiceUnavailable, "pairings", new { tenderId = "YC-2026-0417", toolKeyThumbprint = new string('x', 43) });

        async Task SaysAsync(HttpStatusCode status, string path, object body)
        {
            using var answer = await http.PostAsJsonAsync($"/bidtool/{path}", body);
            Assert.Equal((path, status), (path, answer.StatusCode));
            Assert.NotEqual("", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
        }
    }
}

/// <summary>The sample platform alone: nothing answers where the service should be.</summary>
internal static class LonePages
{
    public static WebApplication Build(TempFolder folder, TimeProvider clock, params (string Setting, string Value)[] settings) => PlatformHost.Build(["--environment", "Development", "--urls", "http://127.0.0.1:0"], builder =>
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock);
        foreach (var (setting, value) in (IEnumerable<(string, string)>)
        [
            ("Platform:DataFolder", folder.File("platform")), ("Platform:PublicBaseUrl", "http://localhost"), ("Platform:Bzt:BaseUrl", "http://127.0.0.1:9"),
            ("Platform:Bzt:ClientId", "platform"), ("Platform:Bzt:ClientSecret", "secret"), .. settings,
        ])
        {
            builder.Configuration[setting] = value;
        }
    });

    public static async Task<WebApplication> StartAsync(TempFolder folder, TimeProvider clock, params (string Setting, string Value)[] settings)
    {
        var pages = Build(folder, clock, settings);
        await pages.StartAsync();
        return pages;
    }

    public static Uri AddressOf(WebApplication pages) => new(pages.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
}
