using Bzt.Silo.Hosting;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Storage;

namespace Bzt.Tests.Storage;

/// <summary>Who may use a store. That processes end over it: <c>Cluster/UpgradeTests</c>.</summary>
public sealed class AdmissionTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Only_the_newest_release_and_the_one_before_with_the_very_key()
    {
        await using var store = new SqliteStore(folder.File("bzt.db"));
        await Migrator.MigrateAsync(store);
        await Admit(store, "right", "1.2.3");
        await Admit(store, "right", "1.2.3");
        await Admit(store, "right", "1.3.0");
        await Admit(store, "right", "1.2.3");
        await Admit(store, "right", "1.10.0");
        await Admit(store, "right", "1.3.0");
        Assert.Contains("Beside it only 1.3.0", (await Assert.ThrowsAsync<AdmissionException>(() => Admit(store, "right", "1.2.3"))).Message, StringComparison.Ordinal);

        // A refusal leaves nothing behind: neither a key nor a release.
        Assert.Contains("root key", (await Assert.ThrowsAsync<AdmissionException>(() => Admit(store, "wrong", "2.0.0"))).Message, StringComparison.Ordinal);
        await Admit(store, "right", "1.3.0");
    }

    [Theory]
    [InlineData("1.2.3", 10203)]
    [InlineData("0.1.0", 100)]
    [InlineData("5.99.99", 59999)]
    [InlineData("6.0.0", null)]
    [InlineData("1.100.0", null)]
    [InlineData("1.2", null)]
    [InlineData("1.2.3.4", null)]
    [InlineData("0.0.0", null)]
    [InlineData("next", null)]
    public void A_release_is_a_number_that_grows(string text, int? number)
    {
        Assert.Equal(number is not null, Release.TryParse(text, out var release));
        if (number is not null)
        {
            Assert.Equal((number.Value, text), (release.Number, release.ToString()));
        }
    }

    private async Task Admit(SqliteStore store, string key, string release)
    {
        var options = new ProtectionOptions { RootKeyFile = folder.File($"{key}/root.key") };
        FileRootKey.Create(options);
        // A ring of each key's own: in the store itself another root key would be refused by the ring already.
        await using var ring = new SqliteStore(folder.File($"{key}/ring.db"));
        await Migrator.MigrateAsync(ring);
        using var root = new FileRootKey(options);
        await new KeyRingStore(ring).EnsureAsync(root);
        using var protector = KeyProtector.Open(root, new KeyRingStore(ring), options);
        Assert.True(Release.TryParse(release, out var parsed));
        await Admission.RequireAsync(store, protector, "bzt", parsed, TestContext.Current.CancellationToken);
    }
}
