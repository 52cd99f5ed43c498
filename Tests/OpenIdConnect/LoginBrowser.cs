using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Microsoft.AspNetCore.WebUtilities;

namespace Bzt.Tests.OpenIdConnect;

/// <summary>A user's browser at the login page, and what he does with his phone: it keeps cookies, and follows no redirect by itself.</summary>
internal sealed partial class LoginBrowser : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestTrying = TimeSpan.FromSeconds(60);

    private readonly Uri address;
    private readonly HttpClient http;
    private readonly SemaphoreSlim asking = new(1);
    private long askedAt;

    public LoginBrowser(EmbeddedSystem system) : this(system.Address, new SocketsHttpHandler())
    {
    }

    /// <param name="address">The system's, as its users see it.</param>
    /// <param name="way">To it.</param>
    public LoginBrowser(Uri address, SocketsHttpHandler way)
    {
        this.address = address;
        (way.AllowAutoRedirect, way.CookieContainer) = (false, new CookieContainer());
        http = new HttpClient(way) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(100) };
    }

    public HttpClient Http => http;

    /// <summary>The page, which has to be one.</summary>
    public async Task<LoginPage> OpenAsync(string path)
    {
        using var response = await http.GetAsync(path);
        var html = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, html);
        return new LoginPage(path, html, WebUtility.HtmlDecode(Name().Match(html).Groups[1].Value), WebUtility.HtmlDecode(Continue().Match(html).Groups[1].Value), WebUtility.HtmlDecode(Cancel().Match(html).Groups[1].Value));
    }

    /// <summary>As the page's script, which does not ask all the time: a page has a rate.</summary>
    public async Task<JsonElement> StateAsync(LoginPage page)
    {
        await asking.WaitAsync();
        try
        {
            if (askedAt != 0 && Pace - TimeProvider.System.GetElapsedTime(askedAt) is { Ticks: > 0 } early)
            {
                await Task.Delay(early);
            }
        }
        finally
        {
            askedAt = TimeProvider.System.GetTimestamp();
            asking.Release();
        }

        using var response = await http.GetAsync($"{Routes.Connect.LoginState}?login={page.Name}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Scans the code that is on the screen.</summary>
    public Task<ScannedSession> ScanAsync(LoginPage page, CertifiedPhone phone) => ScanAsync(page, phone.Client);

    public async Task<ScannedSession> ScanAsync(LoginPage page, PhoneClient phone)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await phone.ScanAsync((await StateAsync(page)).GetProperty("link").GetString()!);
            }
            catch (ApiRefusedException exception) when (exception.Code == ErrorCodes.QrStale && TimeProvider.System.GetElapsedTime(started) < LongestTrying)
            {
                // The next code.
            }
        }
    }

    public Task ConfirmAsync(LoginPage page, CertifiedPhone phone) => ConfirmAsync(page, phone.Client, phone.Certificate);

    public async Task ConfirmAsync(LoginPage page, PhoneClient phone, Guid certificate)
    {
        using var request = Assert.IsType<RequestOpening.Opened>(await phone.OpenRequestAsync(await ScanAsync(page, phone), certificate)).Request;
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(request, CertifiedPhone.Pin));
        await WaitAsync(page, "ok");
    }

    public async Task WaitAsync(LoginPage page, string end) =>
        Assert.Equal(end, (await Wait.UntilAsync(() => StateAsync(page), state => state.GetProperty("state").GetString() == "completed")).GetProperty("end").GetString());

    /// <summary>Where the browser is sent.</summary>
    public async Task<Uri> FollowAsync(string path)
    {
        using var response = await http.GetAsync(path);
        Assert.True(response.Headers.Location is not null, $"{response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return new Uri(address, response.Headers.Location);
    }

    /// <summary>Open, scan, PIN, and back: the address the platform's browser arrives at.</summary>
    public Task<Uri> LogInAsync(string address, CertifiedPhone phone) => LogInAsync(address, phone.Client, phone.Certificate);

    public async Task<Uri> LogInAsync(string address, PhoneClient phone, Guid certificate)
    {
        var page = await OpenAsync(address);
        await ConfirmAsync(page, phone, certificate);
        return await FollowAsync(page.Continue);
    }

    public static string Parameter(Uri address, string name) => QueryHelpers.ParseQuery(address.Query)[name].ToString();

    public void Dispose()
    {
        http.Dispose();
        asking.Dispose();
    }

    [GeneratedRegex("data-login=\"([^\"]*)\"")]
    private static partial Regex Name();

    [GeneratedRegex("data-continue=\"([^\"]*)\"")]
    private static partial Regex Continue();

    [GeneratedRegex("href=\"([^\"]*/authorize/cancel[^\"]*)\"")]
    private static partial Regex Cancel();
}

internal sealed record LoginPage(string Address, string Html, string Name, string Continue, string Cancel);
