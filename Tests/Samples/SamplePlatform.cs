using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Samples.TradingPlatform;
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
    private readonly TempFolder folder = new();
    private WebApplication? pages;

    internal EmbeddedSystem System { get; private set; } = null!;

    internal RelyingParty Party { get; private set; } = null!;

    internal CertifiedPhone Phone { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        System = await EmbeddedSystem.StartAsync();
        Party = await RelyingParty.RegisterAsync(System);
        Phone = await CertifiedPhone.ActiveAsync(System);
        pages = PlatformHost.Build(["--environment", "Development", "--urls", "http://127.0.0.1:0"], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<TimeProvider>(System.Clock);
            builder.Configuration["Platform:DataFolder"] = folder.File("platform");
            builder.Configuration["Platform:PublicBaseUrl"] = "https://platform.example";
            builder.Configuration["Platform:Bzt:BaseUrl"] = System.Address.ToString();
            builder.Configuration["Platform:Bzt:ClientId"] = Party.Id;
            builder.Configuration["Platform:Bzt:ClientSecret"] = Party.Secret;
        });
        await pages.StartAsync();
        Address = new Uri(pages.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
    }

    public async ValueTask DisposeAsync()
    {
        if (pages is not null)
        {
            await pages.StopAsync();
            await pages.DisposeAsync();
        }

        Phone?.Dispose();
        Party?.Dispose();
        await System.DisposeAsync();
        folder.Dispose();
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

    public async Task<string> StartQrAsync(string purpose)
    {
        var (status, _, body) = await PostAsync($"/qr/{purpose}", "Sec-Fetch-Site", "same-origin");
        Assert.Equal(HttpStatusCode.OK, status);
        return JsonDocument.Parse(body).RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Shows the phone the code of this second; on a slow machine the next.</summary>
    public async Task<ScannedSession> ShowAsync(string qr, PhoneClient phone)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await phone.ScanAsync((await http.GetFromJsonAsync<JsonElement>($"/qr/{qr}/link")).GetProperty("link").GetString()!);
            }
            catch (ApiRefusedException exception) when (exception.Code == ErrorCodes.QrStale && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            {
                // The next code.
            }
        }
    }

    /// <summary>What the page's script does until the end.</summary>
    public async Task<string?> WaitForEndAsync(string qr)
    {
        for (var seen = ""; ;)
        {
            var now = await http.GetFromJsonAsync<JsonElement>($"/qr/{qr}/state?seen={seen}");
            seen = now.GetProperty("state").GetString()!;
            if (seen == "Completed")
            {
                return now.GetProperty("end").GetString();
            }
        }
    }

    public void Dispose() => http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();

    [GeneratedRegex("action=\"([^\"]+LogOut)\">.*?name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"", RegexOptions.Singleline)]
    private static partial Regex LogOutForm();
}
