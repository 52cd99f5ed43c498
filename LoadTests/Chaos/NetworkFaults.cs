using System.Diagnostics;
using System.Runtime.Versioning;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Chaos;

/// <summary>Between the silos only: both still reach the store, and the gateways both of them.</summary>
[SupportedOSPlatform("linux")]
internal static class NetworkFaults
{
    public static async Task<Func<Task>> CutSilosAsync(ChaosGround ground, CancellationToken stop)
    {
        ClusterDeployment.Silo[] silos = [.. ground.Cluster.Silos];
        foreach (var silo in silos)
        {
            await IptablesAsync("-I", silo.Port);
        }

        return async () =>
        {
            ground.Feel(silos.Any(silo => silo.Process.HasExited), "the silos were cut off from each other, and none was declared dead: hold longer");
            foreach (var silo in silos)
            {
                await IptablesAsync("-D", silo.Port);
            }

            await ProcessFaults.ReplaceDeadAsync(ground.Cluster, silos, stop);
        };
    }

    private static async Task IptablesAsync(string what, int port)
    {
        using var process = Process.Start("iptables", [what, "INPUT", "-i", "lo", "-p", "tcp", "--dport", $"{port}", "-j", "DROP"]);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new DemoException("iptables refused; cut-silos needs root and a kernel with its tables.");
        }
    }
}
