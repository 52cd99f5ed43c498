using System.Data.Common;
using System.Globalization;
using System.Text;
using Bzt.Grains;
using Bzt.Grains.CaVendors.Registration;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Certificates;
using Bzt.Silo.Blobs;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;
using ApplicationId = Bzt.Grains.ApplicationId;

namespace Bzt.Silo.Storage;

/// <inheritdoc cref="IStateErasure"/>
/// <remarks>Its questions may go over whole tables, a few times a day; nobody waits for the answer.</remarks>
internal sealed class StateErasure(SqlStore store, IStorageFaults faults, IOptions<ClusterOptions> cluster, IGrainStorageSerializer serializer, TimeProvider time) : IStateErasure
{
    public async Task<DateTimeOffset> StoreClockAsync() => store.Texts.Clock is { } clock
        ? DateTimeOffset.FromUnixTimeSeconds((await store.QueryAsync(clock, row => row.GetInt64(0)))[0])
        : time.GetUtcNow();

    public async Task<IReadOnlyList<CertificateId>> EndedCertificatesAsync(DateTimeOffset before, CertificateId? after, int limit) =>
        await store.QueryPatientlyAsync(
            """
            SELECT certificate_id FROM projection_certificate
            WHERE certificate_id > @after AND (not_after < @before OR not_after IS NULL) AND EXISTS (
                SELECT 1 FROM OrleansStorage
                WHERE GrainTypeString = 'certificate/certificate' AND GrainIdExtensionString = ':' || replace(certificate_id, '-', '')
                  AND ServiceId = @service AND ModifiedOn < @beforeSeconds)
            ORDER BY certificate_id LIMIT @limit
            """,
            row => new CertificateId(Guid.Parse(row.GetString(0))),
            ("after", after?.ToString() ?? ""), ("before", before.ToUnixTimeMilliseconds()), ("beforeSeconds", before.ToUnixTimeSeconds()), ("service", Service), ("limit", limit));

    public async Task<IReadOnlyList<ApplicationId>> EndedApplicationsAsync(DateTimeOffset before, ApplicationId? after, int limit) =>
        await store.QueryPatientlyAsync(
            """
            SELECT application_id FROM projection_application
            WHERE application_id > @after AND state IN ('Cancelled', 'Expired') AND created < @before
            ORDER BY application_id LIMIT @limit
            """,
            row => new ApplicationId(Guid.Parse(row.GetString(0))), ("after", after?.ToString() ?? ""), ("before", before.ToUnixTimeMilliseconds()), ("limit", limit));

    public async Task<IReadOnlyList<UserId>> RestingInboxesAsync(DateTimeOffset before, UserId? after, int limit) =>
        await store.QueryPatientlyAsync(
            """
            SELECT GrainIdExtensionString FROM OrleansStorage
            WHERE GrainTypeString = 'inbox/inbox' AND ServiceId = @service AND GrainIdExtensionString > @after AND ModifiedOn < @before
            ORDER BY GrainIdExtensionString LIMIT @limit
            """,
            row => new UserId(Guid.Parse(row.GetString(0).AsSpan(1))),
            ("service", Service), ("after", after is { } user ? $":{user.Value:N}" : ""), ("before", before.ToUnixTimeSeconds()), ("limit", limit));

    public Task<bool> IsHeldAsync(CertificateId certificate) => RetentionHolds.IsHeldAsync(store, certificate);

    public Task<bool> EraseCertificateAsync(CertificateId certificate, long pages, string ca, IReadOnlyList<string> serials) => GuardedAsync($"certificate/{certificate}", async connection =>
    {
        var key = certificate.Value.ToString("N");
        if (await RetentionHolds.IsHeldAsync(store, connection, certificate) || !await DeleteAsync(connection, "certificate/certificate", key))
        {
            return false;
        }

        for (var page = 0L; page < pages; page++)
        {
            var pageKey = string.Create(CultureInfo.InvariantCulture, $"{certificate}/{page}");
            await DeleteAsync(connection, "evidence/evidence", pageKey);
            await DeleteAsync(connection, "evidence/evidence-tail", pageKey);
        }

        await DeleteAsync(connection, "certificate-errand/certificate-errand", key);
        await DeleteAsync(connection, "ca-holder/ca-holder", $"{ca}/{certificate}");
        foreach (var serial in serials)
        {
            await DeleteAsync(connection, "ca-serial/ca-serial", $"{ca}/{serial}");
            await DeleteAsync(connection, "ca-claim/ca-claim", $"{ca}/serial/{serial}");
        }

        // A person's certificate is bound by itself, an enterprise's in the enterprise's list.
        await DeleteAsync(connection, "ca-claim/ca-claim", $"{ca}/holder/{certificate}");
        await connection.ExecuteAsync(
            """
            DELETE FROM OrleansStorage WHERE GrainTypeString = 'binding/binding' AND ServiceId = @service AND GrainIdExtensionString IN (
                SELECT GrainIdExtensionString || @suffix FROM OrleansStorage WHERE GrainTypeString = 'platform/platform' AND ServiceId = @service)
            """,
            ("service", Service), ("suffix", $"/certificate/{certificate}"));

        await connection.ExecuteAsync("DELETE FROM projection_certificate WHERE certificate_id = @id", ("id", certificate.ToString()));
        await ForgetSourceAsync(connection, "certificate", key);
        await ForgetSourceAsync(connection, "ca-holder", $"{ca}/{certificate}");
        return true;
    });

