using System.Globalization;

namespace Bzt.LoadTests.Runs;

/// <param name="CpuSeconds">Used since the process began.</param>
/// <param name="OpenFiles">Sockets among them.</param>
internal sealed record ResourceSample(string Process, double Second, double CpuSeconds, double ResidentMiB, int OpenFiles);

/// <summary>Looks at the server's processes every second, from outside.</summary>
internal sealed class ResourceWatch(Recorder recorder, Func<IReadOnlyDictionary<string, int>> processes) : IAsyncDisposable
{
    /// <summary>USER_HZ, which Linux never changes.</summary>
    private const double TicksPerSecond = 100;

    private readonly CancellationTokenSource stopped = new();
    private Task watching = Task.CompletedTask;

    public void Start() => watching = WatchAsync();

    public async ValueTask DisposeAsync()
    {
        await stopped.CancelAsync();
        await watching;
        stopped.Dispose();
    }

    /// <summary>Null when the process is gone.</summary>
    public static ResourceSample? Look(string name, int id, double second)
    {
        try
        {
            // The name in parentheses may hold spaces; what follows it does not.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
            var pages = double.Parse(fields[21], CultureInfo.InvariantCulture);
            return new ResourceSample(
                name, second, ticks / TicksPerSecond, pages * Environment.SystemPageSize / (1024 * 1024), Directory.EnumerateFileSystemEntries($"/proc/{id}/fd").Count());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            do
            {
                foreach (var (name, id) in processes())
                {
                    if (Look(name, id, recorder.Now.TotalSeconds) is { } sample)
                    {
                        recorder.Add(sample);
                    }
                }
            }
            while (await timer.WaitForNextTickAsync(stopped.Token));
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
