using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;
using Xunit;

namespace Bzt.Tests.Protocol;

/// <summary>Attacks on the PIN, the shares and decryption: on a variant first, then on the product.</summary>
public class SharingAttackTests
{
    private static readonly SystemRandom Random = SystemRandom.Instance;
    private static readonly string[] Guesses = [.. Enumerable.Range(493810, 20).Select(pin => pin.ToString("D6", null))];

    [Fact]
    public async Task A_transcript_beside_the_store_gives_the_PIN_and_so_none_rests_there()
    {
        var (key, _) = await WithEncryptionKeyAsync();
        key.Ask("r", "a");
        var sent = new List<PhoneRequest>();
        var received = new List<SiloAnswer>();
        key.Silo.OnRequest = sent.Add;
        key.Silo.OnAnswer = (_, answer) =>
        {
            received.Add(answer);
            return answer;
        };
        var record = key.Record;
        Assert.IsType<Signed>(await key.SignAsync("r"));

        // The variant keeps Q1, W2 and R: then each PIN can be tested alone.
        var (part, opened) = (sent.OfType<SigningFinish>().Single().Parts[0], received.OfType<SigningOpened>().Single());
        var signature = received.OfType<Signed>().Single().Signatures[0];
        var point = Sm2Group.MultiplyAddVartime(signature.S, signature.R + signature.S, record.PublicKey);
        var hits = Guesses.Where(guess =>
        {
            using var pin = record.Stretch.Stretch(guess);
            using var share = pin.Unblind(record.BlindedShare);
            return part.Q1 + Sm2Group.Multiply(share.Value.Invert(), opened.W2[0]) == point;
        });
        Assert.Equal(["493817"], hits);

        // In the product nothing that crossed, and no D1, ever rested in the store.
        using var right = record.Stretch.Stretch("493817");
        using var d1 = right.Unblind(record.BlindedShare);
        List<byte[]> forbidden =
        [
            part.Q1.Encode(), part.S1.Encode(), opened.W2[0].Encode(), opened.Proof.Z.Encode(), signature.R.Encode(), signature.S.Encode(),
            Sm2Group.MultiplyBase(d1.Value.Invert()).Encode(), d1.Value.Encode(), received.OfType<Signed>().Single().Refresh.Beta,
            received.OfType<Signed>().Single().Refresh.Check,
        ];
        Assert.All(key.Store.History, stored => Assert.All(forbidden, secret => Assert.True(stored.AsSpan().IndexOf(secret.AsSpan(secret.Length == 65 ? 1 : 0, 32)) < 0)));

        // The encoding has room for nothing else: its length is that of the fields it is allowed to have.
        var bare = record with { EncryptionKeys = [], Pending = null };
        Assert.Equal(1 + 4 + 65 + 32 + 16 + 4 + 32 + 4 + 4 + 1, bare.Encode().Length);
        Assert.False(PhoneKeyRecord.TryParse([.. bare.Encode(), 0], out _));
    }

    [Fact]
    public async Task An_unmasked_part_of_a_chosen_point_gives_the_PIN()
    {
        var (key, encryptionKey) = await WithEncryptionKeyAsync();
        var stored = key.Record.EncryptionKeys[0];
        var chosen = Scalar.Random(Random);
        var c1 = Sm2Group.MultiplyBase(chosen);
        Assert.Equal(["493817"], Hits(key, Sm2Group.Multiply(Unblind(key, "493817"), c1)));

        // The PC that chose C1 = cG opens the phone's part of the product: it is masked.
        using var pc = SecretScalar.Random(Random);
        var task = Task(pc, c1);
        key.Silo.Work["d"] = new RoundWork.Decryption(task);
        using var decryption = (await key.Phone.OpenDecryptionAsync("d", task.Binding)).Round!;
        using var pin = key.Pin();
        Assert.IsType<Proved>(await decryption.ConfirmAsync(pin));
        var released = key.Silo.Effects.OfType<RoundEffect.DecryptionReleased>().Single();
        var context = TaggedHash.Hash("dec/box", TaggedHash.Part("phone"), TaggedHash.Part("d"), task.Binding);
        Assert.True(OneTimeBox.TryOpen(pc, context, released.PhoneParts, Random, out var content));
        Assert.True(Point.TryDecode(content, out var masked));
        Assert.Empty(Hits(key, masked));

        // Both parts together are what they should be.
        Assert.True(Decryption.Combine(pc, "d", task, released.PhoneParts, released.SiloParts, Random)![0] == Sm2Group.Multiply(encryptionKey, c1));
        Assert.NotNull(stored);

        IEnumerable<string> Hits(TestKey k, Point t) => Guesses.Where(guess =>
            Sm2Group.MultiplyBase(Unblind(k, guess, stored)) == Sm2Group.Multiply(chosen.Invert(), t));
    }

