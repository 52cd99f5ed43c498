using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Channel;

/// <summary>Carries bytes to the silo, through the gateway, and brings back its answer.</summary>
/// <exception cref="PhoneLinkException">The answer did not come, or the silo refused the bytes.</exception>
public delegate ValueTask<byte[]> ChannelTransport(byte[] message);

/// <summary>The phone's end of the sealed channel: each conversation is one channel.</summary>
public sealed class SealedPhoneLink : IPhoneLink
{
    private readonly string keyId;
    private readonly string deviceId;
    private readonly Point clusterKey;
    private readonly DeviceSigner sign;
    private readonly ChannelTransport transport;
    private readonly IRandomSource random;

    /// <summary>A link for one key on this device.</summary>
    /// <param name="keyId">The key.</param>
    /// <param name="deviceId">This device.</param>
    /// <param name="clusterKey">From a verified <see cref="ClusterKeyList"/>.</param>
    /// <param name="sign">The device's key.</param>
    /// <param name="transport">The way through the gateway. It may repeat a message, byte for byte.</param>
    /// <param name="random">Randomness.</param>
    public SealedPhoneLink(
        string keyId, string deviceId, Point clusterKey, DeviceSigner sign, ChannelTransport transport, IRandomSource random)
    {
        (this.keyId, this.deviceId, this.clusterKey, this.sign, this.transport, this.random) = (keyId, deviceId, clusterKey, sign, transport, random);
    }

    /// <inheritdoc/>
    public ValueTask<IPhoneConversation> BeginAsync(string requestId) =>
        ValueTask.FromResult<IPhoneConversation>(new Conversation(this, requestId));

    private sealed class Conversation(SealedPhoneLink link, string requestId) : IPhoneConversation
    {
        private ChannelKeys? keys;
        private int counter;

        public async ValueTask<SiloAnswer> SendAsync(PhoneRequest request)
        {
            var content = keys is null ? await HelloAsync(request) : await MessageAsync(keys, request);
            return SiloAnswer.TryParse(content, out var answer) ? answer! : throw new PhoneLinkException("The silo's answer is not understood.");
        }

        public void Dispose() => keys?.Dispose();

        private async ValueTask<byte[]> HelloAsync(PhoneRequest request)
        {
            var message = request.Encode();
            var step = (int)request.Kind;
            using var ephemeral = SecretScalar.Random(link.random);
            var point = Sm2Group.MultiplyBase(ephemeral.Value);
            var transcript = ChannelKeys.HelloTranscript(link.keyId, link.deviceId, requestId, step, link.clusterKey, point);
            var es = Sm2Group.Multiply(ephemeral.Value, link.clusterKey);
            var signature = await link.sign(ChannelKeys.DeviceData(transcript, 0, step, message));
            using var helloKey = ChannelKeys.HelloKey(es, transcript);
            var hello = new Hello(
                requestId, step, ChannelKeys.ClusterKeyId(link.clusterKey), point,
                ChannelKeys.Seal(helloKey, 0, transcript, [.. signature, .. message])).Encode();

            var (siloEphemeral, box) = ReadHelloReply(await link.transport(hello));
            var fresh = ChannelKeys.Create(es, Sm2Group.Multiply(ephemeral.Value, siloEphemeral), transcript, hello, siloEphemeral);
            if (!fresh.TryOpenAtPhone(0, box, out var content))
            {
                fresh.Dispose();
                throw new PhoneLinkException("The answer is not the silo's.");
            }

            keys = fresh;
            return content;
        }

        private async ValueTask<byte[]> MessageAsync(ChannelKeys channel, PhoneRequest request)
        {
            counter++;
            var message = request.Encode();
            var step = (int)request.Kind;
            var signature = await link.sign(ChannelKeys.DeviceData(channel.Transcript, counter, step, message));
            var box = channel.SealToSilo(counter, step, [.. signature, .. message]);
            var reply = await link.transport(new ChannelMessage(channel.ChannelId, step, counter, box).Encode());
            return channel.TryOpenAtPhone(counter, ReadReply(reply), out var content)
                ? content
                : throw new PhoneLinkException("The answer is not the silo's.");
        }

        private static (Point Ephemeral, byte[] Box) ReadHelloReply(byte[] bytes)
        {
            var r = new WireReader(bytes);
            var fits = r.U8() == ChannelKeys.Version & r.U8() == ChannelKeys.HelloReplyType;
            var (ephemeral, box) = (r.Point(), r.Bytes());
            return fits && r.Complete ? (ephemeral, box) : throw new PhoneLinkException("The answer is not a channel's.");
        }

        private static byte[] ReadReply(byte[] bytes)
        {
            var r = new WireReader(bytes);
            var fits = r.U8() == ChannelKeys.Version & r.U8() == ChannelKeys.MessageReplyType;
            var box = r.Bytes();
            return fits && r.Complete ? box : throw new PhoneLinkException("The answer is not a channel's.");
        }
    }
}
