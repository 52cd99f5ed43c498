using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bzt.Contracts.Phone;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Faults;

/// <summary>
/// What lies where after a whole journey of the real process: neither what the phone stores, nor the server's folder without its root key,
/// nor the log holds the private key, something to try PINs against, or a person's data.
/// </summary>
public sealed class SecretsTests
{
    private const string OtherPin = "604817";
    private const string PlatformSecret = "canary-of-the-platforms-secret-0123456789";

    [Fact]
    [Trait("Feature", "X01"), Trait("Surface", "api")]
    public async Task No_store_and_no_log_holds_what_it_must_not()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        await system.StopAsync();
        var settings = new Dictionary<string, string?>
        {
            ["CaConsole:Password"] = ClaimSteps.ConsolePassword,
            ["Platforms:0:Id"] = CertifiedPhone.PlatformId,
            ["Platforms:0:Name"] = CertifiedPhone.PlatformName,
            ["Platforms:0:RecognitionGroup"] = "hubei",
            ["Platforms:0:ClientSecret"] = PlatformSecret,
            // Everything anybody could log, the addresses of requests among it.
            ["Logging:LogLevel:Default"] = "Debug",
            ["Logging:LogLevel:Microsoft"] = "Debug",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Debug",
            ["Logging:LogLevel:Orleans"] = "Debug",
        };
        await using var gateway = await KillableGateway.StartAsync(system, settings);
        using var key = new EcdsaDeviceKey();
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var store = new MemoryPhoneKeyStore();
        using var journey = new CrashJourney(
            gateway, key, store, await ChannelTrust.FetchAsync(http), (CertifiedPhone.PlatformId, PlatformSecret), (CertifiedPhone.Pin, OtherPin, CertifiedPhone.WrongPin));
        var person = EmbeddedSystem.NextPerson();
        await journey.ClaimAsync(system.Simulators, person, ClaimSteps.NextEnterprise());
        await journey.PlayAsync();

        // The shares as they are now, from both stores with the keys to them: what nobody with one store must have.
        var record = PhoneKeyRecord.TryParse(store[journey.Certificate.ToString("D")], out var parsed) ? parsed! : throw new InvalidOperationException();
        var share = await ServerShareAsync(system, journey.Certificate);
        using var pin = record.Stretch.Stretch(journey.Pin);
        using var d1 = pin.Unblind(record.BlindedShare);
        var encryption = Assert.Single(record.EncryptionKeys);
        var (d2, a1, a2) = (share.D2, encryption.Unblind(pin), share.A2);
        var d = (d1.Value * d2).Invert() - Scalar.One;
        Assert.Equal(record.PublicKey, Sm2Group.MultiplyBase(d));
        Assert.Equal(encryption.PublicKey, Sm2Group.MultiplyBase(a1 + a2));

