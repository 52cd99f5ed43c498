using System.Data.Common;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;

namespace Bzt.Silo.Blobs;

/// <summary>The rows of blobs that wait for somebody to name them. Whoever changes or deletes a row has it until his transaction ends.</summary>
internal sealed class WaitingBlobs(SqlStore store, TimeProvider time)
{
    private readonly string waitsAnew =
        $"INSERT INTO blob_waiting (id, owner, since) VALUES (@id, @owner, {store.Texts.Now}) ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, since = excluded.since";

    /// <summary>From now on, whatever it did before.</summary>
    public Task AnewAsync(DbConnection connection, string owner, BlobId id) =>
        connection.ExecuteAsync(waitsAnew, ("id", id.Value), ("owner", owner), ("now", time.GetUtcNow().ToUnixTimeSeconds()));

    public Task AnewAsync(string owner, BlobId id, CancellationToken cancellation) => store.WriteAsync(
        async connection =>
        {
            await AnewAsync(connection, owner, id);
            return true;
        },
        cancellation);

    /// <summary>Its namer is gone: asked about in this round already. One that waits for another reason keeps its time.</summary>
    public static Task LeftAsync(DbConnection connection, OwnedBlob blob) => connection.ExecuteAsync(
        "INSERT INTO blob_waiting (id, owner, since) VALUES (@id, @owner, 0) ON CONFLICT (id) DO NOTHING", ("id", blob.Id.Value), ("owner", blob.Owner));

    public async Task<IReadOnlyList<WaitingBlob>> PageAsync(DateTimeOffset before, WaitingBlob? after, int limit) => await store.QueryPatientlyAsync(
        "SELECT owner, id, since FROM blob_waiting WHERE since < @before AND (owner > @owner OR owner = @owner AND id > @id) ORDER BY owner, id LIMIT @limit", Read,
        ("before", before.ToUnixTimeSeconds()), ("owner", after?.Owner ?? ""), ("id", after?.Id.Value ?? ""), ("limit", limit));

    public async Task<IReadOnlyList<BlobId>> OfAsync(string owner, CancellationToken cancellation) =>
        await store.QueryAsync("SELECT id FROM blob_waiting WHERE owner = @owner", row => new BlobId(row.GetString(0)), cancellation, ("owner", owner));

    public async Task<bool> IsSameAsync(WaitingBlob blob) =>
        await store.QueryAsync("SELECT owner, id, since FROM blob_waiting WHERE id = @id", Read, parameters: ("id", blob.Id.Value)) is [var found] && found == blob;

    /// <summary>And nobody lets it wait anew, or ends it, before the transaction ends.</summary>
    public static async Task<bool> WaitsSinceAsync(DbConnection connection, BlobId id, long since) =>
        await connection.ExecuteAsync("UPDATE blob_waiting SET since = since WHERE id = @id AND since = @since", ("id", id.Value), ("since", since)) == 1;

    /// <summary>False when it has waited anew since.</summary>
    public static async Task<bool> RemoveAsync(DbConnection connection, WaitingBlob blob) =>
        await connection.ExecuteAsync("DELETE FROM blob_waiting WHERE id = @id AND since = @since", ("id", blob.Id.Value), ("since", blob.Since)) == 1;

    public Task<bool> RemoveAsync(WaitingBlob blob) => store.WriteAsync(connection => RemoveAsync(connection, blob));

    /// <summary>There is no such blob: nothing waits.</summary>
    public static Task NeverAsync(DbConnection connection, BlobId id) => connection.ExecuteAsync("DELETE FROM blob_waiting WHERE id = @id", ("id", id.Value));

    private static WaitingBlob Read(DbDataReader row) => new(row.GetString(0), new BlobId(row.GetString(1)), row.GetInt64(2));
}
