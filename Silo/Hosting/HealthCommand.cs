namespace Bzt.Silo.Hosting;

/// <summary><c>health ADDRESS</c>: whether the address answers with success, as the exit code. An image without curl can be asked.</summary>
public static class HealthCommand
{
    public const string Usage = "health URL";

    public static async Task<bool> TryRunAsync(string[] arguments)
    {
        if (arguments is not ["health", var address])
        {
            return false;
        }

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(4) };
        try
        {
            using var answer = await http.GetAsync(new Uri(address));
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
            Environment.ExitCode = answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            Environment.ExitCode = 1;
        }

        return true;
    }
}
