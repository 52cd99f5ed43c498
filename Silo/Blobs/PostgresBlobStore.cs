using Bzt.Grains.Foundations;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Storage;

namespace Bzt.Silo.Blobs;

/// <summary>The cluster's form: a row per blob, in the same stored form as the files. Limits keep a blob small enough for memory.</summary>
internal sealed class PostgresBlobStore(SqlStore store, KeyProtector protector, IStorageFaults faults, TimeProvider time) : IBlobStore, IBlobRetention, IMovableBlobs
{
    private readonly BlobCipher cipher = new(protector);
    private readonly WaitingBlobs waiting = new(store, time);

    public async Task<PutBlob> PutAsync(string owner, Stream content, long limit, CancellationToken cancellation = default)
    {
        using var buffer = new MemoryStream();
        if (await cipher.EncryptAsync(owner, content, buffer, limit, cancellation) is not var (id, size))
        {
            return new PutBlob.TooLarge(limit);
        }

        var write = new DurableWrite("blob", id.Value);
        await faults.BeforeAsync(write);
        await store.WriteAsync(
            async connection =>
            {
                // Its row first: whoever ends the equal one that was there has the same row, so it is seen to be gone, or stays.
                await waiting.AnewAsync(connection, owner, id);
                return await connection.ExecuteAsync(
                    "INSERT INTO blob (id, content) VALUES (@id, @content) ON CONFLICT (id) DO NOTHING", ("id", id.Value), ("content", buffer.ToArray()));
            },
            cancellation);
        await faults.AfterAsync(write);
        return new PutBlob.Stored(id, size);
    }

    public async Task<bool> ReadAsync(string owner, BlobId id, Stream destination, CancellationToken cancellation = default)
    {
        using var stored = await OpenAsync(id, cancellation);
        return stored is not null && await cipher.DecryptAsync(owner, stored, destination, cancellation);
    }

    public async Task<bool> RenewAsync(string owner, BlobId id, CancellationToken cancellation = default)
    {
        using var stored = await OpenAsync(id, cancellation);
        return stored is not null && await cipher.BelongsToAsync(owner, stored, cancellation) && await store.WriteAsync(
            async connection =>
            {
                await waiting.AnewAsync(connection, owner, id);
                if (await connection.QueryAsync("SELECT 1 FROM blob WHERE id = @id", row => row.GetInt32(0), ("id", id.Value)) is [_])
                {
                    return true;
                }

                await WaitingBlobs.NeverAsync(connection, id);
                return false;
            },
            cancellation);
    }

    public Task ReleaseAsync(string owner, BlobId id, CancellationToken cancellation = default) => waiting.AnewAsync(owner, id, cancellation);

    public Task<IReadOnlyList<WaitingBlob>> WaitingAsync(DateTimeOffset before, WaitingBlob? after, int limit) => waiting.PageAsync(before, after, limit);

    public Task<IReadOnlyList<BlobId>> WaitingOfAsync(string owner, CancellationToken cancellation = default) => waiting.OfAsync(owner, cancellation);

    public Task SettleAsync(WaitingBlob blob) => waiting.RemoveAsync(blob);

    public async Task<bool> EndAsync(WaitingBlob blob)
    {
        var write = new DurableWrite("erase", $"blob/{blob.Id}");
        await faults.BeforeAsync(write);
        var gone = await store.WriteAsync(async connection =>
        {
            if (!await WaitingBlobs.RemoveAsync(connection, blob))
            {
                return false;
            }

            await connection.ExecuteAsync("DELETE FROM blob WHERE id = @id", ("id", blob.Id.Value));
            return true;
        });
        await faults.AfterAsync(write);
        return gone;
    }

    public Task<long> CountAsync(CancellationToken cancellation) => store.CountAsync("SELECT count(*) FROM blob", cancellation);

    public async Task RewrapAsync(Rewrapping.Step advance, CancellationToken cancellation)
    {
        var last = "";
        while (true)
        {
            var rows = await store.QueryAsync(
                "SELECT id, substring(content FROM 1 FOR @longest) FROM blob WHERE id > @last ORDER BY id LIMIT 100", row => (Id: row.GetString(0), Start: (byte[])row[1]), cancellation,
                ("longest", BlobCipher.LongestHeader), ("last", last));
            if (rows.Count == 0)
            {
                return;
            }

            var (moved, fixedForms) = (0, 0);
            foreach (var (id, start) in rows)
            {
                var header = BlobCipher.Rewrap(start, protector, out var isFixed);
                fixedForms += isFixed ? 1 : 0;
                moved += header is null ? 0 : await store.WriteAsync(
                    connection => connection.ExecuteAsync("UPDATE blob SET content = overlay(content PLACING @header FROM 1) WHERE id = @id", ("header", header), ("id", id)), cancellation);
            }

            await advance(rows.Count, moved, fixedForms);
            last = rows[^1].Id;
        }
    }

    private async Task<MemoryStream?> OpenAsync(BlobId id, CancellationToken cancellation)
    {
        var rows = await store.QueryAsync("SELECT content FROM blob WHERE id = @id", row => (byte[])row[0], cancellation, ("id", id.Value));
        return rows is [var content] ? new MemoryStream(content) : null;
    }
}