    [Fact]
    public async Task A_partial_decryption_of_a_chosen_point_gives_the_PIN()
    {
        var d2 = Scalar.Random(Random);
        var salt = Random.Bytes(16);
        Scalar H(int pin) => TaggedHash.ToScalar("variant", TaggedHash.Part(pin), salt);
        var d1 = Scalar.Random(Random);
        var u = d1 * H(7).Invert();
        var sum = Sm2Group.MultiplyBase((d1 * d2).Invert());
        var c = Scalar.Random(Random);
        var t2 = Sm2Group.Multiply(d2.Invert(), Sm2Group.MultiplyBase(c));
        Assert.Equal([7], Enumerable.Range(0, 20).Where(pin => Sm2Group.Multiply(u * H(pin), sum) == Sm2Group.Multiply(c.Invert(), t2)));

        // The product's request names no point; what is opened is the CA's envelope, ten times and no more.
        var (key, _) = await WithEncryptionKeyAsync();
        using var pin = key.Pin();
        for (var use = 2; use <= 10; use++)
        {
            Assert.IsType<Acknowledged>(await key.Phone.ReceiveEncryptionKeyAsync("enc", pin, PublicKeyIn));
        }

        Assert.Equal(new Failed(ProtocolFailure.EnvelopeExhausted), await key.Phone.ReceiveEncryptionKeyAsync("enc", pin, PublicKeyIn));
    }

    [Fact]
    public async Task A_list_that_is_not_the_one_in_the_QR_code_gets_no_part()
    {
        var (key, _) = await WithEncryptionKeyAsync();
        using var pc = SecretScalar.Random(Random);
        using var thief = SecretScalar.Random(Random);
        var task = Task(pc, Sm2Group.G);
        foreach (var other in new[]
        {
            task with { Items = [.. task.Items, task.Items[0] with { C1 = Sm2Group.MultiplyBase(Scalar.Random(Random)) }] },
            task with { PcKey = Sm2Group.MultiplyBase(thief.Value) },
            task with { Project = "另一工程" },
        })
        {
            key.Silo.Work["d"] = new RoundWork.Decryption(other);
            Assert.Equal(new Failed(ProtocolFailure.BindingMismatch), (await key.Phone.OpenDecryptionAsync("d", task.Binding)).Refusal);
        }

        // A proof made over one sealed part does not carry another.
        key.Silo.Work["d"] = new RoundWork.Decryption(task);
        key.Silo.OnRequest = request =>
        {
            if (request is DecryptionFinish finish)
            {
                finish.SealedParts[^1] ^= 1;
            }
        };
        using var round = (await key.Phone.OpenDecryptionAsync("d", task.Binding)).Round!;
        using var pin = key.Pin();
        Assert.IsType<WrongPin>(await round.ConfirmAsync(pin));
        Assert.DoesNotContain(key.Silo.Effects, effect => effect is RoundEffect.DecryptionReleased);
    }

    [Fact]
    public async Task Decryption_and_signing_share_one_count()
    {
        var (key, _) = await WithEncryptionKeyAsync();
        using var pc = SecretScalar.Random(Random);
        var task = Task(pc, Sm2Group.G);
        key.Silo.Work["d"] = new RoundWork.Decryption(task);
        key.Ask("r", "a");
        Assert.Equal(1, Assert.IsType<WrongPin>(await key.SignAsync("r", "000000")).Failures);
        using var round = (await key.Phone.OpenDecryptionAsync("d", task.Binding)).Round!;
        using var wrong = key.Pin("000000");
        Assert.Equal(2, Assert.IsType<WrongPin>(await round.ConfirmAsync(wrong)).Failures);
        using var fresh = PinStretch.Create(Random, TestKey.Rounds).Stretch("271828");
        Assert.Equal(3, Assert.IsType<WrongPin>(await key.Phone.ChangePinAsync(wrong, fresh)).Failures);
        Assert.Equal(4, Assert.IsType<WrongPin>(await key.Phone.ReceiveEncryptionKeyAsync("enc", wrong, PublicKeyIn)).Failures);
        using var right = key.Pin();
        Assert.IsType<Proved>(await round.ConfirmAsync(right));
        Assert.Equal(0, key.Silo.State!.Pin.Failures);
    }

