using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;
using Xunit;

namespace Bzt.Tests.Protocol;

/// <summary>
/// Attacks on signing. Each is first carried out against a variant that lacks a check, in bare formulas, and succeeds;
/// then the product is shown to refuse it.
/// </summary>
public class SigningAttackTests
{
    private static readonly SystemRandom Random = SystemRandom.Instance;
    private readonly Scalar d1 = Rand();
    private readonly Scalar d2 = Rand();
    private readonly byte[] good = Sm3.Hash("approve 1 CNY"u8);
    private readonly byte[] evil = Sm3.Hash("transfer 1000000 CNY"u8);

    private Point B => Sm2Group.MultiplyBase((d1 * d2).Invert());

    private Point P => B - Sm2Group.G;

    [Fact]
    public async Task A_phone_that_does_not_recompute_r_signs_another_message()
    {
        var (w1, w2) = (Rand(), Rand());
        var r = Scalar.Reduce(evil) + (Sm2Group.MultiplyBase(w1) + Sm2Group.Multiply(d1.Invert() * w2, Sm2Group.G)).X;
        var s1 = d1 * (r + w1);
        Assert.True(new Sm2Signature(r, d2 * (s1 + w2) - r).Verify(P, evil));

        // The product computes e from what it shows; a proof made for another e is not accepted.
        var (_, phone, opened) = await OpenedAsync();
        var other = new HashOnlyForm(evil, "a").ToDocument();
        Assert.False(phone.Accept(opened with { Documents = [other] }));
        Assert.True(phone.Accept(opened));
    }

    [Fact]
    public async Task A_nonce_point_without_a_proof_shifts_the_message()
    {
        // The server sends V2 = (e − e*)G + bD1 itself instead of W2.
        var (w1, b) = (Rand(), Rand());
        var shift = Scalar.Reduce(good) - Scalar.Reduce(evil);
        var v2 = Sm2Group.MultiplyBase(shift) + Sm2Group.Multiply(b * d1.Invert(), Sm2Group.G);
        var r = Scalar.Reduce(good) + (Sm2Group.MultiplyBase(w1) + v2).X;
        var s1 = d1 * (r + w1);
        var shifted = r - shift;
        Assert.True(new Sm2Signature(shifted, d2 * (s1 + b) - shifted).Verify(P, evil));

        // The product takes no point whose logarithm the server did not prove.
        var (_, phone, opened) = await OpenedAsync();
        Assert.False(phone.Accept(opened with { W2 = [opened.W2[0] + Sm2Group.G] }));
    }

    [Fact]
    public async Task A_phone_that_tells_R_decrypts_under_the_signing_key()
    {
        var ciphertext = Sm2Ciphertext.Encrypt(P, "content key"u8, Random);
        var q1 = Sm2Group.MultiplyBase(Rand());
        var told = q1 + Sm2Group.Multiply(d1.Invert(), ciphertext.C1);
        Assert.True(ciphertext.TryOpen(Sm2Group.Multiply(d2.Invert(), told - q1) - ciphertext.C1, out var content));
        Assert.Equal("content key"u8, content);

        // S2 of the product holds neither R nor r, and W2 = C1 lacks its proof.
        var (key, phone, opened) = await OpenedAsync();
        var c1 = Sm2Ciphertext.Encrypt(key.Record.PublicKey, "content key"u8, Random).C1;
        Assert.False(phone.Accept(opened with { W2 = [c1] }));
        Assert.True(phone.Accept(opened));
        using var pin = key.Pin();
        var s2 = phone.Finish(pin, new byte[32], Random);
        var signature = Assert.IsType<Signed>(key.Silo.Handle(s2)).Signatures[0];
        Assert.False(Contains(s2.Encode(), signature.R.Encode()));
        Assert.False(Contains(s2.Encode(), (signature.R - Scalar.Reduce(phone.Forms[0].Digest(key.Record.PublicKey))).Encode()));
    }

