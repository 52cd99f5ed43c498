using System.Reflection;
using Bzt.Grains.Foundations;
using Bzt.Silo.Hosting;
using Bzt.Silo.Storage;
using Orleans.Storage;

namespace Bzt.Silo.Projections;

/// <summary>Makes the projections anew from the grains' states, while the silos run.</summary>
/// <remarks>
/// Each grain's rows are replaced in one transaction, under the guard of the feed: rows newer than the state that was read stay.
/// </remarks>
public sealed class ProjectionRebuild(
    SqlStore store, IGrainStorageSerializer serializer, ClusterSettings cluster, IEnumerable<IStateProjector> projectors)
{
    private const int PageSize = 500;
    private static readonly MethodInfo DeserializeState = typeof(IGrainStorageSerializer).GetMethod(nameof(IGrainStorageSerializer.Deserialize))!;

    /// <summary>How many states were read.</summary>
    public async Task<long> RunAsync(CancellationToken cancellation = default)
    {
        long states = 0;
        foreach (var projector in projectors)
        {
            states += await ReplaceAsync(projector, cancellation);
            await RemoveOrphansAsync(projector, cancellation);
        }

        return states;
    }

    private async Task<long> ReplaceAsync(IStateProjector projector, CancellationToken cancellation)
    {
        var deserialize = DeserializeState.MakeGenericMethod(projector.State);
        var after = "";
        for (long states = 0; ;)
        {
            var page = await store.QueryAsync(
                """
                SELECT GrainIdExtensionString, PayloadBinary FROM OrleansStorage
                WHERE ServiceId = @service AND GrainTypeString = @type AND GrainIdExtensionString > @after AND PayloadBinary IS NOT NULL
                ORDER BY GrainIdExtensionString LIMIT @limit
                """,
                row => (Key: row.GetString(0), Payload: (byte[])row[1]), cancellation,
                ("service", cluster.ServiceId), ("type", RowType(projector)), ("after", after), ("limit", PageSize));
            foreach (var (key, payload) in page)
            {
                var grain = StateStorage.GrainOf(RowType(projector), key);
                var state = (IHasOutbox)deserialize.Invoke(serializer, [new BinaryData(payload)])!;
                await ReplaceAsync(projector, grain, state, cancellation);
            }

            states += page.Count;
            if (page.Count < PageSize)
            {
                return states;
            }

            after = page[^1].Key;
        }
    }

    private Task<bool> ReplaceAsync(IStateProjector projector, GrainId grain, IHasOutbox state, CancellationToken cancellation)
    {
        var source = grain.ToString();
        var rows = projector.Project(grain, state).ToList();
        return store.WriteAsync(async connection =>
        {
            var current = await connection.ExecuteAsync(
                """
                INSERT INTO projection_source (source, sequence) VALUES (@source, @sequence)
                ON CONFLICT (source) DO UPDATE SET sequence = excluded.sequence WHERE projection_source.sequence <= excluded.sequence
                """,
                ("source", source), ("sequence", state.Outbox.LastSequence)) == 1;
            if (!current)
            {
                return false;
            }

            foreach (var kind in projector.Rows)
            {
                await connection.ExecuteAsync($"DELETE FROM {ProjectionTables.Of(kind).Name} WHERE source = @source", ("source", source));
            }

            foreach (var row in rows)
            {
                var table = ProjectionTables.Of(row.GetType());
                await connection.ExecuteAsync(table.Upsert, table.Parameters(source, row));
            }

            return true;
        }, cancellation);
    }

    /// <summary>Rows of grains whose state is gone.</summary>
    private async Task RemoveOrphansAsync(IStateProjector projector, CancellationToken cancellation)
    {
        foreach (var kind in projector.Rows)
        {
            var table = ProjectionTables.Of(kind).Name;
            await store.WriteAsync(
                connection => connection.ExecutePatientlyAsync(
                    $"""
                    DELETE FROM {table} WHERE substr(source, 1, @length) = @prefix AND NOT EXISTS (
                        SELECT 1 FROM OrleansStorage
                        WHERE ServiceId = @service AND GrainTypeString = @type AND PayloadBinary IS NOT NULL
                          AND GrainIdExtensionString = ':' || substr({table}.source, @length + 1))
                    """,
                    ("service", cluster.ServiceId), ("type", RowType(projector)),
                    ("prefix", projector.GrainType + "/"), ("length", projector.GrainType.Length + 1)),
                cancellation);
        }
    }

    private static string RowType(IStateProjector projector) => $"{projector.GrainType}/{projector.StateName}";
}
