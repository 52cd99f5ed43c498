using System.ComponentModel.DataAnnotations;
using Bzt.Protocol;
using Bzt.Protocol.Secrets;
using Bzt.Silo.Hosting;

namespace Bzt.Silo.Batching;

/// <summary>Section <c>Batching</c>.</summary>
public sealed class BatchingOptions
{
    public const string Section = "Batching";

    /// <summary>Nonce pairs kept ready in memory; 0 draws each when it is needed. A signature takes two, a channel one.</summary>
    [Range(0, 65_536)]
    public int NoncesAhead { get; set; } = 256;

    /// <summary>
    /// How long a point that is needed only after the PIN waits for those of other certificates, in milliseconds; 0 computes each at once.
    /// Nobody waits for it: what is needed before is computed on the spot.
    /// </summary>
    [Range(0, 1_000)]
    public int WindowMilliseconds { get; set; } = 25;
}

internal static class BatchingComposition
{
    public static void AddBatching(this IHostApplicationBuilder builder)
    {
        var options = builder.Bind<BatchingOptions>(BatchingOptions.Section);
        builder.Services.AddSingleton<INonceSource>(_ => new NoncePool(options.NoncesAhead, SystemRandom.Instance));
        builder.Services.AddSingleton<IGroupStage>(_ => new GroupStage(TimeSpan.FromMilliseconds(options.WindowMilliseconds)));
    }
}
