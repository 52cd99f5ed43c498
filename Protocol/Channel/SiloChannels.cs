using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Channel;

/// <summary>
/// The silo's end of the channels of one key. Volatile like <see cref="Rounds.OpenRounds"/>: it lives and dies with
/// one activation. Not safe for concurrent use.
/// </summary>
public sealed class SiloChannels : IDisposable
{
    /// <summary>Most channels open at once; one more drops the oldest.</summary>
    public const int Capacity = 16;

    /// <summary>How long a channel may stay open.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly string keyId;
    private readonly ClusterKeyRing clusterKeys;
    private readonly DeviceSignatureVerifier verify;
    private readonly IRandomSource random;
    private readonly INonceSource nonces;
    private readonly List<OpenChannel> channels = [];

    /// <summary>The channels of one key. The ring stays the caller's; ephemeral keys come from <paramref name="nonces"/>, null draws them from <paramref name="random"/>.</summary>
    public SiloChannels(
        string keyId, ClusterKeyRing clusterKeys, DeviceSignatureVerifier verify, IRandomSource random, INonceSource? nonces = null)
    {
        (this.keyId, this.clusterKeys, this.verify, this.random, this.nonces) = (keyId, clusterKeys, verify, random, nonces ?? new DrawnNonces(random));
    }

    /// <summary>Opens what the gateway brought: a request to decide about, a repeat to answer as before, or nothing to answer.</summary>
    public Received Receive(ReadOnlySpan<byte> bytes, DeviceIdentity device, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(device);
        foreach (var expired in channels.Where(channel => channel.Expires <= now).ToArray())
        {
            Close(expired);
        }

        var hash = Sm3.Hash(bytes);
        if (channels.FirstOrDefault(channel => channel.LastReceived.AsSpan().SequenceEqual(hash)) is { } repeated)
        {
            return repeated.LastReply is { } reply ? new Received.Repeat(reply) : new Received.Rejected(ChannelFault.OutOfOrder);
        }

        var r = new WireReader(bytes);
        if (r.U8() != ChannelKeys.Version)
        {
            return new Received.Rejected(ChannelFault.Malformed);
        }

        return r.U8() switch
        {
            ChannelKeys.HelloType when Hello.Read(ref r) is { } hello => Receive(hello, bytes.ToArray(), hash, device, now),
            ChannelKeys.MessageType when ChannelMessage.Read(ref r) is { } message => Receive(message, hash, device),
            _ => new Received.Rejected(ChannelFault.Malformed),
        };
    }

    /// <summary>Forgets every channel and its keys.</summary>
    public void Dispose()
    {
        channels.ForEach(channel => channel.Keys.Dispose());
        channels.Clear();
    }

    private Received Receive(Hello hello, byte[] bytes, byte[] hash, DeviceIdentity device, DateTimeOffset now)
    {
        if (clusterKeys.Find(hello.ClusterKeyId) is not { } cluster)
        {
            return new Received.Rejected(ChannelFault.UnknownClusterKey);
        }

        var transcript = ChannelKeys.HelloTranscript(keyId, device.DeviceId, hello.RequestId, hello.Step, cluster.Public, hello.Ephemeral);
        using var ephemeral = nonces.Take();
        var (es, ee) = Agree(cluster.Secret.Value, ephemeral.Secret.Value, hello.Ephemeral);
        using var helloKey = ChannelKeys.HelloKey(es, transcript);
        if (!ChannelKeys.TryOpen(helloKey, 0, transcript, hello.Box, out var content))
        {
            return new Received.Rejected(ChannelFault.NotAuthentic);
        }

        if (Read(content, transcript, 0, hello.Step, device, out var fault) is not { } request)
        {
            return new Received.Rejected(fault);
        }

        // The first message could be a replay: it may open a round, and nothing else.
        if (!request.IsOpening)
        {
            return new Received.Rejected(ChannelFault.NotAnOpening);
        }

        var keys = ChannelKeys.Create(es, ee, transcript, bytes, ephemeral.Point);
        var channel = new OpenChannel { Keys = keys, Expires = now + Lifetime, LastReceived = hash };
        if (channels.Count == Capacity)
        {
            Close(channels[0]);
        }

        channels.Add(channel);
        var silosPoint = ephemeral.Point;
        return new Received.Request(hello.RequestId, request, answer => channel.LastReply = new WireWriter()
            .U8(ChannelKeys.Version).U8(ChannelKeys.HelloReplyType).Point(silosPoint).Bytes(keys.SealToPhone(0, answer.Encode())).ToArray());
    }

