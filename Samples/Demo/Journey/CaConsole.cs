using System.Net.Http.Json;
using System.Text.Json;

namespace Bzt.Samples.Demo;

/// <summary>A reviewer of the CA, through the console's interface for programs.</summary>
internal sealed class CaConsole : IDisposable
{
    private readonly HttpClient http;
    private readonly string password;

    public CaConsole(Uri gateway, string password)
    {
        this.password = password;
        http = new HttpClient { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Add("Bzt-Console", "demo");
    }

    public async Task LogInAsync(CancellationToken stop)
    {
        using var response = await http.PostAsJsonAsync("ca-console/api/login", new { reviewer = "演示审核员", password }, stop);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until the application is on the desk, and approves it.</summary>
    public async Task ApproveAsync(Guid applicationId, CancellationToken stop)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            var desk = await http.GetFromJsonAsync<JsonElement>("ca-console/api/applications", stop);
            foreach (var item in desk.EnumerateArray())
            {
                if (item.GetProperty("applicationId").GetGuid() == applicationId)
                {
                    using var response = await http.PostAsync($"ca-console/api/applications/{item.GetProperty("id").GetString()}/approve", null, stop);
                    response.EnsureSuccessStatusCode();
                    return;
                }
            }

            await Task.Delay(100, stop);
        }

        throw new DemoException("The application did not reach the CA's desk.");
    }

    public void Dispose() => http.Dispose();
}
