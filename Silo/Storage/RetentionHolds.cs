using System.Data.Common;
using System.Text;
using Bzt.Grains;

namespace Bzt.Silo.Storage;

/// <summary>Certificates that an operator keeps beyond their period. A hold and an erasure of one certificate come one after the other, never both.</summary>
/// <remarks>
/// Whoever is first has the certificate's lock until his transaction ends; the other one's next statement then sees what became of it. On SQLite
/// there is one writer at a time anyway, of all processes.
/// </remarks>
internal static class RetentionHolds
{
    /// <summary>False, and nothing is held, when there is no such certificate any more, nor an application about it: of a claim that was refused there never is one.</summary>
    public static Task<bool> SetAsync(SqlStore store, CertificateId certificate, string reason, DateTimeOffset since, string by) => store.WriteAsync(async connection =>
    {
        await LockAsync(store, connection, certificate);
        return await connection.ExecuteAsync(
            $"""
            INSERT INTO retention_hold (certificate_id, reason, since, operator)
            SELECT @id, @reason, @since, @operator WHERE EXISTS (
                SELECT 1 FROM OrleansStorage WHERE GrainTypeString = 'certificate/certificate' AND GrainIdExtensionString = @key AND PayloadBinary IS NOT NULL
            ) OR EXISTS (
                SELECT 1 FROM OrleansStorage WHERE GrainTypeString = 'application/application' AND PayloadBinary IS NOT NULL AND NOT ({store.Texts.Lacks}))
            ON CONFLICT (certificate_id) DO UPDATE SET reason = excluded.reason
            """,
            ("id", certificate.ToString()), ("reason", reason), ("since", since.ToUnixTimeMilliseconds()), ("operator", by), ("key", $":{certificate.Value:N}"),
            ("member", Encoding.ASCII.GetBytes($"\"{certificate}\""))) == 1;
    });

    /// <summary>Within the erasure's transaction, before anything of it is deleted: what is not held now is not held before that transaction ends.</summary>
    public static async Task<bool> IsHeldAsync(SqlStore store, DbConnection erasing, CertificateId certificate)
    {
        await LockAsync(store, erasing, certificate);
        return (await erasing.QueryAsync(Held, row => row.GetInt32(0), ("id", certificate.ToString()))).Count > 0;
    }

    /// <summary>Only as of now.</summary>
    public static async Task<bool> IsHeldAsync(SqlStore store, CertificateId certificate) =>
        (await store.QueryAsync(Held, row => row.GetInt32(0), parameters: ("id", certificate.ToString()))).Count > 0;

    public static async Task<bool> ReleaseAsync(SqlStore store, CertificateId certificate) =>
        await store.WriteAsync(connection => connection.ExecuteAsync("DELETE FROM retention_hold WHERE certificate_id = @id", ("id", certificate.ToString()))) == 1;

    private const string Held = "SELECT 1 FROM retention_hold WHERE certificate_id = @id";

    private static async Task LockAsync(SqlStore store, DbConnection connection, CertificateId certificate)
    {
        if (store.Texts.Lock is { } text)
        {
            await connection.ExecuteAsync(text, ("name", $"retention/{certificate}"));
        }
    }
}
