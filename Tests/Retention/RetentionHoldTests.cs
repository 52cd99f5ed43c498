using System.Text;
using Bzt.Grains;
using Bzt.Silo.Storage;
using Bzt.Tests.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;

namespace Bzt.Tests.Retention;

/// <summary>A hold and an erasure that meet: whichever is first, what was answered stays true.</summary>
public sealed class RetentionHoldTests(PostgresFixture postgres) : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task A_hold_answered_as_set_is_never_followed_by_the_erasure_and_one_that_is_too_late_says_so()
    {
        var stop = TestContext.Current.CancellationToken;
        var database = await postgres.NewDatabaseAsync();
        await using var host = await StoreHost.StartAsync(folder, database);
        var store = host.Get<SqlStore>();
        StateErasure erasure = new(store, new NoStorageFaults(), Options.Create(new ClusterOptions { ServiceId = "bzt" }), new StateSerializer([]), TimeProvider.System);
        var (first, second) = (await CertificateAsync(), await CertificateAsync());

        // 1. The hold is being set, not committed: neither the certificate nor an application about it is erased past it.
        await using (var holding = new NpgsqlConnection(database))
        {
            await holding.OpenAsync(stop);
            await using var transaction = await holding.BeginTransactionAsync(stop);
            await holding.ExecuteAsync(store.Texts.Lock!, ("name", $"retention/{first}"));
            var erased = erasure.EraseCertificateAsync(first, 1, "yichang-ca", []);
            var application = erasure.EraseApplicationAsync(new Bzt.Grains.ApplicationId(Guid.NewGuid()), [first], "yichang-ca", [], []);
            await PostgresFixture.WaitersAsync(database, 2);
            await holding.ExecuteAsync(
                "INSERT INTO retention_hold (certificate_id, reason, since, operator) VALUES (@id, 'dispute', 0, 'test')", ("id", first.ToString()));
            await transaction.CommitAsync(stop);
            Assert.False(await erased);
            Assert.False(await application);
        }

        Assert.Equal(1, await RowsAsync(first));
        Assert.True(await erasure.IsHeldAsync(first));

        // 2. The erasure is under way, its row deleted and not committed: the hold waits for it, and says that there is nothing to keep.
        await using (var blocking = new NpgsqlConnection(database))
        {
            await blocking.OpenAsync(stop);
            await using var transaction = await blocking.BeginTransactionAsync(stop);
            await blocking.ExecuteAsync("LOCK TABLE projection_source IN EXCLUSIVE MODE");
            var erased = erasure.EraseCertificateAsync(second, 1, "yichang-ca", []);
            await PostgresFixture.WaitersAsync(database, 1);
            var held = RetentionHolds.SetAsync(store, second, "too late", DateTimeOffset.UtcNow, "test");
            await PostgresFixture.WaitersAsync(database, 2);
            await transaction.CommitAsync(stop);
            Assert.True(await erased);
            Assert.False(await held);
        }

        Assert.Equal(0, await RowsAsync(second));
        Assert.False(await erasure.IsHeldAsync(second));

        // 3. One after the other, as ever: set again it has the newer reason; released, it ends.
        Assert.True(await RetentionHolds.SetAsync(store, first, "another reason", DateTimeOffset.UtcNow, "test"));
        Assert.Equal(["another reason"], await store.QueryAsync("SELECT reason FROM retention_hold", row => row.GetString(0), stop));
        Assert.True(await RetentionHolds.ReleaseAsync(store, first));
        Assert.False(await RetentionHolds.ReleaseAsync(store, first));
        Assert.True(await erasure.EraseCertificateAsync(first, 1, "yichang-ca", []));

        // 4. A refused claim has no certificate, and may be disputed all the same.
        var never = new CertificateId(Guid.NewGuid());
        Assert.False(await RetentionHolds.SetAsync(store, never, "claim", DateTimeOffset.UtcNow, "test"));
        await RowAsync("application/application", Guid.NewGuid(), $"{{\"application\":{{\"certificate\":{{\"value\":\"{never}\"}}}}}}");
        Assert.True(await RetentionHolds.SetAsync(store, never, "claim", DateTimeOffset.UtcNow, "test"));
        Assert.False(await erasure.EraseApplicationAsync(new Bzt.Grains.ApplicationId(Guid.NewGuid()), [never], "yichang-ca", [], []));

        async Task<CertificateId> CertificateAsync()
        {
            var id = new CertificateId(Guid.NewGuid());
            await RowAsync("certificate/certificate", id.Value, "{}");
            return id;
        }

        Task RowAsync(string type, Guid id, string json) => store.WriteAsync(connection => connection.ExecuteAsync(
            """
            INSERT INTO OrleansStorage (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
            VALUES (0, 0, 0, 0, @type, @key, 'bzt', @payload, 0, 1)
            """,
            ("type", type), ("key", $":{id:N}"), ("payload", Encoding.UTF8.GetBytes("B\u0001\0" + json))), stop);

        Task<long> RowsAsync(CertificateId id) => store.CountAsync($"SELECT count(*) FROM OrleansStorage WHERE GrainIdExtensionString = ':{id.Value:N}'", stop);
    }
}
