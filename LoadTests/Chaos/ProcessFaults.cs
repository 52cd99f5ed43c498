using System.Runtime.Versioning;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Chaos;

/// <summary>Silos and gateways that die or hang.</summary>
[SupportedOSPlatform("linux")]
internal static class ProcessFaults
{
    private static readonly TimeSpan ToNotice = TimeSpan.FromSeconds(8);

    public static Task<Func<Task>> KillSiloAsync(ChaosGround ground, CancellationToken stop) => KillAsync(ground.Cluster, 1, stop);

    public static Task<Func<Task>> KillAllSilosAsync(ChaosGround ground, CancellationToken stop) => KillAsync(ground.Cluster, int.MaxValue, stop);

    public static Task<Func<Task>> FreezeSiloAsync(ChaosGround ground, CancellationToken stop)
    {
        var silo = ground.Cluster.Silos[0];
        silo.Process.Freeze();
        return Task.FromResult<Func<Task>>(() =>
        {
            silo.Process.Thaw();
            return ReplaceDeadAsync(ground.Cluster, [silo], stop);
        });
    }

    public static async Task<Func<Task>> KillGatewayAsync(ChaosGround ground, CancellationToken stop)
    {
        await ground.Cluster.GatewayProcess(0).KillAsync();
        return () => ground.Cluster.ReplaceGatewayAsync(0, stop);
    }

    public static Task<Func<Task>> FreezeGatewayAsync(ChaosGround ground, CancellationToken stop)
    {
        var gateway = ground.Cluster.GatewayProcess(1);
        gateway.Freeze();
        return Task.FromResult<Func<Task>>(() =>
        {
            gateway.Thaw();
            return Task.CompletedTask;
        });
    }

    /// <summary>A silo that finds itself declared dead ends; whoever keeps it running starts another.</summary>
    /// <param name="within">What is given a silo to find out, and to hand its grains over where it can.</param>
    /// <returns>How many had ended.</returns>
    public static async Task<int> ReplaceDeadAsync(ClusterDeployment cluster, IReadOnlyCollection<ClusterDeployment.Silo> silos, CancellationToken stop, TimeSpan? within = null)
    {
        var noticing = Task.Delay(within ?? ToNotice, stop);
        await Task.WhenAny(Task.WhenAll(silos.Select(silo => silo.Process.Exited)), noticing);
        stop.ThrowIfCancellationRequested();
        ClusterDeployment.Silo[] dead = [.. silos.Where(silo => silo.Process.HasExited)];
        if (dead.Length > 0)
        {
            await cluster.ReplaceSilosAsync(dead, stop);
        }

        return dead.Length;
    }

    private static async Task<Func<Task>> KillAsync(ClusterDeployment cluster, int most, CancellationToken stop)
    {
        ClusterDeployment.Silo[] killed = [.. cluster.Silos.Take(most)];
        await Task.WhenAll(killed.Select(silo => silo.Process.KillAsync()));
        return () => cluster.ReplaceSilosAsync(killed, stop);
    }
}
