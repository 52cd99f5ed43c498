using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
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
