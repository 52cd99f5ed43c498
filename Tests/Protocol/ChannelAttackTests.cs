using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;
using Xunit;

namespace Bzt.Tests.Protocol;

/// <summary>Attacks on the channel between phone and silo: by the gateway that carries it, with old messages, with keys of nobody.</summary>
public class ChannelAttackTests
{
    private static readonly SystemRandom Random = SystemRandom.Instance;

    [Fact]
    public async Task A_gateway_without_the_device_key_counts_nothing_reads_nothing_and_replays_nothing()
    {
        using var device = new P256DeviceKey();
        using var stranger = new P256DeviceKey();
        using var cluster = new ClusterKeyRing(SecretScalar.Random(Random));
        using var grain = new CertificateGrainInMiniature("cert-1", new("device-1", device.PublicKey), cluster);
        var seen = new List<byte[]>();
        PhoneKey Phone(DeviceSigner signer, MemoryPhoneStore store) => new("cert-1", "device-1", store, new SealedPhoneLink(
            "cert-1", "device-1", cluster.PublicKeys[0], signer,
            bytes =>
            {
                seen.Add(bytes);
                var reply = grain.Exchange(bytes);
                Assert.Equal(reply, grain.Exchange(bytes)); // The very same bytes get the very same answer.
                return ValueTask.FromResult(reply);
            },
            Random), Random);

        var store = new MemoryPhoneStore();
        var phone = Phone(device.SignAsync, store);
        using var pin = PinStretch.Create(Random, TestKey.Rounds).Stretch("493817");
        Assert.IsType<KeygenConfirmed>(await phone.GenerateAsync(pin));
        grain.Work["r"] = new RoundWork.Signing([new HashOnlyForm(new byte[32], "一号文件").ToDocument()]);
        using (var round = (await phone.OpenSigningAsync("r")).Round!)
        {
            Assert.IsType<Signed>(await round.ConfirmAsync(pin));
        }

        // What the gateway saw names no document; altered or replayed out of order it is nothing.
        var name = TaggedHash.Part("一号文件");
        Assert.DoesNotContain(seen, bytes => bytes.AsSpan().IndexOf(name) >= 0);
        foreach (var bytes in seen)
        {
            var altered = (byte[])bytes.Clone();
            altered[^1] ^= 1;
            Assert.Throws<PhoneLinkException>(() => grain.Exchange(altered));
        }

        // With the store and the PIN but another device key: rejected before anything is looked at.
        var thief = Phone(stranger.SignAsync, store);
        var refused = await Assert.ThrowsAsync<PhoneLinkException>(async () => await thief.OpenSigningAsync("r"));
        Assert.Equal(nameof(ChannelFault.DeviceSignature), refused.Message);
        using var again = (await phone.OpenSigningAsync("r")).Round!;
        Assert.IsType<Signed>(await again.ConfirmAsync(pin));
    }

    [Fact]
    public async Task A_first_message_may_only_open_a_round()
    {
        using var device = new P256DeviceKey();
        using var cluster = new ClusterKeyRing(SecretScalar.Random(Random));
        using var channels = new SiloChannels("cert-1", cluster, P256DeviceKey.Verify, Random);
        Received? received = null;
        var link = new SealedPhoneLink("cert-1", "device-1", cluster.PublicKeys[0], device.SignAsync, bytes =>
        {
            received = channels.Receive(bytes, new("device-1", device.PublicKey), DateTimeOffset.UnixEpoch);
            throw new PhoneLinkException();
        }, Random);
        using var conversation = await link.BeginAsync("r");
        await Assert.ThrowsAsync<PhoneLinkException>(async () => await conversation.SendAsync(new DepositFetch("r", 0)));
        Assert.Equal(new Received.Rejected(ChannelFault.NotAnOpening), received);
        using var other = await link.BeginAsync("r");
        await Assert.ThrowsAsync<PhoneLinkException>(async () => await other.SendAsync(new ResumeOpen()));
        Assert.IsType<Received.Request>(received);
    }

    [Fact]
    public void Cluster_keys_are_taken_only_from_the_root()
    {
        using var root = SecretScalar.Random(Random);
        var publicRoot = Sm2Group.MultiplyBase(root.Value);
        var list = new ClusterKeyList(Sm2Group.MultiplyBase(Scalar.Random(Random)), Sm2Group.G, DateTimeOffset.UnixEpoch);
        var bytes = list.Sign(root, Random);
        Assert.True(ClusterKeyList.TryVerify(bytes, publicRoot, out var read));
        Assert.Equal(list, read);
        Assert.False(ClusterKeyList.TryVerify(bytes, Sm2Group.G, out _));
        bytes[10] ^= 1;
        Assert.False(ClusterKeyList.TryVerify(bytes, publicRoot, out _));
    }

    [Fact]
    public async Task An_old_message_is_answered_as_before_or_not_at_all()
    {
        using var device = new P256DeviceKey();
        using var cluster = new ClusterKeyRing(SecretScalar.Random(Random));
        using var channels = new SiloChannels("cert-1", cluster, P256DeviceKey.Verify, Random);
        var identity = new DeviceIdentity("device-1", device.PublicKey);
        List<(byte[] Message, byte[] Reply)> exchanged = [];
        var link = new SealedPhoneLink("cert-1", "device-1", cluster.PublicKeys[0], device.SignAsync, message =>
        {
            var reply = Assert.IsType<Received.Request>(Receive(message)).Reply(new Failed(ProtocolFailure.Unexpected));
            exchanged.Add((message, reply));
            return ValueTask.FromResult(reply);
        }, Random);
        using var conversation = await link.BeginAsync("r");
        for (var i = 0; i < 3; i++)
        {
            await conversation.SendAsync(new ProofOpen("r", 1, ProofPurpose.Decryption));
        }

        Assert.Equal(exchanged[2].Reply, Assert.IsType<Received.Repeat>(Receive(exchanged[2].Message)).Reply);
        Assert.Equal(new Received.Rejected(ChannelFault.OutOfOrder), Receive(exchanged[1].Message));
        await conversation.SendAsync(new ProofOpen("r", 1, ProofPurpose.Decryption));
        Assert.Equal(new Received.Rejected(ChannelFault.OutOfOrder), Receive(exchanged[2].Message));

        Received Receive(byte[] message) => channels.Receive(message, identity, DateTimeOffset.UnixEpoch);
    }
}
