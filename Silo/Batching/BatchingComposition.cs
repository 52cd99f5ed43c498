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
}

internal static class BatchingComposition
{
    public static void AddBatching(this IHostApplicationBuilder builder)
    {
        var options = builder.Bind<BatchingOptions>(BatchingOptions.Section);
        builder.Services.AddSingleton<INonceSource>(_ => new NoncePool(options.NoncesAhead, SystemRandom.Instance));
    }
}
