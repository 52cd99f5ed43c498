using System.Diagnostics;
using System.Runtime.Versioning;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Chaos;

/// <summary>Something that is done to a cluster, and how it is whole again.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Text">In the report.</param>
/// <param name="Strike">Returns what makes it whole again; the hold lies between.</param>
[SupportedOSPlatform("linux")]
internal sealed record ChaosFault(string Name, string Text, Func<ClusterDeployment, CancellationToken, Task<Func<Task>>> Strike)
{
    public static readonly IReadOnlyList<ChaosFault> All = [
        new("kill-silo", "kill -9 of a silo", (cluster, stop) => KillSilosAsync(cluster, 1, stop)),
        new("freeze-silo", "SIGSTOP of a silo", FreezeSiloAsync),
        new("kill-gateway", "kill -9 of a gateway", KillGatewayAsync),
        new("freeze-gateway", "SIGSTOP of a gateway", FreezeGatewayAsync),
        new("crash-postgres", "PostgreSQL stopped as by a power cut", CrashPostgresAsync),
        new("freeze-postgres", "SIGSTOP of PostgreSQL", FreezePostgresAsync),
        new("flush-redis", "Redis emptied", FlushRedisAsync),
        new("cut-silos", "no packet from silo to silo (iptables, as root)", CutSilosAsync),
        new("kill-silos", "kill -9 of every silo", (cluster, stop) => KillSilosAsync(cluster, int.MaxValue, stop))];

    private static async Task<Func<Task>> KillSilosAsync(ClusterDeployment cluster, int most, CancellationToken stop)
    {
        ClusterDeployment.Silo[] killed = [.. cluster.Silos.Take(most)];
        await Task.WhenAll(killed.Select(silo => silo.Process.KillAsync()));
        return () => cluster.ReplaceSilosAsync(killed, stop);
    }

    private static Task<Func<Task>> FreezeSiloAsync(ClusterDeployment cluster, CancellationToken stop)
    {
        var silo = cluster.Silos[0];
        silo.Process.Freeze();
        return Task.FromResult<Func<Task>>(async () =>
        {
            silo.Process.Thaw();

            // Awake it finds itself declared dead, and ends; whoever keeps it running starts another.
            if (await EndsAsync(silo.Process, stop))
            {
                await cluster.ReplaceSilosAsync([silo], stop);
            }
        });
    }

    private static async Task<Func<Task>> KillGatewayAsync(ClusterDeployment cluster, CancellationToken stop)
    {
        await cluster.GatewayProcess(0).KillAsync();
        return () => cluster.ReplaceGatewayAsync(0, stop);
    }

    private static Task<Func<Task>> FreezeGatewayAsync(ClusterDeployment cluster, CancellationToken stop)
    {
        var gateway = cluster.GatewayProcess(1);
        gateway.Freeze();
        return Task.FromResult<Func<Task>>(() =>
        {
            gateway.Thaw();
            return Task.CompletedTask;
        });
    }

    private static async Task<Func<Task>> CrashPostgresAsync(ClusterDeployment cluster, CancellationToken stop)
    {
        await Server(cluster).CrashAsync(stop);
        return () => Server(cluster).StartAgainAsync(stop);
    }

    private static Task<Func<Task>> FreezePostgresAsync(ClusterDeployment cluster, CancellationToken stop)
    {
        Server(cluster).Freeze();
        return Task.FromResult<Func<Task>>(() =>
        {
            Server(cluster).Thaw();
            return Task.CompletedTask;
        });
    }

    private static async Task<Func<Task>> FlushRedisAsync(ClusterDeployment cluster, CancellationToken stop)
    {
        await cluster.FlushRedisAsync(stop);
        return () => Task.CompletedTask;
    }

    /// <summary>Between the silos only: both still reach the store, and the gateways both of them.</summary>
    private static async Task<Func<Task>> CutSilosAsync(ClusterDeployment cluster, CancellationToken stop)
    {
        ClusterDeployment.Silo[] silos = [.. cluster.Silos];
        foreach (var silo in silos)
        {
            await IptablesAsync("-I", silo.Port, stop);
        }

        return async () =>
        {
            foreach (var silo in silos)
            {
                await IptablesAsync("-D", silo.Port, CancellationToken.None);
            }

            foreach (var silo in silos)
            {
                if (await EndsAsync(silo.Process, stop))
                {
                    await cluster.ReplaceSilosAsync([silo], stop);
                }
            }
        };
    }

    private static async Task IptablesAsync(string what, int port, CancellationToken stop)
    {
        using var process = Process.Start("iptables", [what, "INPUT", "-i", "lo", "-p", "tcp", "--dport", $"{port}", "-j", "DROP"]);
        await process.WaitForExitAsync(stop);
        if (process.ExitCode != 0)
        {
            throw new DemoException("iptables refused; cut-silos needs root and a kernel with its tables.");
        }
    }

    private static async Task<bool> EndsAsync(ManagedProcess process, CancellationToken stop)
    {
        try
        {
            await process.Exited.WaitAsync(TimeSpan.FromSeconds(8), stop);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static PostgresServer Server(ClusterDeployment cluster) => cluster.Postgres ?? throw new DemoException("This cluster's PostgreSQL is somebody else's.");
}