    /// <summary>
    /// es and ee: three multiplications of one point, which go side by side and together cost less than two alone. The static key is split
    /// anew each time (<see cref="Sm2Group.MultiplyBlinded"/> says why); the ephemeral one is random by itself.
    /// </summary>
    private (Point Es, Point Ee) Agree(Scalar cluster, Scalar ephemeral, Point phone)
    {
        var blind = Scalar.Random(random);
        Span<Scalar> scalars = [cluster - blind, blind, ephemeral];
        Span<Point> shared = new Point[3];
        Sm2Batch.Multiply(scalars, [phone, phone, phone], shared);
        scalars.Clear();
        return (shared[0] + shared[1], shared[2]);
    }

    private Received Receive(ChannelMessage message, byte[] hash, DeviceIdentity device)
    {
        var channel = channels.FirstOrDefault(open => open.Keys.ChannelId.AsSpan().SequenceEqual(message.ChannelId));
        if (channel is null)
        {
            return new Received.Rejected(ChannelFault.UnknownChannel);
        }

        // Counters never go back: a second message under an old one would reuse its nonce for the answer.
        if (message.Counter != channel.Counter + 1)
        {
            return new Received.Rejected(ChannelFault.OutOfOrder);
        }

        if (!channel.Keys.TryOpenAtSilo(message.Counter, message.Step, message.Box, out var content))
        {
            return new Received.Rejected(ChannelFault.NotAuthentic);
        }

        if (Read(content, channel.Keys.Transcript, message.Counter, message.Step, device, out var fault) is not { } request)
        {
            return new Received.Rejected(fault);
        }

        channel.Counter = message.Counter;
        channel.LastReceived = hash;
        channel.LastReply = null;
        return new Received.Request("", request, answer => channel.LastReply = new WireWriter()
            .U8(ChannelKeys.Version).U8(ChannelKeys.MessageReplyType).Bytes(channel.Keys.SealToPhone(message.Counter, answer.Encode())).ToArray());
    }

    /// <summary>Signature first, then the message: without the device's key nothing gets further than this.</summary>
    private PhoneRequest? Read(byte[] content, byte[] transcript, int counter, int step, DeviceIdentity device, out ChannelFault fault)
    {
        fault = ChannelFault.Malformed;
        if (content.Length <= ChannelKeys.SignatureLength)
        {
            return null;
        }

        var message = content[ChannelKeys.SignatureLength..];
        if (!verify(device.PublicKey, ChannelKeys.DeviceData(transcript, counter, step, message), content.AsSpan(0, ChannelKeys.SignatureLength)))
        {
            fault = ChannelFault.DeviceSignature;
            return null;
        }

        return PhoneRequest.TryParse(message, out var request) && (int)request!.Kind == step ? request : null;
    }

    private void Close(OpenChannel channel)
    {
        channels.Remove(channel);
        channel.Keys.Dispose();
    }

    private sealed class OpenChannel
    {
        public required ChannelKeys Keys { get; init; }

        public required DateTimeOffset Expires { get; init; }

        public int Counter { get; set; }

        public required byte[] LastReceived { get; set; }

        public byte[]? LastReply { get; set; }
    }
}

/// <summary>What arrived: a closed set.</summary>
public abstract record Received
{
    private Received()
    {
    }

    /// <summary>A request of the registered device.</summary>
    /// <param name="RequestId">What the channel was opened for; empty after its first message.</param>
    /// <param name="Message">The message.</param>
    /// <param name="Reply">Seals the answer: call it once, after the write; its result is for the gateway.</param>
    public sealed record Request(string RequestId, PhoneRequest Message, Func<SiloAnswer, byte[]> Reply) : Received;

    /// <summary>The very same bytes again: the very same answer.</summary>
    public sealed record Repeat(byte[] Reply) : Received;

    /// <summary>Nothing the registered device said in this channel. It counts as nothing and changes nothing.</summary>
    public sealed record Rejected(ChannelFault Fault) : Received;
}

/// <summary>Why bytes were rejected; stable codes.</summary>
public enum ChannelFault
{
    /// <summary>Not a message of this version.</summary>
    Malformed = 1,

    /// <summary>Sealed to a key this cluster does not have (any more): fetch the list of keys anew.</summary>
    UnknownClusterKey = 2,

    /// <summary>The channel is not open here (any more): open another.</summary>
    UnknownChannel = 3,

    /// <summary>Altered, or meant for another certificate, device, request or step.</summary>
    NotAuthentic = 4,

    /// <summary>The device's signature does not hold.</summary>
    DeviceSignature = 5,

    /// <summary>The first message of a channel may only open a round.</summary>
    NotAnOpening = 6,

    /// <summary>Not the next message of the channel.</summary>
    OutOfOrder = 7,
}