    public Task<bool> EraseApplicationAsync(ApplicationId application, IReadOnlyList<CertificateId> about, string ca, IReadOnlyList<string> numbers, IReadOnlyList<OwnedBlob> papers) => GuardedAsync($"application/{application}", async connection =>
    {
        // In one order, so that two erasures do not wait for each other.
        foreach (var certificate in about.Distinct().OrderBy(certificate => certificate.Value))
        {
            if (await RetentionHolds.IsHeldAsync(store, connection, certificate))
            {
                return false;
            }
        }

        var key = application.Value.ToString("N");
        await DeleteAsync(connection, "application/application", key);
        foreach (var number in numbers)
        {
            foreach (var serial in await SuperfluousAsync(connection, $"{ca}/{number}"))
            {
                await DeleteAsync(connection, "ca-claim/ca-claim", $"{ca}/serial/{serial}");
            }

            await DeleteAsync(connection, "ca-registration/ca-registration", $"{ca}/{number}");
            await DeleteAsync(connection, "ca-registration/ca-superfluous", $"{ca}/{number}");
            await DeleteAsync(connection, "ca-claim/ca-claim", $"{ca}/number/{number}");
        }

        // What the CA filed about a certificate that was never begun: else that goes with the certificate.
        foreach (var certificate in about)
        {
            if (await connection.ExecuteAsync(
                """
                DELETE FROM OrleansStorage WHERE GrainTypeString = 'ca-holder/ca-holder' AND GrainIdExtensionString = @holder AND ServiceId = @service AND NOT EXISTS (
                    SELECT 1 FROM OrleansStorage WHERE GrainTypeString = 'certificate/certificate' AND GrainIdExtensionString = @key AND ServiceId = @service)
                """,
                ("holder", $":{ca}/{certificate}"), ("key", $":{certificate.Value:N}"), ("service", Service)) == 1)
            {
                await ForgetSourceAsync(connection, "ca-holder", $"{ca}/{certificate}");
            }
        }

        await connection.ExecuteAsync("DELETE FROM projection_application WHERE application_id = @id", ("id", application.ToString()));
        await ForgetSourceAsync(connection, "application", key);
        await LeaveAsync(connection, papers);
        return true;
    });

    public Task<bool> EraseSealSetAsync(Guid set, BlobId form, long waitsSince, IReadOnlyList<OwnedBlob> pictures) => GuardedAsync($"seal-set/{set}", async connection =>
    {
        // Whoever hands the form in renews its row: he comes first, or finds that there is no such form.
        if (!await WaitingBlobs.WaitsSinceAsync(connection, form, waitsSince))
        {
            return false;
        }

        await LeaveAsync(connection, pictures);
        await DeleteAsync(connection, "seal-set/seal-set", set.ToString("N"));
        return true;
    });

    public async Task<int> EraseRestingAsync(string type, DateTimeOffset before, int limit, string? without = null)
    {
        var rows = await store.QueryPatientlyAsync(
            $"""
            SELECT GrainIdExtensionString, Version FROM OrleansStorage
            WHERE GrainTypeString = {(StateArchive.Covers(type) ? $"'{type}'" : "@type")} AND ServiceId = @service AND ModifiedOn < @before AND PayloadBinary IS NOT NULL
              AND {store.Texts.NothingPending}{(without is null ? "" : $" AND {store.Texts.Lacks}")}
            LIMIT @limit
            """,
            row => (Key: row.GetString(0), Version: row.GetInt32(1)),
            [
                ("type", type), ("service", Service), ("before", before.ToUnixTimeSeconds()), ("limit", limit),
                .. without is null ? Array.Empty<(string, object?)>() : [("member", Encoding.ASCII.GetBytes($"\"{without}\":"))],
            ]);
        var gone = rows.Count == 0 ? 0 : await GuardedAsync(type, async connection =>
        {
            var count = 0;
            foreach (var (key, version) in rows)
            {
                count += await connection.ExecuteAsync(
                    "DELETE FROM OrleansStorage WHERE GrainTypeString = @type AND GrainIdExtensionString = @key AND ServiceId = @service AND Version = @version",
                    ("type", type), ("key", key), ("service", Service), ("version", version));
            }

            return count;
        });
        return StateArchive.Covers(type) ? gone + await EraseArchivedAsync(type, before, limit) : gone;
    }

