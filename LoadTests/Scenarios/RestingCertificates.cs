using Bzt.Silo.Storage;
using Npgsql;

namespace Bzt.LoadTests.Scenarios;

/// <summary>
/// Certificates that nobody has used for a while, as PostgreSQL holds them: the certificate's state among the states; its first links of evidence
/// in the archive, where it is by then, and its sessions gone; the rows that lists and searches read. Copies of real ones under keys of their own.
/// </summary>
internal sealed class RestingCertificates
{
    /// <summary>In one statement and transaction.</summary>
    private const int AtOnce = 25_000;

    private const int Connections = 2;

    private readonly NpgsqlDataSource source;
    private readonly byte[] certificate;
    private readonly byte[] evidence;

    private RestingCertificates(NpgsqlDataSource source, byte[] certificate, byte[] evidence) => (this.source, this.certificate, this.evidence) = (source, certificate, evidence);

    public static async Task<RestingCertificates> BeginAsync(NpgsqlDataSource source, CancellationToken stop)
    {
        // Which rows are copies.
        await ExecuteAsync(source, "CREATE TABLE copied_certificate (key text NOT NULL)", stop);
        return new RestingCertificates(source, await ModelAsync(source, "certificate/certificate", stop), StateArchive.Pack(await ModelAsync(source, "evidence/evidence-tail", stop)));
    }

    /// <summary>How many were made so that there are <paramref name="size"/>.</summary>
    public async Task<int> FillAsync(int size, CancellationToken stop)
    {
        await using var count = source.CreateCommand("SELECT count(*)::integer FROM OrleansStorage WHERE GrainTypeString = 'certificate/certificate'");
        var missing = Math.Max(0, size - (int)(await count.ExecuteScalarAsync(stop))!);
        var parts = Enumerable.Range(0, (missing + AtOnce - 1) / AtOnce).Select(part => Math.Min(AtOnce, missing - (part * AtOnce)));
        await Parallel.ForEachAsync(parts, new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = stop }, MakeAsync);
        return missing;
    }

    private async ValueTask MakeAsync(int count, CancellationToken stop)
    {
        await using var command = source.CreateCommand("""
            WITH made AS (INSERT INTO copied_certificate SELECT md5(random()::text || i) FROM generate_series(1, $1) AS i RETURNING key),
                 model AS (SELECT * FROM OrleansStorage WHERE GrainTypeString = 'certificate/certificate' LIMIT 1),
                 states AS (INSERT INTO OrleansStorage
                     SELECT (random() * 2147483647)::integer, model.GrainTypeHash, model.GrainIdN0, model.GrainIdN1, model.GrainTypeString, ':' || made.key,
                            model.ServiceId, $3, model.ModifiedOn, 1
                     FROM made, model),
                 archive AS (INSERT INTO archived_state
                     SELECT 'evidence/evidence-tail', ':' || made.key || '/0', model.ServiceId, (random() * 2147483647)::integer, 0, 0, 0, 2, $2 FROM made, model),
                 guards AS (INSERT INTO projection_source SELECT 'certificate/' || key, 4 FROM made)
            INSERT INTO projection_certificate (certificate_id, owner, enterprise, serial, ca, state, not_after, source)
            SELECT made.key, md5(made.key), upper(left(md5('e' || made.key), 18)), row.serial, row.ca, row.state, row.not_after, 'certificate/' || made.key
            FROM made, (SELECT * FROM projection_certificate LIMIT 1) AS row
            """);
        command.Parameters.AddWithValue(count);
        command.Parameters.AddWithValue(evidence);
        command.Parameters.AddWithValue(certificate);
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>As after years of growth: nothing waits for the vacuum or to be written, and the planner knows.</summary>
    public async Task SettleAsync(CancellationToken stop)
    {
        await ExecuteAsync(source, "VACUUM (ANALYZE, PROCESS_TOAST false)", stop);
        await ExecuteAsync(source, "CHECKPOINT", stop);
    }

    public async Task RemoveAsync(CancellationToken stop)
    {
        foreach (var statement in (string[])[
            "DELETE FROM OrleansStorage AS row USING copied_certificate AS copy WHERE row.GrainTypeString = 'certificate/certificate' AND row.GrainIdExtensionString = ':' || copy.key",
            "TRUNCATE archived_state",
            "DELETE FROM projection_source AS row USING copied_certificate AS copy WHERE row.source = 'certificate/' || copy.key",
            "DELETE FROM projection_certificate AS row USING copied_certificate AS copy WHERE row.certificate_id = copy.key"])
        {
            await ExecuteAsync(source, statement, stop);
        }
    }

    /// <summary>Bytes by table, indexes and long values included.</summary>
    public async Task<IReadOnlyDictionary<string, long>> SizesAsync(CancellationToken stop)
    {
        await using var command = source.CreateCommand("SELECT relname::text, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'copied_certificate'");
        await using var reader = await command.ExecuteReaderAsync(stop);
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(stop))
        {
            sizes.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return sizes;
    }

    /// <summary>The shortest whose outbox has been delivered and emptied: what a run adds to a state is not at rest.</summary>
    private static async Task<byte[]> ModelAsync(NpgsqlDataSource source, string type, CancellationToken stop)
    {
        await using var command = source.CreateCommand("""
            SELECT PayloadBinary FROM OrleansStorage WHERE GrainTypeString = $1 AND length(PayloadBinary) > 2 AND get_byte(PayloadBinary, 2) & 1 = 0
            ORDER BY length(PayloadBinary) LIMIT 1
            """);
        command.Parameters.AddWithValue(type);
        while (true)
        {
            if (await command.ExecuteScalarAsync(stop) is byte[] model)
            {
                return model;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), stop);
        }
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string statement, CancellationToken stop)
    {
#pragma warning disable CA2100 // Constants of this class.
        await using var command = source.CreateCommand(statement);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(stop);
    }
}
