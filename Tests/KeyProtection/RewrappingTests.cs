using System.Diagnostics.Metrics;
using System.Text;
using Bzt.Grains.Foundations;
using Bzt.Silo.Blobs;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Storage;
using Bzt.Tests.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bzt.Tests.KeyProtection;

/// <summary>After a rotation everything sealed in the store moves to the new key, on both stores, and meanwhile everything opens.</summary>
public sealed class RewrappingTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task States_blobs_and_cookie_keys_move_and_open(bool onPostgres)
    {
        using var folder = new TempFolder();
        await using var host = await StoreHost.StartAsync(folder, onPostgres ? await postgres.NewDatabaseAsync() : null);
        var (store, protector, blobs) = (host.Get<SqlStore>(), host.Get<KeyProtector>(), host.Get<IBlobStore>());
        var content = Encoding.UTF8.GetBytes(new string('x', 70_000));
        var blob = Assert.IsType<PutBlob.Stored>(await blobs.PutAsync("alice", new MemoryStream(content), 1 << 20, None)).Id;
        var cookie = host.Get<IDataProtectionProvider>().CreateProtector("cookie").Protect("me");
        var sealedShare = protector.Protect("share", "place"u8, "a key share"u8);
        // Beside a blob: something that begins like one, and something that is one of another ring.
        var foreign = (byte[])sealedShare.Clone();
        foreign[80] ^= 1;
        var json = $$"""{"share":"{{Convert.ToBase64String(sealedShare)}}","other":"{{Convert.ToBase64String(foreign)}}","like":"AgAAAAIAAAA="}""";
        await InsertAsync(store, json);

        var ring = host.Get<KeyRingStore>();
        Assert.Equal(3u, await ring.RotateAsync(host.Get<IRootKey>(), DateTimeOffset.UtcNow.AddMinutes(-1)));
        protector.Renew();
        using var rewrapping = new Rewrapping(store, protector, host.Get<IMovableBlobs>(), new ProtectionOptions(), new Meters(), NullLogger<Rewrapping>.Instance);
        using var second = new Rewrapping(store, protector, host.Get<IMovableBlobs>(), new ProtectionOptions(), new Meters(), NullLogger<Rewrapping>.Instance);
        Assert.True(await rewrapping.RunAsync(None));
        Assert.False(await second.RunAsync(None));
        Assert.False(await rewrapping.RunAsync(None));
        var progress = Assert.Single(await RewrapProgress.ReadAsync(store));
        Assert.Equal((3u, 3L, progress.Total), (progress.Key, progress.Moved, progress.Done));
        Assert.NotNull(progress.Finished);

        var (payload, version) = await ReadAsync(store);
        Assert.Equal(7, version);
        using var state = System.Text.Json.JsonDocument.Parse(payload);
        var moved = state.RootElement.GetProperty("share").GetBytesFromBase64();
        Assert.Equal((3, sealedShare.Length), (moved[4], moved.Length));
        Assert.Equal(Convert.ToBase64String(foreign), state.RootElement.GetProperty("other").GetString());
        Assert.Equal("AgAAAAIAAAA=", state.RootElement.GetProperty("like").GetString());
        Open(protector, moved);
        Open(protector, sealedShare);
        using var read = new MemoryStream();
        Assert.True(await blobs.ReadAsync("alice", blob, read, None));
        Assert.Equal(content, read.ToArray());
        Assert.False(await blobs.ReadAsync("bob", blob, new MemoryStream(), None));
        Assert.Equal("me", host.Get<IDataProtectionProvider>().CreateProtector("cookie").Unprotect(cookie));
        Assert.Matches("AgAAAA[M-P]", (await store.QueryAsync("SELECT xml FROM data_protection_key", row => row.GetString(0)))[0]);

        // A grain that had the state in memory brings its old envelope back: another round moves it again.
        await store.WriteAsync(connection => connection.ExecuteAsync("UPDATE OrleansStorage SET PayloadBinary = @payload, Version = 8", ("payload", Payload(json))));
        Assert.True(await RewrapProgress.AgainAsync(store));
        Assert.True(await rewrapping.RunAsync(None));
        Assert.False(await rewrapping.RunAsync(None));
        Assert.Equal(4, Assert.Single(await RewrapProgress.ReadAsync(store)).Moved);
        Assert.Equal(8, (await ReadAsync(store)).Version);
    }

    /// <summary>Interrupted here, finished elsewhere: nothing is left here.</summary>
    [Fact]
    public async Task What_another_silo_finished_is_not_left_to_this_one()
    {
        using var folder = new TempFolder();
        await using var host = await StoreHost.StartAsync(folder);
        var (store, protector, blobs) = (host.Get<SqlStore>(), host.Get<KeyProtector>(), host.Get<IMovableBlobs>());
        await InsertAsync(store, "{}");
        Assert.Equal(3u, await host.Get<KeyRingStore>().RotateAsync(host.Get<IRootKey>(), DateTimeOffset.UtcNow.AddMinutes(-1)));
        protector.Renew();
        using var meters = new Meters();
        using var interrupted = new Rewrapping(store, protector, new BrokenBlobs(), new ProtectionOptions(), meters, NullLogger<Rewrapping>.Instance);
        await Assert.ThrowsAsync<IOException>(() => interrupted.RunAsync(None));
        Assert.Equal(BrokenBlobs.Count, Left(meters));

        await store.WriteAsync(connection => connection.ExecuteAsync("UPDATE protection_rewrap SET seen = 0"));
        using var other = new Rewrapping(store, protector, blobs, new ProtectionOptions(), new Meters(), NullLogger<Rewrapping>.Instance);
        while (await other.RunAsync(None))
        {
        }

        Assert.NotNull(Assert.Single(await RewrapProgress.ReadAsync(store)).Finished);
        Assert.False(await interrupted.RunAsync(None));
        Assert.Equal(0, Left(meters));
    }

    private static long Left(Meters meters)
    {
        var left = -1L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (meters.Made.Contains(instrument.Meter))
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, seen, _, _) => left = seen);
        listener.Start();
        listener.RecordObservableInstruments();
        return left;
    }

    private sealed class BrokenBlobs : IMovableBlobs
    {
        public const int Count = 5;

        public Task<long> CountAsync(CancellationToken cancellation) => Task.FromResult((long)Count);

        public Task RewrapAsync(Rewrapping.Step advance, CancellationToken cancellation) => throw new IOException("interrupted");
    }

    private static void Open(KeyProtector protector, byte[] blob)
    {
        using var opened = protector.Unprotect("share", "place"u8, blob);
        Assert.Equal("a key share"u8.ToArray(), opened.Span.ToArray());
    }

    private static byte[] Payload(string json) => [StateSerializer.Magic, 1, 0, .. Encoding.UTF8.GetBytes(json)];

    private static Task InsertAsync(SqlStore store, string json) => store.WriteAsync(connection => connection.ExecuteAsync(
        "INSERT INTO OrleansStorage (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version) VALUES (1, 2, 3, 4, 'certificate/certificate', ':1', 'bzt', @payload, 5, 7)",
        ("payload", Payload(json))));

    private static async Task<(byte[] Json, int Version)> ReadAsync(SqlStore store)
    {
        var (payload, version) = Assert.Single(await store.QueryAsync("SELECT PayloadBinary, Version FROM OrleansStorage", row => ((byte[])row[0], row.GetInt32(1))));
        return (payload[StateSerializer.HeaderLength..], version);
    }

    private sealed class Meters : IMeterFactory
    {
        public List<Meter> Made { get; } = [];

        public Meter Create(MeterOptions options)
        {
            Made.Add(new Meter(options));
            return Made[^1];
        }

        public void Dispose()
        {
        }
    }
}
