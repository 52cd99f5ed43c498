using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Samples.TradingPlatform;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using Bzt.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bzt.Tests.TradingPlatforms;

/// <summary>The sample trading platform in this process, beside a system of its own.</summary>
public sealed class SamplePlatform : IAsyncLifetime
{
    internal EmbeddedSystem System { get; private set; } = null!;

    internal RelyingParty Party { get; private set; } = null!;

    internal CertifiedPhone Phone { get; private set; } = null!;

    internal SamplePages Pages { get; private set; } = null!;

    public Uri Address => Pages.Address;

    public async ValueTask InitializeAsync()
    {
        System = await Applications.ClaimSteps.StartAsync();
        Party = await RelyingParty.RegisterAsync(System);
        Phone = await CertifiedPhone.ActiveAsync(System);
        Pages = await SamplePages.StartAsync(System, Party.Id, Party.Secret, System.Clock);
    }

    public async ValueTask DisposeAsync()
    {
        if (Pages is not null)
        {
            await Pages.DisposeAsync();
        }

        Phone?.Dispose();
        Party?.Dispose();
        await System.DisposeAsync();
    }
}

/// <summary>The sample trading platform's pages, at the service of a running system; restarted, they find what they had.</summary>
internal sealed class SamplePages : IAsyncDisposable
{
    public const string DemoPassword = "password of the demonstration";

    private readonly TempFolder folder = new();
    private readonly Func<string, WebApplication> build;
    private WebApplication? pages;

