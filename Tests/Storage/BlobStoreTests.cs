using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;
using Npgsql;

namespace Bzt.Tests.Storage;

public sealed class BlobStoreTests(PostgresFixture postgres) : IDisposable
{
    private const int PieceLength = 64 * 1024;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_was_put_is_read_by_its_owner_alone_also_after_a_restart(string store)
    {
        var database = store == "postgres" ? await postgres.NewDatabaseAsync() : null;
        // Around the borders of the pieces it is encrypted in.
        int[] sizes = [0, 1, PieceLength - 1, PieceLength, PieceLength + 1, 3 * PieceLength];
        var contents = sizes.Select(RandomNumberGenerator.GetBytes).ToList();
        var ids = new List<BlobId>();
        await using (var host = await StoreHost.StartAsync(folder, database))
        {
            foreach (var content in contents)
            {
                var stored = Assert.IsType<PutBlob.Stored>(await host.Get<IBlobStore>().PutAsync("alice", new MemoryStream(content), 1 << 20));
                Assert.Equal(content.Length, stored.Size);
                ids.Add(stored.Id);
            }
        }

        await using var again = await StoreHost.StartAsync(folder, database);
        var blobs = again.Get<IBlobStore>();
        foreach (var (id, content) in ids.Zip(contents))
        {
            Assert.Equal(content, await ReadAsync(blobs, "alice", id));
            Assert.Null(await ReadAsync(blobs, "bob", id));
            Assert.False(await blobs.RenewAsync("bob", id));
            Assert.True(await blobs.RenewAsync("alice", id));
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_nobody_names_ends_and_what_was_put_renewed_or_released_since_stays(string store)
    {
        await using var host = await StoreHost.StartAsync(folder, store == "postgres" ? await postgres.NewDatabaseAsync() : null);
        var (blobs, retention, sql) = (host.Get<IBlobStore>(), host.Get<IBlobRetention>(), host.Get<SqlStore>());
        var id = await PutAsync(blobs, "alice", "licence");
        await PutAsync(blobs, "bob", "licence");
        Assert.Empty(await retention.WaitingAsync(DateTimeOffset.UtcNow.AddDays(-1), null, 10));
        var page = await retention.WaitingAsync(DateTimeOffset.UtcNow.AddDays(1), null, 1);
        Assert.Equal("alice", Assert.Single(page).Owner);
        Assert.Equal("bob", Assert.Single(await retention.WaitingAsync(DateTimeOffset.UtcNow.AddDays(1), page[0], 10)).Owner);
        Assert.Equal([id], await retention.WaitingOfAsync("alice"));

        // Whoever asked about an earlier waiting ends and settles nothing.
        foreach (var anew in (Func<Task>[])[() => PutAsync(blobs, "alice", "licence"), () => blobs.RenewAsync("alice", id), () => blobs.ReleaseAsync("alice", id)])
        {
            var before = await LongAgoAsync();
            await anew();
            Assert.False(await retention.EndAsync(before));
            await retention.SettleAsync(before);
            Assert.NotNull(await ReadAsync(blobs, "alice", id));
            Assert.Equal([id], await retention.WaitingOfAsync("alice"));
        }

        // Named, it waits no more, and does not end; let go, it does, and nothing renews it then.
        var named = await LongAgoAsync();
        await retention.SettleAsync(named);
        Assert.Empty(await retention.WaitingOfAsync("alice"));
        Assert.False(await retention.EndAsync(named));
        Assert.NotNull(await ReadAsync(blobs, "alice", id));
        await blobs.ReleaseAsync("alice", id);
        Assert.True(await retention.EndAsync(await LongAgoAsync()));
        Assert.Null(await ReadAsync(blobs, "alice", id));
        Assert.False(await blobs.RenewAsync("alice", id));
        Assert.Empty(await retention.WaitingOfAsync("alice"));
        Assert.Single(await retention.WaitingOfAsync("bob"));
        Assert.Equal(id, await PutAsync(blobs, "alice", "licence"));
        Assert.NotNull(await ReadAsync(blobs, "alice", id));

        async Task<WaitingBlob> LongAgoAsync()
        {
            await sql.WriteAsync(connection => connection.ExecuteAsync("UPDATE blob_waiting SET since = 1 WHERE owner = 'alice'"));
            return new WaitingBlob("alice", id, 1);
        }
    }

    [Fact]
    public async Task Put_again_while_the_one_before_is_being_ended_it_is_there_whichever_was_first()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var host = await StoreHost.StartAsync(folder, database);
        var (blobs, retention) = (host.Get<IBlobStore>(), host.Get<IBlobRetention>());
        var id = await PutAsync(blobs, "alice", "licence");
        await host.Get<SqlStore>().WriteAsync(connection => connection.ExecuteAsync("UPDATE blob_waiting SET since = 1"));
        await using var other = new NpgsqlConnection(database);
        await other.OpenAsync(TestContext.Current.CancellationToken);

        // The one before is deleted, and that is not committed: the new one waits for it, and is put.
        await using (var ending = await other.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await other.ExecuteAsync("DELETE FROM blob_waiting");
            await other.ExecuteAsync("DELETE FROM blob");
            var put = PutAsync(blobs, "alice", "licence");
            await PostgresFixture.WaitersAsync(database, 1);
            await ending.CommitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(id, await put);
        }

        Assert.NotNull(await ReadAsync(blobs, "alice", id));

        // The new one has come, and that is not committed: whoever would end the one before waits for it, and ends nothing.
        await host.Get<SqlStore>().WriteAsync(connection => connection.ExecuteAsync("UPDATE blob_waiting SET since = 1"));
        await using (var putting = await other.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await other.ExecuteAsync("UPDATE blob_waiting SET since = 2");
            var end = retention.EndAsync(new WaitingBlob("alice", id, 1));
            await PostgresFixture.WaitersAsync(database, 1);
            await putting.CommitAsync(TestContext.Current.CancellationToken);
            Assert.False(await end);
        }

        Assert.NotNull(await ReadAsync(blobs, "alice", id));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task The_address_is_the_contents_and_the_owners(string store)
    {
        await using var host = await StoreHost.StartAsync(folder, store == "postgres" ? await postgres.NewDatabaseAsync() : null);
        var blobs = host.Get<IBlobStore>();
        var first = await PutAsync(blobs, "alice", "licence");
        Assert.Equal(first, await PutAsync(blobs, "alice", "licence"));
        Assert.NotEqual(first, await PutAsync(blobs, "alice", "licence2"));
        Assert.NotEqual(first, await PutAsync(blobs, "bob", "licence"));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_is_too_large_leaves_nothing_behind(string store)
    {
        await using var host = await StoreHost.StartAsync(folder, store == "postgres" ? await postgres.NewDatabaseAsync() : null);
        var blobs = host.Get<IBlobStore>();
        var tooLarge = await blobs.PutAsync("alice", new MemoryStream(new byte[100_001]), limit: 100_000);
        Assert.Equal(new PutBlob.TooLarge(100_000), tooLarge);
        Assert.IsType<PutBlob.Stored>(await blobs.PutAsync("alice", new MemoryStream(new byte[100_000]), limit: 100_000));
        var files = Directory.Exists(folder.File("data")) ? BlobFiles() : [];
        Assert.Equal(store == "sqlite" ? 1 : 0, files.Length);
    }

    [Fact]
    public async Task A_file_holds_no_plain_text_and_does_not_open_when_cut_or_altered()
    {
        await using var host = await StoreHost.StartAsync(folder);
        var blobs = host.Get<IBlobStore>();
        var text = string.Concat(Enumerable.Repeat("营业执照 licence ", 20_000));
        var id = await PutAsync(blobs, "alice", text);
        var file = Assert.Single(BlobFiles());
        var stored = await File.ReadAllBytesAsync(file);
        Assert.DoesNotContain("licence", Encoding.Latin1.GetString(stored), StringComparison.Ordinal);

        // Cut off exactly behind a whole piece: only the mark of the last piece tells.
        await File.WriteAllBytesAsync(file, stored[..^((stored.Length - HeaderOf(stored)) % (PieceLength + 16))]);
        await Assert.ThrowsAnyAsync<CryptographicException>(() => ReadAsync(blobs, "alice", id));
        stored[^1] ^= 1;
        await File.WriteAllBytesAsync(file, stored);
        await Assert.ThrowsAnyAsync<CryptographicException>(() => ReadAsync(blobs, "alice", id));
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("")]
    [InlineData("ab")]
    public async Task An_id_that_is_none_finds_nothing(string id)
    {
        await using var host = await StoreHost.StartAsync(folder);
        Assert.Null(await ReadAsync(host.Get<IBlobStore>(), "alice", new BlobId(id)));
        Assert.False(await host.Get<IBlobStore>().RenewAsync("alice", new BlobId(id)));
    }

    private string[] BlobFiles() => Directory.GetFiles(folder.File("data/blobs"), "*", SearchOption.AllDirectories);

    private static int HeaderOf(byte[] stored) => 35 + (stored[33] << 8) + stored[34];

    private static async Task<BlobId> PutAsync(IBlobStore blobs, string owner, string text) =>
        Assert.IsType<PutBlob.Stored>(await blobs.PutAsync(owner, new MemoryStream(Encoding.UTF8.GetBytes(text)), 1 << 20)).Id;

    private static async Task<byte[]?> ReadAsync(IBlobStore blobs, string owner, BlobId id)
    {
        var content = new MemoryStream();
        return await blobs.ReadAsync(owner, id, content) ? content.ToArray() : null;
    }
}
