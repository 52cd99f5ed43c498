using System.ComponentModel.DataAnnotations;
using System.IO.Compression;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Bzt.Silo.Storage;

/// <summary>Section <c>Archive</c>.</summary>
public sealed class ArchiveOptions
{
    public const string Section = "Archive";

    /// <summary>Sessions and pages of evidence that were not written for so many days go to the archive.</summary>
    [Range(1, 36_500)]
    public int AfterDays { get; set; } = 90;

    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Period { get; set; } = TimeSpan.FromHours(1);
}

/// <summary>
/// Keeps the table of states as small as what is used: rows of sessions and evidence that have rested for long go, compressed, into a table of
/// their own. Whoever is asked for comes back as it was, before its grain sees anything of it.
/// </summary>
/// <remarks>
/// Each way is one transaction. A row that is written while it is being moved stays, since its version is another; a grain that still holds a
/// state that has gone is refused its next write, and reads again. On PostgreSQL a write whose statement began before the move was committed can
/// still put its row in; then that row is the state, and the older one beside it goes at the next move either way. Every silo sweeps.
/// </remarks>
public sealed class StateArchive(SqlStore store, IOptions<ClusterOptions> cluster, TimeProvider time)
{
    private const int Batch = 200;

    /// <summary>Types as in the rows, each with a text of its own: the store's partial indexes are found by the literal.</summary>
    private static readonly (string Type, string Query)[] Archived = [
        ("qr-session/qr-session", Oldest("qr-session/qr-session")),
        ("evidence/evidence", Oldest("evidence/evidence")),
        ("evidence/evidence-tail", Oldest("evidence/evidence-tail"))];

    public static bool Covers(string rowType) => Archived.Any(archived => archived.Type == rowType);

    /// <summary>How many rows went.</summary>
    public async Task<int> SweepAsync(TimeSpan rested, CancellationToken cancellation)
    {
        var before = (time.GetUtcNow() - rested).ToUnixTimeSeconds();
        var moved = 0;
        foreach (var (_, query) in Archived)
        {
            var (after, page) = (-1L, new List<Row>());
            do
            {
                page = await store.QueryAsync(query, Row.Of, cancellation, ("service", cluster.Value.ServiceId), ("after", after), ("before", before), ("limit", Batch));
                foreach (var row in page)
                {
                    moved += row.IsAtRest && await MoveAsync(row, cancellation) ? 1 : 0;
                    after = row.ModifiedOn;
                }
            }
            while (page.Count == Batch);
        }

        return moved;
    }

    /// <summary>Brings a state back; false when it was never archived.</summary>
    /// <remarks>An empty line stays: whoever found the state gone a moment before it was brought back learns from it to look again.</remarks>
    public async Task<bool> BringBackAsync(string rowType, string rowKey)
    {
        (string, object?)[] key = [("type", rowType), ("key", rowKey), ("service", cluster.Value.ServiceId)];
        var found = await store.QueryAsync(
            "SELECT id_hash, type_hash, n0, n1, version, payload FROM archived_state WHERE type = @type AND key = @key AND service = @service",
            row => new Row(row.GetInt32(0), row.GetInt32(1), row.GetInt64(2), row.GetInt64(3), rowType, rowKey, (byte[])row.GetValue(5), 0, row.GetInt32(4)), parameters: key);
        if (found is not [{ Payload.Length: > 0 } state])
        {
            return found.Count > 0;
        }

        return await store.WriteAsync(async connection =>
        {
            // Another activation may have been quicker; then it is there.
            if (await connection.ExecuteAsync(
                "UPDATE archived_state SET payload = @empty, modified = @now WHERE type = @type AND key = @key AND service = @service AND version = @version AND length(payload) > 0",
                [.. key, ("version", state.Version), ("empty", Array.Empty<byte>()), ("now", time.GetUtcNow().ToUnixTimeSeconds())]) == 1)
            {
                await connection.ExecuteAsync(
                    """
                    INSERT INTO OrleansStorage (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
                    VALUES (@idHash, @typeHash, @n0, @n1, @type, @key, @service, @payload, @now, @version)
                    ON CONFLICT (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId) DO NOTHING
                    """,
                    [.. key, .. state.Identity, ("payload", Unpack(state.Payload)), ("now", time.GetUtcNow().ToUnixTimeSeconds()), ("version", state.Version)]);
            }

            return true;
        });
    }

