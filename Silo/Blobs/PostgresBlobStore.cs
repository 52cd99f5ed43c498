using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;

namespace Bzt.Silo.Blobs;

/// <summary>The cluster's form: a row per blob, in the same stored form as the files. Limits keep a blob small enough for memory.</summary>
internal sealed class PostgresBlobStore(SqlStore store, IKeyProtector protector, IStorageFaults faults) : IBlobStore
{
    private readonly BlobCipher cipher = new(protector);

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
            connection => connection.ExecuteAsync(
                "INSERT INTO blob (id, content) VALUES (@id, @content) ON CONFLICT (id) DO NOTHING",
                ("id", id.Value), ("content", buffer.ToArray())),
            cancellation);
        await faults.AfterAsync(write);
        return new PutBlob.Stored(id, size);
    }

    public async Task<bool> ReadAsync(string owner, BlobId id, Stream destination, CancellationToken cancellation = default)
    {
        using var stored = await OpenAsync(id, cancellation);
        return stored is not null && await cipher.DecryptAsync(owner, stored, destination, cancellation);
    }

    public async Task<bool> DeleteAsync(string owner, BlobId id, CancellationToken cancellation = default)
    {
        using var stored = await OpenAsync(id, cancellation);
        return stored is not null
            && await cipher.BelongsToAsync(owner, stored, cancellation)
            && await store.WriteAsync(connection => connection.ExecuteAsync("DELETE FROM blob WHERE id = @id", ("id", id.Value)), cancellation) == 1;
    }

    private async Task<MemoryStream?> OpenAsync(BlobId id, CancellationToken cancellation)
    {
        var rows = await store.QueryAsync("SELECT content FROM blob WHERE id = @id", row => (byte[])row[0], cancellation, ("id", id.Value));
        return rows is [var content] ? new MemoryStream(content) : null;
    }
}
