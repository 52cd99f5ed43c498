using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;
using Xunit;

namespace Bzt.Tests.Protocol;

/// <summary>Checks of the silo that an honest phone never meets.</summary>
public class GuardTests
{
    private static readonly SystemRandom Random = SystemRandom.Instance;

    [Fact]
    public async Task A_decryption_without_a_proof_for_every_key_releases_nothing()
    {
        var key = await WithEncryptionKeyAsync();
        using var pc = SecretScalar.Random(Random);
        key.Silo.Work["d"] = new RoundWork.Decryption(new(
            Sm2Group.MultiplyBase(pc.Value), DecryptionRecipient.ThisPc, "平台", "工程", DateTimeOffset.UnixEpoch, [new("enc-1", Sm2Group.G, "投标文件", 1)]));
        var epoch = key.Record.Epoch;
        var opened = Assert.IsType<ProofOpened>(key.Silo.Handle(new ProofOpen("d", epoch, ProofPurpose.Decryption)));
        var answer = key.Silo.Handle(new DecryptionFinish("d", epoch, Random.Bytes(32), opened.Nonce, Random.Bytes(32), Random.Bytes(100), []));
        Assert.Equal(new Failed(ProtocolFailure.CountMismatch), answer);
        Assert.Empty(key.Silo.Effects.OfType<RoundEffect.DecryptionReleased>());
    }