    private Task<bool> MoveAsync(Row row, CancellationToken cancellation) => store.WriteAsync(async connection =>
    {
        (string, object?)[] identity = [("type", row.Type), ("key", row.Key), ("service", cluster.Value.ServiceId), ("version", row.Version), .. row.Identity];
        var gone = await connection.ExecuteAsync(
            """
            DELETE FROM OrleansStorage
            WHERE GrainIdHash = @idHash AND GrainTypeHash = @typeHash AND GrainIdN0 = @n0 AND GrainIdN1 = @n1
              AND GrainTypeString = @type AND GrainIdExtensionString = @key AND ServiceId = @service AND Version = @version
            """,
            identity);
        if (gone == 1)
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO archived_state (type, key, service, id_hash, type_hash, n0, n1, version, payload, modified)
                VALUES (@type, @key, @service, @idHash, @typeHash, @n0, @n1, @version, @payload, @modified)
                ON CONFLICT (type, key, service) DO UPDATE SET version = excluded.version, payload = excluded.payload, modified = excluded.modified
                """,
                [.. identity, ("payload", Pack(row.Payload)), ("modified", row.ModifiedOn)]);
        }

        return gone == 1;
    }, cancellation);

    private static string Oldest(string type) =>
        $"""
        SELECT GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, PayloadBinary, ModifiedOn, Version FROM OrleansStorage
        WHERE GrainTypeString = '{type}' AND ServiceId = @service AND ModifiedOn > @after AND ModifiedOn < @before AND PayloadBinary IS NOT NULL
        ORDER BY ModifiedOn LIMIT @limit
        """;

    /// <summary>A state as it lies in the archive.</summary>
    public static byte[] Pack(byte[] payload)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Optimal))
        {
            brotli.Write(payload);
        }

        return packed.ToArray();
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var payload = new MemoryStream();
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        brotli.CopyTo(payload);
        return payload.ToArray();
    }

    private sealed record Row(int IdHash, int TypeHash, long N0, long N1, string Type, string Key, byte[] Payload, long ModifiedOn, int Version)
    {
        /// <summary>What is pending has somebody to tell; its grain is about to be woken.</summary>
        public bool IsAtRest => Payload.Length > StateSerializer.HeaderLength && (Payload[StateSerializer.HeaderLength - 1] & StateSerializer.OutboxFlag) == 0;

        public (string, object?)[] Identity => [("idHash", IdHash), ("typeHash", TypeHash), ("n0", N0), ("n1", N1)];

        public static Row Of(System.Data.Common.DbDataReader row) => new(
            row.GetInt32(0), row.GetInt32(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4), row.GetString(5), (byte[])row.GetValue(6), row.GetInt64(7), row.GetInt32(8));
    }
}

/// <summary>Sweeps from time to time.</summary>
public sealed partial class StateArchiver(StateArchive archive, ArchiveOptions options, TimeProvider time, ILogger<StateArchiver> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Period, time);
        Duties.Expect(Duties.Archive, options.Period, time.GetUtcNow());
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    LogArchived(await archive.SweepAsync(TimeSpan.FromDays(options.AfterDays), stoppingToken));
                    Duties.Done(Duties.Archive, time.GetUtcNow());
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    LogNotArchived(exception);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(LogLevel.Debug, "{States} states went to the archive.")]
    private partial void LogArchived(int states);

    [LoggerMessage(LogLevel.Warning, "States were not archived; the next sweep tries again.")]
    private partial void LogNotArchived(Exception exception);
}
