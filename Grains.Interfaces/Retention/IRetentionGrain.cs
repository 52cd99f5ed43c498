using Orleans.Concurrency;

namespace Bzt.Grains.Retention;

/// <summary>The round that ends what its period ended (SECURITY.md, Personal data). One for the cluster, key 0.</summary>
[Alias("bzt.IRetention")]
public interface IRetentionGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that the round happens, whether or not a silo restarts. Idempotent.</summary>
    /// <remarks>Beside a round under way, which may take longer than a silo that starts can wait.</remarks>
    [AlwaysInterleave, Alias("ensure")]
    Task Ensure();

    /// <summary>The round, now. What it ends is ended for good; what it is interrupted in the next one finishes.</summary>
    [Alias("sweep")]
    Task<RetentionRound> Sweep();
}

/// <param name="Certificates">Ended with shares, evidence, errands and the CA's file inside.</param>
/// <param name="Applications">With their papers.</param>
/// <param name="Rows">Whatever else had rested for its period.</param>
/// <param name="Held">Kept beyond their period: held by an operator, or something about them is not finished.</param>
/// <param name="Failed">Not reached; asked again in the next round.</param>
[GenerateSerializer, Immutable, Alias("bzt.RetentionRound")]
public sealed record RetentionRound(
    [property: Id(0)] int Certificates, [property: Id(1)] int Applications, [property: Id(2)] int Rows, [property: Id(3)] int Held, [property: Id(4)] int Failed);
