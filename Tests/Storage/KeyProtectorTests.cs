using System.Diagnostics.Metrics;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.BadInput;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bzt.Tests.Storage;

[UnsupportedOSPlatform("windows")]
public sealed class KeyProtectorTests : IAsyncLifetime
{
    private static readonly byte[] Place = "certificate 1, epoch 2"u8.ToArray();
    private static readonly byte[] Secret = "a key share"u8.ToArray();

    private readonly TempFolder folder = new();
    private readonly ProtectionOptions options;
    private readonly SqliteStore store;
    private readonly FileRootKey root;

    public KeyProtectorTests()
    {
        options = new ProtectionOptions { RootKeyFile = folder.File("keys/root.key"), RefreshPeriod = TimeSpan.FromMilliseconds(100) };
        FileRootKey.Create(options);
        store = new SqliteStore(folder.File("data/bzt.db"));
        root = new FileRootKey(options);
    }

    private KeyRingStore Rows => new(store);

    /// <summary>As a key is that everybody knows by now.</summary>
    private static DateTimeOffset LongAgo => DateTimeOffset.UtcNow.AddMinutes(-1);

    public async ValueTask InitializeAsync()
    {
        await Migrator.MigrateAsync(store);
        await Rows.EnsureAsync(root);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        root.Dispose();
        folder.Dispose();
    }

    private KeyProtector Another() => KeyProtector.Open(root, Rows, options);

    [Fact]
    public void What_was_sealed_opens_in_another_process()
    {
        var blob = Another().Protect("share", Place, Secret);
        using var opened = Another().Unprotect("share", Place, blob);
        Assert.Equal(Secret, opened.Span.ToArray());
        Assert.DoesNotContain("key share", Encoding.Latin1.GetString(blob), StringComparison.Ordinal);
    }

    [Fact]
    public void It_opens_for_no_other_purpose_and_in_no_other_place()
    {
        var protector = Another();
        var blob = protector.Protect("share", Place, Secret);
        Assert.ThrowsAny<CryptographicException>(() => protector.Unprotect("other", Place, blob));
        Assert.ThrowsAny<CryptographicException>(() => protector.Unprotect("share", "certificate 1, epoch 3"u8, blob));
    }

    [Fact]
    public async Task No_altered_or_shortened_blob_opens()
    {
        // Both forms: the second is what new stores hold, the first what older ones do.
        await ForgetRingAsync();
        await Rows.EnsureAsync(root);
        var old = Another();
        await Rows.RotateAsync(root, LongAgo);
        var young = Another();
        foreach (var (protector, blob) in new[] { (old, old.Protect("share", Place, Secret)), (young, young.Protect("share", Place, Secret)) })
        {
            for (var i = 0; i < blob.Length; i++)
            {
                var altered = (byte[])blob.Clone();
                altered[i] ^= 1;
                Assert.ThrowsAny<CryptographicException>(() => protector.Unprotect("share", Place, altered));
                Assert.ThrowsAny<CryptographicException>(() => protector.Unprotect("share", Place, blob.AsSpan(0, i)));
            }
        }
    }

    [Fact]
    public void The_same_secret_is_never_sealed_alike()
    {
        var protector = Another();
        Assert.NotEqual(protector.Protect("share", Place, Secret), protector.Protect("share", Place, Secret));
    }

    [Fact]
    public async Task After_a_rotation_old_blobs_open_and_new_ones_name_the_new_key()
    {
        var running = Another();
        var old = running.Protect("share", Place, Secret);
        var hash = running.KeyedHash("phone", "13800000000");
        Assert.Equal(3u, await Rows.RotateAsync(root, LongAgo));
        var restarted = Another();
        var young = restarted.Protect("share", Place, Secret);
        Assert.Equal(3, young[4]);
        // The one that runs has another opinion of the newest key, and reads what the other writes all the same.
        Assert.Equal(2, running.Protect("share", Place, Secret)[4]);
        foreach (var (protector, blob) in new[] { (restarted, old), (restarted, young), (running, young), (running, old) })
        {
            using var opened = protector.Unprotect("share", Place, blob);
            Assert.Equal(Secret, opened.Span.ToArray());
        }

        Assert.Equal(3, running.Protect("share", Place, Secret)[4]);
        Assert.Equal(hash, restarted.KeyedHash("phone", "13800000000"));
        Assert.NotEqual(hash, restarted.KeyedHash("id-number", "13800000000"));
    }

