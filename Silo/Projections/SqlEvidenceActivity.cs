using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Bzt.Silo.Projections;

/// <summary>Reads the times of the state rows themselves: nothing to feed, nothing that could lag.</summary>
internal sealed class SqlEvidenceActivity(SqlStore store, IOptions<ClusterOptions> cluster) : IEvidenceActivity
{
    public async Task<IReadOnlyList<WrittenPage>> WrittenSinceAsync(long since, WrittenPage? after, int limit, CancellationToken cancellation = default)
    {
        var rows = await store.QueryAsync(
            """
            SELECT GrainTypeString, GrainIdExtensionString, ModifiedOn FROM OrleansStorage
            WHERE GrainTypeString = 'evidence/evidence' AND ServiceId = @service AND ModifiedOn >= @since AND (ModifiedOn, GrainIdExtensionString) > (@at, @key)
            ORDER BY ModifiedOn, GrainIdExtensionString LIMIT @limit
            """,
            row => new WrittenPage(StateStorage.GrainOf(row.GetString(0), row.GetString(1)).Key.ToString()!, row.GetInt64(2)),
            cancellation,
            ("service", cluster.Value.ServiceId), ("since", since), ("at", after?.At ?? -1), ("key", after is null ? "" : ":" + after.Key), ("limit", limit));
        return rows;
    }
}
