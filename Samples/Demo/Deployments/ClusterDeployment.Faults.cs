using System.Net.Sockets;
using System.Text;

namespace Bzt.Samples.Demo;

// What tests and load tests do to a cluster that an operator would not.
internal sealed partial class ClusterDeployment
{
    private int replacements;

    /// <summary>Of the store; null before the start.</summary>
    public string? Database => database;

    /// <summary>The deployment's own server; null when the database is somebody else's.</summary>
    public PostgresServer? Postgres => postgres;

    public ManagedProcess GatewayProcess(int i) => gateways[i] ?? throw new InvalidOperationException("The gateway was not started.");

    /// <summary>After a gateway died: another at its address.</summary>
    public async Task StartGatewayAgainAsync(int i, CancellationToken cancellation)
    {
        await StopAsync(GatewayProcess(i));
        await RunGatewayAsync(i, cancellation);
    }

    /// <summary>After a silo died: another in its place, at ports of its own, as a container would come up.</summary>
    public async Task<Silo> ReplaceSiloAsync(Silo dead, CancellationToken cancellation)
    {
        silos.Remove(dead);
        await StopAsync(dead.Process);
        await RunSiloAsync(10 + Interlocked.Increment(ref replacements), cancellation);
        return silos[^1];
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
