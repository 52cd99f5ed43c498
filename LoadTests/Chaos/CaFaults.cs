using System.Runtime.Versioning;
using Bzt.Simulators;

namespace Bzt.LoadTests.Chaos;

/// <summary>A CA that others apply to while people log in.</summary>
[SupportedOSPlatform("linux")]
internal static class CaFaults
{
    private const string Vendor = "ca-vendor";
    private const int Applicants = 2;

    /// <summary>The most that the simulators take, and more than applicants ask.</summary>
    private const int EveryCall = 100;
    private const int LateMilliseconds = 5_000;

    public static Task<Func<Task>> SlowAsync(ChaosGround ground, CancellationToken stop) =>
        SteerAsync(ground, new Steer(Disturbance.Delay, Milliseconds: LateMilliseconds, Count: EveryCall), stop);

    public static Task<Func<Task>> SilentAsync(ChaosGround ground, CancellationToken stop) =>
        SteerAsync(ground, new Steer(Disturbance.Never, Count: EveryCall), stop);

    private static async Task<Func<Task>> SteerAsync(ChaosGround ground, Steer steer, CancellationToken stop)
    {
        await ground.Simulators.SteerAsync(Vendor, steer, stop);
        var missing = Applicants;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var applying = ground.ApplyAsync(Applicants, () =>
        {
            if (Interlocked.Decrement(ref missing) == 0)
            {
                all.SetResult();
            }
        }, stop);
        await Task.WhenAny(all.Task, applying);
        return async () =>
        {
            ground.Feel(!applying.IsCompleted, "the CA was slow, and nobody waited for it");
            await ground.Simulators.ClearAsync(Vendor, stop);
            await applying;
        };
    }
}
