namespace Bzt.Protocol.Evidence;

/// <summary>
/// Numbers of checkpoints count on by one. The first after a declared restore of the store begins a new run: it is the minute the restore was declared in,
/// since 1970, times <see cref="Run"/>. So no number of the time that was lost is signed for something else, and the signed number says that it happened.
/// </summary>
public static class CheckpointNumber
{
    /// <summary>More than are taken between two restores; and times the minute below 2⁵³, which every reader of JSON has.</summary>
    public const long Run = 100_000_000;

    /// <summary>Whether it says that the store was restored before it.</summary>
    public static bool IsAfterRestore(long number) => number >= Run && number % Run == 0;

    /// <summary>The number after that one.</summary>
    /// <param name="newest">0 for none.</param>
    /// <param name="restored">When the newest restore was declared; null without any.</param>
    public static long Next(long newest, DateTimeOffset? restored) =>
        restored is { } at && at.ToUnixTimeSeconds() / 60 * Run is var first && first > newest ? first : newest + 1;

    /// <summary>The first number of its run.</summary>
    public static long First(long number) => Math.Max(1, number - number % Run);
}