        var cleartext = new byte[StretchedPin.Length];
        Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(journey.Pin), record.Stretch.Salt, cleartext, record.Stretch.Rounds, HashAlgorithmName.SHA256);
        List<Secret> keys =
        [
            Secret.Of("d", d), Secret.Of("dE", a1 + a2), Secret.Of("d1", d1.Value), Secret.Of("d1 inverse", d1.Value.Invert()), Secret.Of("d2", d2), Secret.Of("d2 inverse", d2.Invert()),
            Secret.Of("a1", a1), Secret.Of("a2", a2), Secret.Of("D1", Sm2Group.MultiplyBase(d1.Value.Invert())), Secret.Of("D2", Sm2Group.MultiplyBase(d2.Invert())),
            Secret.Of("A1", Sm2Group.MultiplyBase(a1)), Secret.Of("A2", Sm2Group.MultiplyBase(a2)),
            Secret.Of("stretched PIN", cleartext), Secret.Of("hE", pin.EncryptionMask(encryption.Id)), Secret.Of("h", d1.Value * record.BlindedShare.Invert()),
        ];
        List<Secret> tokens =
        [
            Secret.Of("access token", Base64Url.DecodeFromChars(journey.Login.AccessToken.Split('.')[2])), Secret.Of("platform secret", PlatformSecret),
            Secret.Of("console password", ClaimSteps.ConsolePassword), .. journey.SessionSecrets.Select((secret, i) => Secret.Of($"session secret {i}", secret)),
            Secret.Of("root key", await File.ReadAllBytesAsync(system.RootKeyFile)),
        ];
        List<Secret> personal =
        [
            Secret.Of("ID number", person.IdNumber), Secret.Of("bank card", person.CardNumber), Secret.Of("phone number", person.Phone), Secret.Of("name", person.Name),
        ];
        List<Secret> digits = [Secret.Of("PIN", CertifiedPhone.Pin), Secret.Of("other PIN", OtherPin), Secret.Of("wrong PIN", CertifiedPhone.WrongPin), Secret.Of("SMS code", journey.SmsCode)];

        // The phone's store holds its fields, each of which is blinded or random, and not an octet more.
        var resting = store[journey.Certificate.ToString("D")]!;
        Assert.Equal(resting, record.Encode());
        Assert.Null(record.Pending);
        AssertHidden("the phone's store", resting, [.. keys, .. tokens, .. personal, .. digits]);
        Assert.True(Secret.Of("u", record.BlindedShare).IsIn(resting));

        // The server's folder. Six digits occur in its random octets by chance, so those are looked for between quotes.
        var folder = await ReadFolderAsync(system.DataFolder);
        AssertHidden("the data folder", folder, [.. keys, .. tokens, .. personal, .. digits.Select(Quoted)]);
        Assert.True(Secret.Of("P", record.PublicKey).IsIn(folder), "The scan does not find what is there.");
        Assert.True(Secret.Of("certificate", journey.Certificate.ToString("D")).IsIn(folder), "The scan does not find what is there.");

        // Another root key opens none of it.
        var other = Path.Combine(Path.GetDirectoryName(system.RootKeyFile)!, "other.key");
        await File.WriteAllBytesAsync(other, RandomNumberGenerator.GetBytes(32));
        File.SetUnixFileMode(other, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await Assert.ThrowsAnyAsync<Exception>(() => ServerShareAsync(system, journey.Certificate, other));

        // The log, with the addresses of all requests in it.
        var log = Encoding.UTF8.GetBytes(gateway.Log);
        Assert.True(Secret.Of("an address", "/phone/v1/scan").IsIn(log), "The log is not kept.");
        AssertHidden("the log", log, [.. keys, .. tokens, .. personal, .. digits.Select(Worded)]);
    }

    /// <summary>At rest in the worst moment: a confirmation has left, its answer has not come.</summary>
    [Fact]
    [Trait("Feature", "X01"), Trait("Surface", "api")]
    public async Task A_phone_that_waits_for_an_answer_keeps_nothing_of_the_round()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var drawn = new RecordingRandom();
        var net = new LossyNetwork();
        using var http = new HttpClient(net) { BaseAddress = system.Address };
        var client = new PhoneClient(http, phone.Phone.Key, phone.Store, new DotNetPinStretcher(), await ChannelTrust.FetchAsync(system.Gateway), system.Clock, drawn)
        {
            StretchRounds = 10,
            Login = phone.Client.Login,
        };
        var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        using var request = Assert.IsType<RequestOpening.Opened>(await client.OpenRequestAsync(scanned, phone.Certificate)).Request;
        net.Lose = _ => true;
        await Assert.ThrowsAsync<PhoneLinkException>(() => client.ConfirmAsync(request, CertifiedPhone.Pin));

        var resting = phone.Store[phone.Certificate.ToString("D")]!;
        Assert.True(PhoneKeyRecord.TryParse(resting, out var record));
        Assert.Equal(resting, record!.Encode());
        var pending = Assert.IsType<PendingAttempt>(record.Pending);

        // Of all that was drawn only α rests; no nonce, no Q1, no ephemeral key.
        Assert.Contains(drawn.Values, value => value.AsSpan().SequenceEqual(pending.Alpha));
        var secrets = drawn.Values.Where(value => value.Length >= 16 && !value.AsSpan().SequenceEqual(pending.Alpha)).ToList();
        Assert.True(secrets.Count >= 3, "A round draws a nonce, a salt and ephemeral keys.");
        var scalars = 0;
        foreach (var value in secrets)
        {
            Assert.False(Secret.Of("drawn", value).IsIn(resting));
            if (value.Length == 2 * Scalar.Length)
            {
                // How a scalar is drawn: w1, an ephemeral key; Q1 is its point.
                var scalar = Scalar.FromWide(value);
                Assert.False(Secret.Of("scalar", scalar).IsIn(resting));
                Assert.False(Secret.Of("point", Sm2Group.MultiplyBase(scalar)).IsIn(resting));
                scalars++;
            }
        }

        Assert.True(scalars >= 2, "A nonce and an ephemeral key are drawn as scalars.");

        // Every PIN explains the store as well as the right one does.
        foreach (var guess in (string[])[CertifiedPhone.Pin, CertifiedPhone.WrongPin, "000000", "999999"])
        {
            using var stretched = record.Stretch.Stretch(guess);
            using var share = stretched.Unblind(record.BlindedShare);
            Assert.False(share.Value.IsZero);
            Assert.False(Assert.Single(record.EncryptionKeys).Unblind(stretched).IsZero);
        }

        // And the attempt is settled by asking.
        net.Lose = _ => false;
        Assert.IsType<PinOutcome.Done>(await client.ResumeAsync(phone.Certificate));
    }

    private static void AssertHidden(string where, ReadOnlySpan<byte> content, IEnumerable<Secret> secrets)
    {
        var found = new List<string>();
        foreach (var secret in secrets)
        {
            if (secret.IsIn(content))
            {
                found.Add(secret.Name);
            }
        }

        Assert.True(found.Count == 0, $"In {where}: {string.Join(", ", found)}");
    }

    private static Secret Quoted(Secret digits) => digits with { Forms = [.. digits.Forms.Take(1).Select(form => (byte[])[(byte)'"', .. form, (byte)'"'])] };

    /// <summary>Between characters that no number, time or id would put there.</summary>
    private static Secret Worded(Secret digits) => digits with
    {
        Forms = [.. from form in digits.Forms.Take(1) from before in " =\":," from after in " \",;\n" select (byte[])[(byte)before, .. form, (byte)after]],
    };

    private static async Task<byte[]> ReadFolderAsync(string folder)
    {
        using var all = new MemoryStream();
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await stream.CopyToAsync(all);
            await all.WriteAsync(Encoding.UTF8.GetBytes(Path.GetFileName(file)));
        }

        return all.ToArray();
    }

    /// <summary>d2 and a2 of the epoch that counts, opened with the root key.</summary>
    private static async Task<(Scalar D2, Scalar A2)> ServerShareAsync(EmbeddedSystem system, Guid certificate, string? rootKey = null)
    {
        await using var store = new SqliteStore(Path.Combine(system.DataFolder, "bzt.db"));
        var rows = await store.QueryAsync("SELECT PayloadBinary FROM OrleansStorage WHERE GrainTypeString = 'certificate/certificate'", row => (byte[])row.GetValue(0));
        using var state = JsonDocument.Parse(Assert.Single(rows).AsMemory(StateSerializer.HeaderLength));
        var shares = JsonSerializer.Deserialize<KeyShareState>(state.RootElement.EnumerateObject().Single(member => member.Name.Equals("shares", StringComparison.OrdinalIgnoreCase)).Value, Grains.Foundations.StateJson.Options)!;
        var options = new ProtectionOptions { RootKeyFile = rootKey ?? system.RootKeyFile };
        using var root = new FileRootKey(options);
        using var protector = KeyProtector.Open(root, new KeyRingStore(store), options);
        var keyId = certificate.ToString("D");
        var epoch = shares.Pending?.Epoch ?? shares.Epoch;
        var encryption = Assert.Single(shares.EncryptionKeys);
        return (
            Open(shares.Pending?.SealedShare ?? shares.SealedShare, "d2", ""),
            Open(shares.Pending is null ? encryption.SealedShare! : encryption.SealedPendingShare!, "a2", encryption.Id));

        Scalar Open(byte[] sealedShare, string kind, string id)
        {
            using var opened = protector.Unprotect("certificate/share/counted", TaggedHash.Hash(
                "seal", TaggedHash.Part(keyId), TaggedHash.Part(kind), TaggedHash.Part(epoch), TaggedHash.Part(id)), sealedShare);
            return Scalar.TryDecode(opened.Span, out var share) ? share : throw new InvalidOperationException("A share is no scalar.");
        }
    }

    private sealed class RecordingRandom : Bzt.Protocol.IRandomSource
    {
        public List<byte[]> Values { get; } = [];

        public void Fill(Span<byte> destination)
        {
            RandomNumberGenerator.Fill(destination);
            Values.Add(destination.ToArray());
        }
    }
}
