using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;
using Bzt.Silo.KeyProtection;

namespace Bzt.Tests.Storage;

[UnsupportedOSPlatform("windows")]
public sealed class KeyProtectorTests : IDisposable
{
    private static readonly byte[] Place = "certificate 1, epoch 2"u8.ToArray();
    private static readonly byte[] Secret = "a key share"u8.ToArray();

    private readonly TempFolder folder = new();
    private readonly ProtectionOptions options;

    public KeyProtectorTests()
    {
        options = new ProtectionOptions { RootKeyFile = folder.File("keys/root.key") };
        KeyRing.Create(options);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_was_sealed_opens_in_another_process()
    {
        var blob = new FileKeyProtector(options).Protect("share", Place, Secret);
        using var opened = new FileKeyProtector(options).Unprotect("share", Place, blob);
        Assert.Equal(Secret, opened.Span.ToArray());
        Assert.DoesNotContain("key share", Encoding.Latin1.GetString(blob), StringComparison.Ordinal);
    }

    [Fact]
    public void It_opens_for_no_other_purpose_and_in_no_other_place()
    {
        var protector = new FileKeyProtector(options);
        var blob = protector.Protect("share", Place, Secret);
        Assert.ThrowsAny<CryptographicException>(() => protector.Unprotect("other", Place, blob));
        Assert.ThrowsAny<CryptographicException>(() => protector.Unprotect("share", "certificate 1, epoch 3"u8, blob));
    }

    [Fact]
    public void No_altered_or_shortened_blob_opens()
    {
        var protector = new FileKeyProtector(options);
        var blob = protector.Protect("share", Place, Secret);
        for (var i = 0; i < blob.Length; i++)
        {
            var altered = (byte[])blob.Clone();
            altered[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => protector.Unprotect("share", Place, altered));
            Assert.ThrowsAny<CryptographicException>(() => protector.Unprotect("share", Place, blob.AsSpan(0, i)));
        }
    }

    [Fact]
    public void The_same_secret_is_never_sealed_alike()
    {
        var protector = new FileKeyProtector(options);
        Assert.NotEqual(protector.Protect("share", Place, Secret), protector.Protect("share", Place, Secret));
    }

    [Fact]
    public void After_a_rotation_old_blobs_open_and_new_ones_name_the_new_key()
    {
        var running = new FileKeyProtector(options);
        var old = running.Protect("share", Place, Secret);
        var hash = running.KeyedHash("phone", "13800000000");
        Assert.Equal(2u, KeyRing.Rotate(options));
        var restarted = new FileKeyProtector(options);
        var young = restarted.Protect("share", Place, Secret);
        Assert.Equal(2, young[4]);
        foreach (var (protector, blob) in new[] { (restarted, old), (restarted, young), (running, young), (running, old) })
        {
            using var opened = protector.Unprotect("share", Place, blob);
            Assert.Equal(Secret, opened.Span.ToArray());
        }

        Assert.Equal(hash, restarted.KeyedHash("phone", "13800000000"));
        Assert.NotEqual(hash, restarted.KeyedHash("id-number", "13800000000"));
    }

    [Fact]
    public void Key_files_are_their_owners_alone()
    {
        KeyRing.Rotate(options);
        foreach (var file in new[] { options.RootKeyFile, options.RingFile })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Assert.Throws<InvalidOperationException>(() => new FileKeyProtector(options));
            File.SetUnixFileMode(file, UnixFileMode.UserRead);
            Assert.NotNull(new FileKeyProtector(options));
        }
    }

    [Fact]
    public void A_lost_root_key_is_not_replaced_by_a_new_one()
    {
        KeyRing.Rotate(options);
        File.Delete(options.RootKeyFile);
        Assert.Throws<InvalidOperationException>(() => KeyRing.Create(options));
    }

    [Fact]
    public void Another_root_key_does_not_open_the_ring()
    {
        KeyRing.Rotate(options);
        File.SetUnixFileMode(options.RootKeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(options.RootKeyFile, new byte[32]);
        Assert.ThrowsAny<CryptographicException>(() => new FileKeyProtector(options));
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
        var personal = new PersonalData(new FileKeyProtector(options));
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
