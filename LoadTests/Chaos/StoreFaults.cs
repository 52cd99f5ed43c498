using System.Runtime.Versioning;

namespace Bzt.LoadTests.Chaos;

/// <summary>PostgreSQL and Redis: gone, hung, full, emptied.</summary>
[SupportedOSPlatform("linux")]
internal static class StoreFaults
{
    public static async Task<Func<Task>> CrashPostgresAsync(ChaosGround ground, CancellationToken stop)
    {
        await ground.Postgres.CrashAsync(stop);
        return () => ground.Postgres.StartAgainAsync(stop);
    }

    public static Task<Func<Task>> FreezePostgresAsync(ChaosGround ground, CancellationToken stop)
    {
        ground.Postgres.Freeze();
        return Task.FromResult<Func<Task>>(() =>
        {
            ground.Postgres.Thaw();
            return Task.CompletedTask;
        });
    }

    /// <summary>Tables cannot grow, and once the log cannot either the server ends itself.</summary>
    public static Task<Func<Task>> FillDiskAsync(ChaosGround ground, CancellationToken stop)
    {
        var before = Complaints(ground);
        ground.Postgres.Disk.Fill();
        return Task.FromResult<Func<Task>>(() =>
        {
            ground.Feel(Complaints(ground) > before, "PostgreSQL's disk was full, and PostgreSQL did not want more");
            ground.Postgres.Disk.Free();
            return ground.Postgres.EnsureRunningAsync(stop);
        });
    }

    public static async Task<Func<Task>> FlushRedisAsync(ChaosGround ground, CancellationToken stop)
    {
        await ground.Cluster.FlushRedisAsync(stop);
        return () => Task.CompletedTask;
    }

    private static int Complaints(ChaosGround ground) => ground.Postgres.Log.Split("No space left on device").Length;
}
