using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Bzt.Silo.Projections;

/// <summary>Reads the times of the state rows themselves: nothing to feed, nothing that could lag.</summary>
/// <remarks>A page has two rows; one of which both were written is named twice, and has nothing more to say the second time.</remarks>
internal sealed class SqlEvidenceActivity(SqlStore store, IOptions<ClusterOptions> cluster) : IEvidenceActivity
{
    private static readonly string Query =
        $"""
        SELECT * FROM ({Written("evidence/evidence")}) AS pages UNION ALL SELECT * FROM ({Written("evidence/evidence-tail")}) AS tails
        ORDER BY ModifiedOn, GrainIdExtensionString LIMIT @limit
        """;

    public async Task<IReadOnlyList<WrittenPage>> WrittenSinceAsync(long since, WrittenPage? after, int limit, CancellationToken cancellation = default)
    {
        var rows = await store.QueryAsync(
            Query,
            row => new WrittenPage(StateStorage.GrainOf(row.GetString(0), row.GetString(1)).Key.ToString()!, row.GetInt64(2)),
            cancellation,
            ("service", cluster.Value.ServiceId), ("since", since), ("at", after?.At ?? -1), ("key", after is null ? "" : ":" + after.Key), ("limit", limit));
        return rows;
    }

    /// <summary>A text of its own for each: the store's partial indexes are found by the literal.</summary>
    private static string Written(string type) =>
        $"""
        SELECT GrainTypeString, GrainIdExtensionString, ModifiedOn FROM OrleansStorage
        WHERE GrainTypeString = '{type}' AND ServiceId = @service AND ModifiedOn >= @since AND (ModifiedOn, GrainIdExtensionString) > (@at, @key)
        ORDER BY ModifiedOn, GrainIdExtensionString LIMIT @limit
        """;
}