    public Task<int> EraseOperatorAuditAsync(DateTimeOffset before, int limit) => GuardedAsync("operator-audit", connection => connection.ExecutePatientlyAsync(
        $"DELETE FROM operator_audit WHERE {store.Texts.RowId} IN (SELECT {store.Texts.RowId} FROM operator_audit WHERE at < @before LIMIT @limit)",
        ("before", before.ToUnixTimeMilliseconds()), ("limit", limit)));

    public async Task<int> EraseClearedAsync(DateTimeOffset before, int limit)
    {
        // 1. Without a time since they were archived by a release that kept none: each page is a write of its own, others' go between.
        while (await store.WriteAsync(connection => connection.ExecutePatientlyAsync(
            """
            UPDATE archived_state SET modified = @now WHERE (type, key, service) IN (
                SELECT type, key, service FROM archived_state WHERE modified IS NULL LIMIT @limit)
            """,
            ("now", time.GetUtcNow().ToUnixTimeSeconds()), ("limit", limit))) == limit)
        {
        }

        // 2. A row that was written again meanwhile, or archived again, is none of these any more. Said so that no index of the archive but the key fits.
        (string, object?)[] which = [("before", before.ToUnixTimeSeconds()), ("limit", limit)];
        return await GuardedAsync("cleared", connection => connection.ExecutePatientlyAsync(
                """
                DELETE FROM OrleansStorage WHERE length(PayloadBinary) IS NULL AND
                    (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId) IN (
                    SELECT GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId FROM OrleansStorage
                    WHERE PayloadBinary IS NULL AND ModifiedOn < @before LIMIT @limit)
                """,
                which))
            + await GuardedAsync("marks", connection => connection.ExecutePatientlyAsync(
                """
                DELETE FROM archived_state WHERE length(payload) < 1 AND (type, key, service) IN (
                    SELECT type, key, service FROM archived_state WHERE length(payload) = 0 AND modified < @before LIMIT @limit)
                """,
                which));
    }

    private string Service => cluster.Value.ServiceId;

    private Task<int> EraseArchivedAsync(string type, DateTimeOffset before, int limit) => GuardedAsync(type, connection => connection.ExecutePatientlyAsync(
        """
        DELETE FROM archived_state WHERE type = @type AND service = @service AND coalesce(modified, 0) < @before AND key IN (
            SELECT key FROM archived_state WHERE type = @type AND service = @service AND modified < @before LIMIT @limit)
        """,
        ("type", type), ("service", Service), ("before", before.ToUnixTimeSeconds()), ("limit", limit)));

    private async Task<bool> DeleteAsync(DbConnection connection, string type, string key)
    {
        (string, object?)[] named = [("type", type), ("key", ":" + key), ("service", Service)];
        var gone = await connection.ExecuteAsync("DELETE FROM OrleansStorage WHERE GrainTypeString = @type AND GrainIdExtensionString = @key AND ServiceId = @service", named);
        return StateArchive.Covers(type)
            ? gone + await connection.ExecuteAsync("DELETE FROM archived_state WHERE type = @type AND key = @key AND service = @service", named) > 0
            : gone > 0;
    }

    /// <summary>Serial numbers of what a CA issued beside the certificate that counts: no certificate of ours knows them.</summary>
    private async Task<IEnumerable<string>> SuperfluousAsync(DbConnection connection, string registration)
    {
        var rows = await connection.QueryAsync(
            """
            SELECT PayloadBinary FROM OrleansStorage
            WHERE GrainTypeString = 'ca-registration/ca-superfluous' AND GrainIdExtensionString = @key AND ServiceId = @service AND PayloadBinary IS NOT NULL
            """,
            row => row.GetFieldValue<byte[]>(0), ("key", ":" + registration), ("service", Service));
        return rows.SelectMany(payload => serializer.Deserialize<StoredSuperfluous>(new BinaryData(payload))!.Certificates)
            .Select(certificate => Sm2Certificate.TryParse(certificate, out var parsed) ? parsed.Serial : null).OfType<string>();
    }

    private static async Task LeaveAsync(DbConnection connection, IReadOnlyList<OwnedBlob> blobs)
    {
        foreach (var blob in blobs)
        {
            await WaitingBlobs.LeftAsync(connection, blob);
        }
    }

    /// <summary>The mark of what was taken from its outbox: nothing comes from there any more.</summary>
    private static Task ForgetSourceAsync(DbConnection connection, string type, string key) =>
        connection.ExecuteAsync("DELETE FROM projection_source WHERE source = @source", ("source", GrainId.Create(type, key).ToString()));

    private async Task<T> GuardedAsync<T>(string subject, Func<DbConnection, Task<T>> unit)
    {
        var write = new DurableWrite("erase", subject);
        await faults.BeforeAsync(write);
        try
        {
            var result = await store.WriteAsync(unit);
            await faults.AfterAsync(write);
            return result;
        }
        catch (DbException exception)
        {
            // A driver's exception cannot cross to a caller that does not have the driver.
            throw new StorageFailedException(exception.Message);
        }
    }
}
