using Orleans.Concurrency;

namespace Bzt.Grains.Certificates;

/// <summary>The daily round over the certificates that end soon. One for the cluster, key 0; there is no reminder for each certificate.</summary>
[Alias("bzt.IExpirySweep")]
public interface IExpirySweepGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that the round happens, whether or not a silo restarts. Idempotent.</summary>
    /// <remarks>Beside a round under way, which may take longer than a silo that starts can wait.</remarks>
    [AlwaysInterleave, Alias("ensure")]
    Task Ensure();

    /// <summary>The round, now. Certificates that were told before are not told again.</summary>
    [Alias("sweep")]
    Task Sweep();
}