    [Fact]
    public async Task Two_snapshots_around_a_PIN_change_give_both_PINs_unless_the_epoch_moved()
    {
        // The variant writes the new blinding in the old epoch: d1 falls out of the quotient, and meeting in the middle
        // over both PINs is left.
        var key = await TestKey.CreateAsync();
        using var old = key.Pin();
        using var fresh = PinStretch.Create(Random, TestKey.Rounds).Stretch("493822");
        var before = key.Record;
        var variant = before.Reblind(old, fresh, new byte[32]);
        Assert.Equal([("493817", "493822")], Meet(before, variant));

        Assert.IsType<Proved>(await key.Phone.ChangePinAsync(old, fresh));
        var records = key.Store.History.Select(bytes => PhoneKeyRecord.TryParse(bytes, out var record) ? record! : throw new InvalidOperationException()).ToArray();
        Assert.All(
            from a in records from b in records where !a.Stretch.Salt.AsSpan().SequenceEqual(b.Stretch.Salt) select (a, b),
            pair =>
            {
                Assert.NotEqual(pair.a.Epoch, pair.b.Epoch);
                Assert.Empty(Meet(pair.a, pair.b));
            });

        static IEnumerable<(string Old, string New)> Meet(PhoneKeyRecord a, PhoneKeyRecord b) =>
            from first in Guesses
            from second in Guesses
            where Share(a, first) == Share(b, second)
            select (first, second);

        static Scalar Share(PhoneKeyRecord record, string guess)
        {
            using var pin = record.Stretch.Stretch(guess);
            using var share = pin.Unblind(record.BlindedShare);
            return share.Value;
        }
    }

    [Fact]
    public void Points_off_the_curve_and_scalars_out_of_range_are_no_messages()
    {
        var good = new SigningFinish("r", 0, new byte[32], new byte[16], new byte[32], [new(Sm2Group.G, Scalar.One)]).Encode();
        Assert.True(PhoneRequest.TryParse(good, out _));
        var point = good.AsSpan().IndexOf(Sm2Group.G.Encode());
        var off = (byte[])good.Clone();
        off[point + 64] ^= 1;
        Assert.False(PhoneRequest.TryParse(off, out _));
        var zero = (byte[])good.Clone();
        zero[^1] = 0;
        Assert.False(PhoneRequest.TryParse(zero, out _));
        Assert.False(PhoneRequest.TryParse([.. good, 0], out _));
        for (var length = 0; length < good.Length; length++)
        {
            Assert.False(PhoneRequest.TryParse(good.AsSpan(0, length), out _));
        }
    }

    private static Point? PublicKeyIn(EnvelopeTask task) => Sm2EnvelopedKey.TryParse(task.Envelope, out var envelope) ? envelope!.PublicKey : null;

    private static Scalar Unblind(TestKey key, string guess, PhoneEncryptionKey? stored = null)
    {
        using var pin = key.Record.Stretch.Stretch(guess);
        return (stored ?? key.Record.EncryptionKeys[0]).Unblind(pin);
    }

    private static DecryptionTask Task(SecretScalar pc, Point c1) => new(
        Sm2Group.MultiplyBase(pc.Value), DecryptionRecipient.ThisPc, "平台", "工程", DateTimeOffset.UnixEpoch, [new("enc-1", c1, "投标文件", 1)]);

    private static async Task<(TestKey Key, Scalar EncryptionKey)> WithEncryptionKeyAsync()
    {
        var key = await TestKey.CreateAsync();
        using var whole = SecretScalar.Random(Random);
        key.Silo.Work["enc"] = new RoundWork.Envelope(new("enc-1", [], Sm2EnvelopedKey.Build(key.Record.PublicKey, whole, Random)));
        using var pin = key.Pin();
        Assert.IsType<Acknowledged>(await key.Phone.ReceiveEncryptionKeyAsync("enc", pin, PublicKeyIn));
        return (key, whole.Value);
    }
}
