using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bzt.Samples.Demo;

/// <summary>The bidder's browser on the sample trading platform: its pages, and what the widget on them calls. A QR is named by its address.</summary>
internal sealed partial class PlatformBrowser : IDisposable
{
    private readonly Uri address;
    private HttpClient http;

    public PlatformBrowser(Uri address)
    {
        this.address = address;
        http = Fresh();
    }

    public async Task RegisterAsync(SyntheticEnterprise enterprise, CancellationToken stop)
    {
        var page = await http.GetStringAsync("register", stop);
        var token = AntiforgeryToken().Match(page).Groups[1].Value;
        using var form = new FormUrlEncodedContent([
            new("enterpriseName", enterprise.Name), new("creditCode", enterprise.CreditCode), new("userName", "demo-" + enterprise.CreditCode[^6..].ToLowerInvariant()),
            new("password", Guid.NewGuid().ToString("N")), new("__RequestVerificationToken", token)]);
        using var response = await http.PostAsync("register", form, stop);
        if (response.RequestMessage?.RequestUri?.AbsolutePath is not "/Account" and not "/account")
        {
            throw new DemoException("The trading platform did not register the enterprise.");
        }
    }

    public async Task<string> StartQrAsync(string path, CancellationToken stop)
    {
        using var response = await http.PostAsync(path, null, stop);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("url").GetString()!;
    }

    /// <summary>What the QR of this second says.</summary>
    public async Task<string> LinkAsync(string qr, CancellationToken stop) =>
        (await http.GetFromJsonAsync<JsonElement>(qr, stop)).GetProperty("link").GetString()!;

    /// <summary>Waits for the end, as the widget does, and does what follows from it.</summary>
    public async Task FinishQrAsync(string qr, CancellationToken stop)
    {
        while ((await http.GetFromJsonAsync<JsonElement>(qr, stop)).GetProperty("state").GetString() != "completed")
        {
            await Task.Delay(100, stop);
        }

        using var response = await http.PostAsync(qr, null, stop);
        if (!response.IsSuccessStatusCode)
        {
            throw new DemoException($"The trading platform did not accept the signature: {await response.Content.ReadAsStringAsync(stop)}");
        }
    }

    public async Task<byte[]> GetAsync(string path, CancellationToken stop) => await http.GetByteArrayAsync(path, stop);

    public async Task UploadBidAsync(string tender, string file, CancellationToken stop)
    {
        await using var stream = File.OpenRead(file);
        using var content = new StreamContent(stream);
        using var response = await http.PutAsync($"tenders/{tender}/bid", content, stop);
        if (!response.IsSuccessStatusCode)
        {
            throw new DemoException($"The trading platform did not receive the bid: {await response.Content.ReadAsStringAsync(stop)}");
        }
    }

    /// <summary>Another browser.</summary>
    public void ForgetLogin()
    {
        http.Dispose();
        http = Fresh();
    }

    public void Dispose() => http.Dispose();

    private HttpClient Fresh() => new(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(100) };

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