    [Fact]
    public async Task A_nonce_used_twice_gives_the_share_away()
    {
        var (w2, a, b) = (Rand(), Rand(), Rand());
        var (sa, sb) = (d2 * (a + w2), d2 * (b + w2));
        Assert.True((sa - sb) * (a - b).Invert() == d2);

        // The product: a second part for the same round, a crash, a restored phone, a second activation.
        var (key, phone, opened) = await OpenedAsync();
        Assert.True(phone.Accept(opened));
        using var pin = key.Pin();
        var s2 = phone.Finish(pin, new byte[32], Random);
        Assert.Throws<InvalidOperationException>(() => phone.Finish(pin, new byte[32], Random));

        var before = key.Silo.State;
        key.Silo.Restart();
        var again = Assert.IsType<SigningOpened>(key.Silo.Handle(phone.Open()));
        Assert.False(again.W2[0] == opened.W2[0]);
        Assert.IsType<Voided>(key.Silo.Handle(s2));
        Assert.Equal(0, key.Silo.State!.Pin.Failures);

        var third = Assert.IsType<SigningOpened>(key.Silo.Handle(phone.Open()));
        Assert.False(third.W2[0] == again.W2[0]);
        key.Silo.State = before;
        Assert.IsType<Voided>(key.Silo.Handle(s2 with { Alpha = Random.Bytes(32) }));
        Assert.IsType<Voided>(key.Silo.Handle(s2 with { Alpha = Random.Bytes(32), RoundId = third.RoundId, Epoch = 0, Parts = s2.Parts }));
    }

    [Fact]
    public async Task One_nonce_never_serves_two_commitments()
    {
        var (key, phone, opened) = await OpenedAsync();
        Assert.Equal(opened.Encode(), Assert.IsType<SigningOpened>(key.Silo.Handle(phone.Open())).Encode());
        using var second = new SigningPhone(TestKey.KeyId, TestKey.DeviceId, "r", 1, key.Record, Random);
        Assert.False(Assert.IsType<SigningOpened>(key.Silo.Handle(second.Open())).W2[0] == opened.W2[0]);

        // The first round died with its nonce.
        Assert.True(phone.Accept(opened));
        using var pin = key.Pin();
        Assert.IsType<Voided>(key.Silo.Handle(phone.Finish(pin, new byte[32], Random)));
    }

    [Fact]
    public async Task Open_nonces_without_commitments_give_a_forgery()
    {
        // ROS (Benhamouda et al. 2021): 256 open rounds, the phone chooses its nonces after it saw W2.
        const int Rounds = 256;
        var inverse = d1.Invert();
        var eGood = Scalar.Reduce(good);
        var w2 = Enumerable.Range(0, Rounds).Select(_ => Rand()).ToArray();
        var points = w2.Select(Sm2Group.MultiplyBase).ToArray();
        var rho = new Scalar[Rounds, 2];
        var r = new Scalar[Rounds, 2];
        var factors = new Scalar[Rounds];
        var power = Scalar.One;
        for (var i = 0; i < Rounds; i++)
        {
            var shared = Sm2Group.Multiply(inverse, points[i]);
            for (var bit = 0; bit < 2; bit++)
            {
                var w1 = Rand();
                r[i, bit] = eGood + (Sm2Group.MultiplyBase(w1) + shared).X;
                rho[i, bit] = r[i, bit] + w1;
            }

            factors[i] = power * (rho[i, 1] - rho[i, 0]).Invert();
            power += power;
        }

        var nonce = Rand();
        var target = Sm2Group.MultiplyBase(nonce) + Sm2Group.Multiply(inverse, Sm2Group.SumVartime(factors, points));
        var rForged = Scalar.Reduce(evil) + target.X;
        var rest = rForged + nonce;
        for (var i = 0; i < Rounds; i++)
        {
            rest -= factors[i] * rho[i, 0];
        }

        var bits = rest.Encode();
        Scalar sum = default;
        for (var i = 0; i < Rounds; i++)
        {
            var bit = (bits[31 - i / 8] >> (i % 8)) & 1;
            var s = d2 * (d1 * rho[i, bit] + w2[i]) - r[i, bit];
            Assert.True(new Sm2Signature(r[i, bit], s).Verify(P, good));
            sum += factors[i] * (s + r[i, bit]);
        }

        Assert.True(new Sm2Signature(rForged, sum - rForged).Verify(P, evil));

        // The product: Q1 was committed to before; another one breaks the commitment, and is no PIN try.
        var (key, phone, opened) = await OpenedAsync();
        Assert.True(phone.Accept(opened));
        using var pin = key.Pin();
        var s2 = phone.Finish(pin, new byte[32], Random);
        var other = s2 with { Parts = [new(Sm2Group.MultiplyBase(Rand()), s2.Parts[0].S1)] };
        Assert.Equal(new Failed(ProtocolFailure.CommitmentBroken), key.Silo.Handle(other));
        Assert.Equal(0, key.Silo.State!.Pin.Failures);
    }

