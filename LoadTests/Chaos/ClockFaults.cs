using System.Runtime.Versioning;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Chaos;

/// <summary>Wall clocks that jump in the midst of work: one silo's and one gateway's, so that the others disagree with them.</summary>
[SupportedOSPlatform("linux")]
internal static class ClockFaults
{
    public static async Task<Func<Task>> JumpAsync(ChaosGround ground, TimeSpan offset, CancellationToken stop)
    {
        var cluster = ground.Cluster;
        var silo = cluster.Silos[0];
        (ManagedProcess Process, Uri Address)[] moved = [(silo.Process, silo.Address), (cluster.GatewayProcess(0), cluster.Gateways[0])];
        foreach (var (process, _) in moved)
        {
            cluster.MoveClock(process, offset);
        }

        await Task.Delay(MovableClock.Latest, stop);
        return async () =>
        {
            foreach (var (process, address) in moved.Where(one => !one.Process.HasExited))
            {
                var told = await ground.ClockOfAsync(address, stop) - DateTimeOffset.UtcNow;
                ground.Feel((told - offset).Duration() < offset.Duration() / 2, $"the clock of {process.Name} was to be {offset} off and was {told}");
                cluster.MoveClock(process, TimeSpan.Zero);
            }

            await Task.Delay(MovableClock.Latest, stop);
            await ProcessFaults.ReplaceDeadAsync(cluster, [silo], stop);
        };
    }
}
