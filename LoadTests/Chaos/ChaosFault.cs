using System.Runtime.Versioning;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;

namespace Bzt.LoadTests.Chaos;

/// <summary>Something that is done to a cluster, and how it is whole again.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Text">In the report.</param>
/// <param name="Strike">Returns what makes it whole again; the hold lies between.</param>
[SupportedOSPlatform("linux")]
internal sealed record ChaosFault(string Name, string Text, Func<ChaosGround, CancellationToken, Task<Func<Task>>> Strike)
{
    public static readonly IReadOnlyList<ChaosFault> All = [
        new("kill-silo", "kill -9 of a silo", ProcessFaults.KillSiloAsync),
        new("freeze-silo", "SIGSTOP of a silo", ProcessFaults.FreezeSiloAsync),
        new("kill-gateway", "kill -9 of a gateway", ProcessFaults.KillGatewayAsync),
        new("freeze-gateway", "SIGSTOP of a gateway", ProcessFaults.FreezeGatewayAsync),
        new("crash-postgres", "PostgreSQL stopped as by a power cut", StoreFaults.CrashPostgresAsync),
        new("freeze-postgres", "SIGSTOP of PostgreSQL", StoreFaults.FreezePostgresAsync),
        new("full-disk", "PostgreSQL's disk full", StoreFaults.FillDiskAsync) { Needs = ClusterExtras.OwnDisk },
        new("flush-redis", "Redis emptied", StoreFaults.FlushRedisAsync) { IsMoment = true },
        new("cut-silos", "no packet from silo to silo", NetworkFaults.CutSilosAsync),
        new("clock-ahead", "the clocks of a silo and a gateway jump ahead, and back", (ground, stop) => ClockFaults.JumpAsync(ground, ground.Jump, stop)) { Needs = ClusterExtras.MovableClocks },
        new("clock-behind", "the clocks of a silo and a gateway jump back, and ahead", (ground, stop) => ClockFaults.JumpAsync(ground, -ground.Jump, stop)) { Needs = ClusterExtras.MovableClocks },
        new("slow-ca", "a CA answers late", CaFaults.SlowAsync) { Needs = ClusterExtras.CaVendor, IsElsewhere = true },
        new("silent-ca", "a CA does not answer", CaFaults.SilentAsync) { Needs = ClusterExtras.CaVendor, IsElsewhere = true },
        new("kill-silos", "kill -9 of every silo", ProcessFaults.KillAllSilosAsync)];

    public ClusterExtras Needs { get; init; }

    /// <summary>There is nothing to hold.</summary>
    public bool IsMoment { get; init; }

    /// <summary>Logins have nothing to do with it: what they take meanwhile is told.</summary>
    public bool IsElsewhere { get; init; }

    /// <param name="names">With commas between.</param>
    public static IReadOnlyList<ChaosFault> Named(string names) => [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(name => All.FirstOrDefault(fault => fault.Name == name)
            ?? throw new CommandException($"chaos knows no {name}; it knows {string.Join(", ", All.Select(fault => fault.Name))}."))];
}