    [Fact]
    public async Task A_certificate_that_has_signed_gets_no_other_key()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r", "a");
        Assert.IsType<Signed>(await key.SignAsync("r"));
        var state = key.Silo.State;
        Assert.Equal(new Failed(ProtocolFailure.Unexpected), key.Silo.Handle(new KeygenCommit("another", new byte[32])));
        Assert.Same(state, key.Silo.State);
    }

    [Fact]
    public async Task An_encryption_share_of_an_earlier_epoch_is_not_stored()
    {
        EncryptionKeyStore? stored = null;
        var key = await WithEncryptionKeyAsync(request => stored = request as EncryptionKeyStore ?? stored);
        key.Ask("r", "a");
        Assert.IsType<Signed>(await key.SignAsync("r"));
        var state = key.Silo.State;
        Assert.Equal(new Failed(ProtocolFailure.Unexpected), key.Silo.Handle(stored!));
        Assert.Same(state, key.Silo.State);
    }

    [Fact]
    public async Task A_moved_epoch_leaves_no_commitment_of_the_session_before_it()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r", "a");
        Assert.IsType<Signed>(await key.SignAsync("r"));
        KeyShareServer.BeginSession(key.Silo.Rounds, "s", key.Silo.Now.AddMinutes(30));
        using var pin = key.Pin();
        var phone = key.Phone;
        using var session = await phone.BeginSessionAsync("s", pin);
        Assert.IsType<Acknowledged>(await phone.SendAsync(session, session.Commit(6)));
        Assert.Equal(6, KeyShareServer.CommitmentsLeft(key.Silo.Rounds, "s"));
        key.Ask("q", "b");
        Assert.IsType<Signed>(await key.SignAsync("q"));
        Assert.Equal(0, KeyShareServer.CommitmentsLeft(key.Silo.Rounds, "s"));
    }

    /// <summary>E4.2, E5.1: one opened envelope, a share for each certificate of the key; nothing in common between them, and none the silo did not ask for.</summary>
    [Fact]
    public async Task A_key_arrives_once_for_all_its_certificates()
    {
        var key = await TestKey.CreateAsync();
        using var whole = SecretScalar.Random(Random);
        key.Silo.Work["enc"] = new RoundWork.Envelope(new("enc-3", [], Sm2EnvelopedKey.Build(key.Record.PublicKey, whole, Random)), ["enc-2", "enc-1"]);
        using var pin = key.Pin();
        Assert.IsType<Acknowledged>(await key.Phone.ReceiveEncryptionKeyAsync(
            "enc", pin, _ => Sm2Group.MultiplyBase(whole.Value), _ => ["enc-2", "enc-3", "enc-1", "not asked for"]));
        Assert.Equal(1, Assert.Single(key.Silo.State!.Envelopes).Count);
        Assert.Equal(["enc-3", "enc-2", "enc-1"], key.Silo.State.EncryptionKeys.Select(share => share.Id));
        Assert.Equal(["enc-3", "enc-2", "enc-1"], key.Record.EncryptionKeys.Where(stored => stored.IsActive).Select(stored => stored.Id));
        Assert.DoesNotContain(key.Record.EncryptionKeys, stored => !stored.IsActive);

        // The phone's store alone: were a1 the same, uE − uE' and the masks of a guessed PIN would agree for the right PIN only.
        using var now = key.Pin();
        var halves = key.Record.EncryptionKeys.Select(stored => Convert.ToHexString(stored.Unblind(now).Encode())).ToList();
        Assert.Equal(3, halves.Distinct().Count());

        // What the phone has, no server gets it to put at risk.
        Assert.IsType<Acknowledged>(await key.Phone.ReceiveEncryptionKeyAsync("enc", now, _ => Sm2Group.MultiplyBase(whole.Value), _ => ["enc-1"]));
        Assert.Equal(3, key.Record.EncryptionKeys.Count(stored => stored.IsActive));
    }

    /// <summary>An answer lost between two of them costs what had not been acknowledged, and an arrival of its own.</summary>
    [Fact]
    public async Task What_was_lost_of_an_arrival_for_many_certificates_arrives_again()
    {
        var key = await TestKey.CreateAsync();
        using var whole = SecretScalar.Random(Random);
        key.Silo.Work["enc"] = new RoundWork.Envelope(new("enc-2", [], Sm2EnvelopedKey.Build(key.Record.PublicKey, whole, Random)), ["enc-1"]);
        key.Silo.OnAnswer = (request, answer) => request is EncryptionKeyStore { EncryptionKeyId: "enc-1" } ? throw new PhoneLinkException("Lost.") : answer;
        using var pin = key.Pin();
        await Assert.ThrowsAsync<PhoneLinkException>(() => ReceiveAsync("enc", _ => ["enc-1"]).AsTask());
        Assert.Equal([("enc-2", true), ("enc-1", false)], key.Record.EncryptionKeys.Select(stored => (stored.Id, stored.IsActive)));

        key.Silo.OnAnswer = (_, answer) => answer;
        key.Silo.Work["again"] = new RoundWork.Envelope(((RoundWork.Envelope)key.Silo.Work["enc"]).Task with { EncryptionKeyId = "enc-1" });
        Assert.IsType<Acknowledged>(await ReceiveAsync("again", _ => []));
        Assert.Equal(2, key.Record.EncryptionKeys.Count(stored => stored.IsActive));
        Assert.Equal(2, Assert.Single(key.Silo.State!.Envelopes).Count);

        ValueTask<SiloAnswer> ReceiveAsync(string request, Func<EnvelopeTask, IReadOnlyList<string>> further) =>
            key.Phone.ReceiveEncryptionKeyAsync(request, pin, _ => Sm2Group.MultiplyBase(whole.Value), further);
    }

    private static async Task<TestKey> WithEncryptionKeyAsync(Action<PhoneRequest>? seen = null)
    {
        var key = await TestKey.CreateAsync();
        key.Silo.OnRequest = seen ?? key.Silo.OnRequest;
        using var whole = SecretScalar.Random(Random);
        key.Silo.Work["enc"] = new RoundWork.Envelope(new("enc-1", [], Sm2EnvelopedKey.Build(key.Record.PublicKey, whole, Random)));
        using var pin = key.Pin();
        Assert.IsType<Acknowledged>(await key.Phone.ReceiveEncryptionKeyAsync(
            "enc", pin, task => Sm2EnvelopedKey.TryParse(task.Envelope, out var envelope) ? envelope!.PublicKey : null));
        return key;
    }
}
