using System.Runtime.Versioning;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Chaos;

/// <summary>
/// Wall clocks that jump in the midst of work: one silo's and one gateway's, so that the others disagree with them. A silo whose clock is set back ends
/// (<c>Silo/Hosting/ClockWatch</c>), and whoever keeps it running starts another.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class ClockFaults
{
    /// <summary>As long as a silo that is told to stop may take.</summary>
    private static readonly TimeSpan ToEnd = TimeSpan.FromSeconds(40);

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

            // Set back now, or when it was struck: either ends it.
            var ended = await ProcessFaults.ReplaceDeadAsync(cluster, [silo], stop, within: ToEnd);
            ground.Feel(ended == 1, $"{silo.Process.Name} was to end, its clock having been set back");
        };
    }
}