    private SamplePages(EmbeddedSystem system, string platformId, string secret, TimeProvider clock, string publicBaseUrl) => build = address =>
        PlatformHost.Build(["--environment", "Development", "--urls", address], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton(clock);
            builder.Configuration["Platform:DataFolder"] = folder.File("platform");
            builder.Configuration["Platform:PublicBaseUrl"] = publicBaseUrl;
            builder.Configuration["Platform:DemoPassword"] = DemoPassword;
            builder.Configuration["Platform:Bzt:BaseUrl"] = system.Address.ToString();
            builder.Configuration["Platform:Bzt:ClientId"] = platformId;
            builder.Configuration["Platform:Bzt:ClientSecret"] = secret;
        });

    public Uri Address { get; private set; } = null!;

    /// <summary>Where received bids lie.</summary>
    public string BidFolder => folder.File("platform/bids");

    /// <param name="address">Where it listens and what it is known by; without one anywhere, known by a name.</param>
    public static async Task<SamplePages> StartAsync(EmbeddedSystem system, string platformId, string secret, TimeProvider clock, string? address = null)
    {
        var started = new SamplePages(system, platformId, secret, clock, address ?? "http://localhost");
        await started.StartAsync(address ?? "http://127.0.0.1:0");
        return started;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        try
        {
            await StartAsync(Address.ToString());
        }
        catch (IOException)
        {
            // An outgoing connection of another test may just have been given the port.
            await StopAsync();
            await StartAsync("http://127.0.0.1:0");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Dispose();
    }

    private async Task StartAsync(string address)
    {
        pages = build(address);
        await pages.StartAsync();
        Address = new Uri(pages.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
    }

    private async Task StopAsync()
    {
        if (pages is not null)
        {
            await pages.StopAsync();
            await pages.DisposeAsync();
            pages = null;
        }
    }
}

/// <summary>A browser: it keeps cookies, and shows where it is sent.</summary>
internal sealed partial class Browser(Uri address) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(100) };

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var answer = await http.GetAsync(path);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public Task<byte[]> DownloadAsync(string path) => http.GetByteArrayAsync(path);

    /// <summary>Fills in the form of a page.</summary>
    public async Task<(HttpStatusCode Status, string? Location, string Body)> SubmitAsync(string path, string[]? headers = null, params (string Name, string Value)[] members)
    {
        var token = AntiforgeryToken().Match((await GetAsync(path)).Body).Groups[1].Value;
        return await PostFormAsync(path, headers, [.. members, ("__RequestVerificationToken", token)]);
    }

    /// <summary>The button that stands on every page.</summary>
    public async Task<(HttpStatusCode Status, string? Location, string Body)> LogOutAsync()
    {
        var button = LogOutForm().Match((await GetAsync("/account")).Body);
        return await PostFormAsync(WebUtility.HtmlDecode(button.Groups[1].Value), ["Sec-Fetch-Site", "same-origin"], ("__RequestVerificationToken", button.Groups[2].Value));
    }

    public async Task<(HttpStatusCode Status, string? Location, string Body)> PostFormAsync(string path, string[]? headers, params (string Name, string Value)[] members)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(members.Select(member => KeyValuePair.Create(member.Name, member.Value))) };
        for (var i = 0; i < (headers?.Length ?? 0); i += 2)
        {
            message.Headers.Add(headers![i], headers[i + 1]);
        }

        using var answer = await http.SendAsync(message);
        return (answer.StatusCode, answer.Headers.Location?.OriginalString, await answer.Content.ReadAsStringAsync());
    }

    public Task<(HttpStatusCode Status, string? Location, string Body)> PostAsync(string path, params string[] headers) => PostFormAsync(path, headers);

    /// <summary>Puts a file, as the page's script does.</summary>
    public async Task<(HttpStatusCode Status, string Body)> PutAsync(string path, byte[] content)
    {
        using var message = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(content) };
        message.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var answer = await http.SendAsync(message);
        return (answer.StatusCode, Regex.Unescape(await answer.Content.ReadAsStringAsync()));
    }

    public async Task DeleteAsync(string path)
    {
        using var message = new HttpRequestMessage(HttpMethod.Delete, path) { Headers = { { "Sec-Fetch-Site", "same-origin" } } };
        using var answer = await http.SendAsync(message);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The address of the flow that was started, as the widget gets it.</summary>
    public async Task<string> StartQrAsync(string path)
    {
        var (status, _, body) = await PostAsync(path, "Sec-Fetch-Site", "same-origin");
        Assert.True(status == HttpStatusCode.OK, Regex.Unescape(body));
        return JsonDocument.Parse(body).RootElement.GetProperty("url").GetString()!;
    }

    /// <summary>Shows the phone the code of this second; on a slow machine the next.</summary>
    public async Task<ScannedSession> ShowAsync(string qr, PhoneClient phone)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await phone.ScanAsync((await StateAsync(qr)).GetProperty("link").GetString()!);
            }
            catch (ApiRefusedException exception) when (exception.Code == ErrorCodes.QrStale && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            {
                // The next code.
            }
        }
    }

    public Task<JsonElement> StateAsync(string qr) => http.GetFromJsonAsync<JsonElement>(qr);

    /// <summary>What the widget does until the end.</summary>
    public async Task<string?> WaitForEndAsync(string qr) =>
        (await Wait.UntilAsync(() => StateAsync(qr), now => now.GetProperty("state").GetString() == "completed")).GetProperty("end").GetString();

    /// <summary>The phone confirms, and the page goes where it is led.</summary>
    public async Task<string?> ConfirmAsync(string qr, PhoneClient phone, Guid certificate)
    {
        using (var request = Assert.IsType<RequestOpening.Opened>(await phone.OpenRequestAsync(await ShowAsync(qr, phone), certificate)).Request)
        {
            Assert.Equal(new PinOutcome.Done(), await phone.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        Assert.Equal("ok", await WaitForEndAsync(qr));
        var (status, _, body) = await PostAsync(qr, "Sec-Fetch-Site", "same-origin");
        Assert.True(status == HttpStatusCode.OK, Regex.Unescape(body));
        return JsonDocument.Parse(body).RootElement.GetProperty("next").GetString();
    }

    public void Dispose() => http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();

    [GeneratedRegex("action=\"([^\"]+LogOut)\">.*?name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"", RegexOptions.Singleline)]
    private static partial Regex LogOutForm();
}
