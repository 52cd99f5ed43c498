using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Bzt.Samples.Demo;

// What tests and load tests do to a cluster that an operator would not.
internal sealed partial class ClusterDeployment
{
    /// <summary>Lines of the dead are stale after 15 s; a machine under load takes its time to find out.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan BetweenStarts = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, MovableClock> clocks = [];

    /// <summary>Of the store; null before the start.</summary>
    public string? Database => database;

    /// <summary>The deployment's own server; null when the database is somebody else's.</summary>
    public PostgresServer? Postgres => postgres;

    public ManagedProcess GatewayProcess(int i) => gateways[i] ?? throw new InvalidOperationException("The gateway was not started.");

    /// <summary>After silos died: others in their place, all at once, at ports of their own, as containers come up.</summary>
    public async Task ReplaceSilosAsync(IReadOnlyCollection<Silo> dead, CancellationToken cancellation)
    {
        foreach (var silo in dead)
        {
            await RemoveSiloAsync(silo);
        }

        silos.AddRange(await Task.WhenAll([.. dead.Select(_ => StartedAgainAsync(cancellation))]));
    }

    /// <summary>
    /// As whoever runs containers does: one that ends at its start is started again. After a power cut the first to come back cannot reach those
    /// that the table still calls alive, and ends; once their lines are stale, it is let in.
    /// </summary>
    private async Task<Silo> StartedAgainAsync(CancellationToken cancellation)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var (process, port, address) = LaunchSilo(Interlocked.Increment(ref siloNumber));
            try
            {
                await process.WaitUntilReadyAsync(new Uri(address + "/health/ready"), cancellation);
                return new Silo(process, port, new Uri(address));
            }
            catch (DemoException) when (process.HasExited && Stopwatch.GetElapsedTime(since) < StartPatience)
            {
                await StopAsync(process);
                await Task.Delay(BetweenStarts, cancellation);
            }
        }
    }

    /// <param name="process">Of this deployment, with <see cref="MovableClocks"/>.</param>
    /// <param name="offset">From the true time.</param>
    public void MoveClock(ManagedProcess process, TimeSpan offset) =>
        (clocks.GetValueOrDefault(process.Name) ?? throw new DemoException($"The clock of {process.Name} cannot be moved.")).Set(offset);

    private void AddClock(string process, Dictionary<string, string> environment)
    {
        if (MovableClocks)
        {
            (clocks[process] = new MovableClock(Path.Combine(Folder, "clocks", process))).AddTo(environment);
        }
    }

    /// <summary>As a Redis that was restarted: everything in it is gone.</summary>
    public async Task FlushRedisAsync(CancellationToken cancellation)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", redisPort, cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync("FLUSHALL\r\n"u8.ToArray(), cancellation);
        var answer = new byte[64];
        var read = await stream.ReadAsync(answer, cancellation);
        if (!Encoding.ASCII.GetString(answer, 0, read).StartsWith("+OK", StringComparison.Ordinal))
        {
            throw new DemoException("Redis did not flush.");
        }
    }
}