    [Fact]
    public void A_proof_of_the_plain_sum_lets_a_ciphertext_in()
    {
        var c1 = Sm2Group.MultiplyBase(Rand());
        var known = Rand();
        Point[] statements = [c1, Sm2Group.MultiplyBase(known) - c1];
        var t = Rand();
        var commitment = Sm2Group.MultiplyBase(t);
        var c = TaggedHash.ToScalar("variant", commitment.Encode(), statements[0].Encode(), statements[1].Encode());
        Assert.True(Sm2Group.MultiplyBase(t + c * known) == commitment + Sm2Group.Multiply(c, statements[0] + statements[1]));

        using var secret = new SecretScalar(known);
        Assert.False(AggregateProof.Prove([secret, secret], statements, [], Random).Verify(statements, []));
        using var other = SecretScalar.Random(Random);
        Point[] honest = [Sm2Group.MultiplyBase(known), Sm2Group.MultiplyBase(other.Value)];
        var proof = AggregateProof.Prove([secret, other], honest, [1], Random);
        Assert.True(proof.Verify(honest, [1]));
        Assert.False(proof.Verify(honest, [2]));
        Assert.False(proof.Verify([honest[1], honest[0]], [1]));
    }

    [Fact]
    public async Task A_batch_is_not_as_many_guesses()
    {
        // The variant verifies item by item and says which one held: ten guesses for one count name the PIN.
        var (salted, secret) = (Random.Bytes(16), 7);
        var variant = Enumerable.Range(0, 10).Select(guess =>
        {
            var (w1, w2) = (Rand(), Rand());
            Scalar H(int pin) => TaggedHash.ToScalar("variant", TaggedHash.Part(pin), salted);
            var share = d1 * H(secret).Invert() * H(guess);
            var r = Scalar.Reduce(good) + (Sm2Group.MultiplyBase(w1) + Sm2Group.MultiplyBase(share.Invert() * w2)).X;
            return new Sm2Signature(r, d2 * (share * (r + w1) + w2) - r).Verify(P, good);
        });
        Assert.Equal([7], variant.Select((held, guess) => (held, guess)).Where(pair => pair.held).Select(pair => pair.guess));

        var key = await TestKey.CreateAsync("000007");
        key.Ask("r", [.. Enumerable.Range(0, 10).Select(i => $"document {i}")]);
        using var phone = new SigningPhone(TestKey.KeyId, TestKey.DeviceId, "r", 10, key.Record, Random);
        Assert.True(phone.Accept(Assert.IsType<SigningOpened>(key.Silo.Handle(phone.Open()))));
        using var right = key.Pin("000007");
        var honest = phone.Finish(right, new byte[32], Random);
        SigningPart[] parts = [.. honest.Parts.Select((part, i) => i == 7 ? part : part with { S1 = part.S1 + Scalar.One })];

        // One right guess among ten: one count, nothing released, no index, and the nonces are dead.
        var wrong = Assert.IsType<WrongPin>(key.Silo.Handle(honest with { Parts = parts }));
        Assert.Equal(1, wrong.Failures);
        Assert.DoesNotContain(key.Silo.Effects, effect => effect is RoundEffect.SignaturesReleased);
        Assert.IsType<Voided>(key.Silo.Handle(honest with { Alpha = Random.Bytes(32) }));
    }

    [Fact]
    public async Task Errors_that_cancel_in_a_plain_sum_do_not_pass_a_batch()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r", "a", "b");
        using var phone = new SigningPhone(TestKey.KeyId, TestKey.DeviceId, "r", 2, key.Record, Random);
        Assert.True(phone.Accept(Assert.IsType<SigningOpened>(key.Silo.Handle(phone.Open()))));
        using var pin = key.Pin();
        var honest = phone.Finish(pin, new byte[32], Random);
        var (a, b) = (honest.Parts[0], honest.Parts[1]);
        Assert.IsType<WrongPin>(key.Silo.Handle(honest with
        {
            Parts = [a with { S1 = a.S1 + Scalar.One }, b with { S1 = b.S1 - Scalar.One }],
        }));
    }

    private static async Task<(TestKey Key, SigningPhone Phone, SigningOpened Opened)> OpenedAsync()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r", "a");
        var phone = new SigningPhone(TestKey.KeyId, TestKey.DeviceId, "r", 1, key.Record, Random);
        return (key, phone, Assert.IsType<SigningOpened>(key.Silo.Handle(phone.Open())));
    }

    private static bool Contains(byte[] haystack, byte[] needle) => haystack.AsSpan().IndexOf(needle) >= 0;

    private static Scalar Rand() => Scalar.Random(Random);
}