    [Fact]
    public async Task Nobody_seals_under_a_key_before_everybody_can_know_it()
    {
        var young = await Rows.RotateAsync(root, DateTimeOffset.UtcNow.AddMinutes(1));
        var protector = Another();
        Assert.Equal(young - 1, protector.Protect("share", Place, Secret)[4]);
        Assert.Null(protector.KeyToMoveTo);
    }

    [Fact]
    public async Task Of_two_first_processes_one_makes_the_ring()
    {
        await using var fresh = new SqliteStore(folder.File("fresh/bzt.db"));
        await Migrator.MigrateAsync(fresh);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new KeyRingStore(fresh).EnsureAsync(root))));
        var rows = new KeyRingStore(fresh).Read();
        Assert.Equal([0u, 2u], rows.Select(row => row.Id));
        using var opened = KeyProtector.Open(root, new KeyRingStore(fresh), options).Unprotect("share", Place, KeyProtector.Open(root, new KeyRingStore(fresh), options).Protect("share", Place, Secret));
        Assert.Equal(Secret, opened.Span.ToArray());
    }

    /// <summary>Written by the release before the ring lay in the store.</summary>
    [Fact]
    public async Task Blobs_and_ring_file_of_the_release_before_open_for_ever()
    {
        var golden = new ProtectionOptions { RootKeyFile = folder.File("golden/root.key") };
        KeyFiles.WriteNew(golden.RootKeyFile, [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        KeyFiles.WriteNew(golden.RingFile!, """[{ "id": 2, "wrapped": "AQAAAADzGYucV94+21MnSm512lPUGk0/sVVbLEaUyIUrQvjE0ce385n+YKHPfnOF54EHUy0daHQwpPse8Y7t12uOJwN9SZFJRSS+hslnE+N+RV3y7Q==" }]"""u8);
        using var goldenRoot = new FileRootKey(golden);
        await ForgetRingAsync();
        await Rows.EnsureAsync(goldenRoot);
        var protector = KeyProtector.Open(goldenRoot, Rows, golden);
        foreach (var blob in (string[])["AQAAAAF0QZQp8YX7CATp2OaY4IZDt3kbkp1VaplGl4r+LNBsafaTctW1/Yz2OUzaRNlCvf+4OvmxO3Y0Hi3LSw==", "AQAAAAKmYgtOhHQg8Yx70L535Q3UrKfB1DsR5M+OWr4nU3cWpr0qjPNHKQDvDmXhy/vJS/Ug46vSvEDOxkgD5Q=="])
        {
            using var opened = protector.Unprotect("share", Place, Convert.FromBase64String(blob));
            Assert.Equal(Secret, opened.Span.ToArray());
        }

        Assert.Equal("43393954a574fb12d4ac3bd536579a277afb20d0ae7a0b15f6006f6ee37726c6", protector.KeyedHash("phone", "13800000000"));
    }

    [Fact]
    public void Key_files_are_their_owners_alone()
    {
        var file = options.RootKeyFile!;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Throws<InvalidOperationException>(() => new FileRootKey(options));
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        new FileRootKey(options).Dispose();
    }

    [Fact]
    public void A_lost_root_key_is_not_replaced_by_a_new_one()
    {
        KeyFiles.WriteNew(options.RingFile!, "[]"u8);
        File.Delete(options.RootKeyFile!);
        Assert.Throws<InvalidOperationException>(() => FileRootKey.Create(options));
    }

    [Fact]
    public async Task Another_root_key_does_not_open_the_ring_until_the_keys_are_handed_over()
    {
        var protector = Another();
        var blob = protector.Protect("share", Place, Secret);
        var otherOptions = new ProtectionOptions { RootKeyFile = folder.File("other/root.key") };
        FileRootKey.Create(otherOptions);
        using var other = new FileRootKey(otherOptions);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Rows.EnsureAsync(other));
        Assert.Throws<RingWithoutRootException>(() => KeyProtector.Open(other, Rows, otherOptions));
        var row = Rows.Read()[0];
        Assert.ThrowsAny<CryptographicException>(() => other.Unwrap(row.Id, row.Wrapped));

        // While both wrap the keys, processes with either serve; the change has to end before the next rotation.
        Assert.Equal(2, await Rows.MoveAsync(root, other));
        using (var opened = KeyProtector.Open(other, Rows, otherOptions).Unprotect("share", Place, blob))
        {
            Assert.Equal(Secret, opened.Span.ToArray());
        }

        Assert.Equal(protector.KeyedHash("phone", "1"), KeyProtector.Open(other, Rows, otherOptions).KeyedHash("phone", "1"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Rows.RotateAsync(other, LongAgo));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Rows.DropAsync(other, other.Name));
        Assert.Equal(2, await Rows.DropAsync(other, root.Name));
        Assert.Throws<RingWithoutRootException>(Another);
        Assert.Equal(3u, await Rows.RotateAsync(other, LongAgo));
        Assert.Equal(3, KeyProtector.Open(other, Rows, otherOptions).Protect("share", Place, Secret)[4]);
    }

    [Fact]
    public async Task Keys_that_are_away_longer_than_their_lease_are_gone_until_they_are_back()
    {
        var module = new FakeModule(root);
        await Rows.MoveAsync(root, module);
        await Rows.DropAsync(module, root.Name);
        var hasty = new ProtectionOptions { RootKeyFile = options.RootKeyFile, RefreshPeriod = TimeSpan.FromMilliseconds(100), Lease = TimeSpan.FromMilliseconds(300) };
        using var protector = KeyProtector.Open(module, Rows, hasty);
        module.IsAway = true;
        await Wait.UntilAsync(() => Task.FromResult(protector.IsAvailable), available => !available);
        Assert.Throws<KeyProtectionUnavailableException>(() => protector.Protect("share", Place, Secret));
        Assert.Throws<KeyProtectionUnavailableException>(() => protector.KeyedHash("phone", "1"));
        Assert.Throws<RootKeyUnavailableException>(protector.Renew);
        module.IsAway = false;

        // The keys were destroyed, not only out of reach: a sign of life has to bring them back.
        Assert.Throws<KeyProtectionUnavailableException>(() => protector.Protect("share", Place, Secret));
        await Wait.UntilAsync(() => { protector.Renew(); return Task.FromResult(protector.IsAvailable); }, available => available);
    }

    [Fact]
    public async Task A_process_whose_root_key_was_dropped_has_no_keys()
    {
        using var protector = Another();
        var blob = protector.Protect("share", Place, Secret);
        var module = new FakeModule(root);
        await Rows.MoveAsync(root, module);
        await Rows.DropAsync(module, root.Name);
        Assert.Equal(3u, await Rows.RotateAsync(module, LongAgo));
        var young = KeyProtector.Open(module, Rows, options).Protect("share", Place, Secret);

        // Found out by a blob under a key that it does not know, or by the next look.
        Assert.Throws<KeyProtectionUnavailableException>(() => protector.Unprotect("share", Place, young));
        Assert.False(protector.IsAvailable);
        Assert.Throws<KeyProtectionUnavailableException>(() => protector.Unprotect("share", Place, blob));
        Assert.Throws<RingWithoutRootException>(protector.Renew);
    }

    [Fact]
    public async Task A_store_that_is_away_takes_no_keys_while_their_root_key_lives()
    {
        var module = new FakeModule(root);
        await Rows.MoveAsync(root, module);
        await Rows.DropAsync(module, root.Name);
        var hasty = new ProtectionOptions { RootKeyFile = options.RootKeyFile, RefreshPeriod = TimeSpan.FromMilliseconds(100), Lease = TimeSpan.FromMilliseconds(300) };
        using var protector = KeyProtector.Open(module, Rows, hasty);
        await store.WriteAsync(connection => connection.ExecuteAsync("ALTER TABLE protection_key RENAME TO away"));
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (since.Elapsed < 3 * hasty.Lease)
        {
            Assert.ThrowsAny<System.Data.Common.DbException>(protector.Renew);
            Assert.NotEmpty(protector.Protect("share", Place, Secret));
        }

        module.IsAway = true;
        await Wait.UntilAsync(() => Task.FromResult(protector.IsAvailable), available => !available);
    }

    [Theory]
    [InlineData(false, "goes on with the keys it knows")]
    [InlineData(true, "refuses work")]
    public async Task What_the_watch_says_is_what_is_missing(bool dropped, string said)
    {
        using var protector = Another();
        using var kept = new KeptLog();
        using var logs = new LoggerFactory([kept]);
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var watch = new KeyProtectionWatch(protector, options, meters.GetRequiredService<IMeterFactory>(), logs.CreateLogger<KeyProtectionWatch>());
        await watch.StartAsync(TestContext.Current.CancellationToken);
        await store.WriteAsync(connection => connection.ExecuteAsync(dropped ? "DELETE FROM protection_key" : "ALTER TABLE protection_key RENAME TO away"));
        await Wait.UntilAsync(() => Task.FromResult(kept.Text), text => text.Contains(said, StringComparison.Ordinal));
        Assert.Equal(!dropped, protector.IsAvailable);

        // A file does not vanish: nothing is destroyed for want of a sign of life.
        Assert.DoesNotContain("no sign of life", kept.Text, StringComparison.Ordinal);
        await watch.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The store as the release before left it: states, and no ring.</summary>
    private Task<int> ForgetRingAsync() => store.WriteAsync(async connection =>
    {
        await connection.ExecuteAsync(
            "INSERT INTO OrleansStorage (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version) VALUES (0, 0, 0, 0, 'old/old', ':1', 'bzt', NULL, 0, 1)");
        return await connection.ExecuteAsync("DELETE FROM protection_key");
    });

    /// <summary>A root key that can be away.</summary>
    private sealed class FakeModule(IRootKey inner) : IRootKey
    {
        public bool IsAway { get; set; }

        public string Name => "pkcs11:fake";

        public bool MayVanish => true;

        public byte[] Wrap(uint keyId, ReadOnlySpan<byte> key) => IsAway ? throw new RootKeyUnavailableException("away") : inner.Wrap(keyId, key);

        public SecretBytes Unwrap(uint keyId, ReadOnlySpan<byte> wrapped) => IsAway ? throw new RootKeyUnavailableException("away") : inner.Unwrap(keyId, wrapped);

        public void Dispose()
        {
        }
    }

    [Fact]
    public void The_root_key_may_not_lie_in_the_data_folder()
    {
        var data = Directory.CreateDirectory(folder.File("data")).FullName;
        Assert.Throws<InvalidOperationException>(() => KeyFiles.RequireOutside(data, Path.Combine(data, "root.key")));
        Assert.Throws<InvalidOperationException>(() => KeyFiles.RequireOutside(data + "/", Path.Combine(data, "..", "data", "root.key")));
        File.WriteAllBytes(Path.Combine(data, "hidden"), []);
        File.CreateSymbolicLink(folder.File("link"), Path.Combine(data, "hidden"));
        Assert.Throws<InvalidOperationException>(() => KeyFiles.RequireOutside(data, folder.File("link")));
        KeyFiles.RequireOutside(data, folder.File("data2/root.key"));
    }

    [Fact]
    public void Personal_data_opens_for_its_person_and_field_and_not_without_the_key()
    {
        var personal = new PersonalData(Another());
        var key = personal.NewKey("alice");
        var value = personal.Seal("alice", key, "id-number", "420500199001011234");
        Assert.Equal("420500199001011234", personal.Open("alice", key, "id-number", value));
        Assert.ThrowsAny<CryptographicException>(() => personal.Open("alice", key, "card", value));
        Assert.ThrowsAny<CryptographicException>(() => personal.Open("bob", key, "id-number", value));
        Assert.ThrowsAny<CryptographicException>(() => personal.Open("alice", personal.NewKey("alice"), "id-number", value));
        Assert.ThrowsAny<CryptographicException>(() => personal.Open("alice", key, "id-number", value[..20]));
    }

    [Fact]
    public void A_disposed_secret_is_zero_and_cannot_be_read()
    {
        var secret = new SecretBytes(3);
        Secret.AsSpan(0, 3).CopyTo(secret.Span);
        var view = secret.Span;
        secret.Dispose();
        Assert.Equal([0, 0, 0], view.ToArray());
        Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);
        Assert.Equal("SecretBytes", secret.ToString());
    }
}
