using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Channel;

/// <summary>
/// The key schedule of the channel between phone and silo, in the shape of Noise NK: the phone's ephemeral against the
/// cluster's static key (es), then against the silo's ephemeral (ee). The gateway in between carries ciphertext.
/// </summary>
internal sealed class ChannelKeys : IDisposable
{
    public const int Version = 1;
    public const int HelloType = 1;
    public const int HelloReplyType = 2;
    public const int MessageType = 3;
    public const int MessageReplyType = 4;
    public const int SignatureLength = 64;
    public const int ChannelIdLength = 16;
    public const int ClusterKeyIdLength = 8;

    private readonly SecretBytes toSilo;
    private readonly SecretBytes toPhone;

    private ChannelKeys(byte[] transcript, SecretBytes toSilo, SecretBytes toPhone)
    {
        (Transcript, this.toSilo, this.toPhone) = (transcript, toSilo, toPhone);
        ChannelId = TaggedHash.Hash("channel/id", transcript)[..ChannelIdLength];
    }

    /// <summary>SM3 over everything both sides said and meant so far.</summary>
    public byte[] Transcript { get; }

    public byte[] ChannelId { get; }

    public static byte[] ClusterKeyId(Point clusterKey) => TaggedHash.Hash("channel/cluster", clusterKey.Encode())[..ClusterKeyIdLength];

    /// <summary>What the first message is bound to: certificate, device, request, step, both public keys.</summary>
    public static byte[] HelloTranscript(string keyId, string deviceId, string requestId, int step, Point clusterKey, Point phoneEphemeral) =>
        TaggedHash.Hash(
            "channel/hello", TaggedHash.Part(keyId), TaggedHash.Part(deviceId), TaggedHash.Part(requestId), TaggedHash.Part(step),
            clusterKey.Encode(), phoneEphemeral.Encode());

    /// <summary>What the device's key signs.</summary>
    public static byte[] DeviceData(byte[] transcript, int counter, int step, byte[] message) =>
        TaggedHash.Hash("channel/device", transcript, TaggedHash.Part(counter), TaggedHash.Part(step), message);

    /// <summary>The key of the first message only.</summary>
    public static SecretBytes HelloKey(Point es, byte[] helloTranscript) => Derive("channel/key/hello", helloTranscript, es.Encode());

    /// <summary>The keys of everything after it.</summary>
    public static ChannelKeys Create(Point es, Point ee, byte[] helloTranscript, byte[] hello, Point siloEphemeral)
    {
        var transcript = TaggedHash.Hash("channel/transcript", helloTranscript, Sm3.Hash(hello), siloEphemeral.Encode());
        return new(
            transcript,
            Derive("channel/key/to-silo", transcript, es.Encode(), ee.Encode()),
            Derive("channel/key/to-phone", transcript, es.Encode(), ee.Encode()));
    }

    public byte[] SealToSilo(int counter, int step, byte[] content) => Seal(toSilo, counter, Data(1, counter, step), content);

    public bool TryOpenAtSilo(int counter, int step, byte[] box, out byte[] content) => TryOpen(toSilo, counter, Data(1, counter, step), box, out content);

    public byte[] SealToPhone(int counter, byte[] content) => Seal(toPhone, counter, Data(2, counter, 0), content);

    public bool TryOpenAtPhone(int counter, byte[] box, out byte[] content) => TryOpen(toPhone, counter, Data(2, counter, 0), box, out content);

    public static byte[] Seal(SecretBytes key, int counter, byte[] data, byte[] content) =>
        Sm4Gcm.Seal(key.Span[..Sm4Gcm.KeyLength], Nonce(key, counter), data, content);

    public static bool TryOpen(SecretBytes key, int counter, byte[] data, byte[] box, out byte[] content) =>
        Sm4Gcm.TryOpen(key.Span[..Sm4Gcm.KeyLength], Nonce(key, counter), data, box, out content);

    public void Dispose()
    {
        toSilo.Dispose();
        toPhone.Dispose();
    }

    private static byte[] Nonce(SecretBytes key, int counter)
    {
        var nonce = key.Span[Sm4Gcm.KeyLength..].ToArray();
        var number = TaggedHash.Part(counter);
        for (var i = 0; i < number.Length; i++)
        {
            nonce[nonce.Length - number.Length + i] ^= number[i];
        }

        return nonce;
    }

    private static SecretBytes Derive(string label, params byte[][] parts)
    {
        var bytes = TaggedHash.Expand(label, Sm4Gcm.KeyLength + Sm4Gcm.NonceLength, parts);
        var key = new SecretBytes(bytes);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        for (var i = 1; i < parts.Length; i++)
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(parts[i]);
        }

        return key;
    }

    private byte[] Data(int direction, int counter, int step) => TaggedHash.Hash(
        "channel/data", Transcript, TaggedHash.Part(direction), TaggedHash.Part(counter), TaggedHash.Part(step));
}

/// <summary>The first message as it travels.</summary>
internal sealed record Hello(string RequestId, int Step, byte[] ClusterKeyId, Point Ephemeral, byte[] Box)
{
    public byte[] Encode() => new WireWriter().U8(ChannelKeys.Version).U8(ChannelKeys.HelloType)
        .Text(RequestId).U8(Step).Fixed(ClusterKeyId).Point(Ephemeral).Bytes(Box).ToArray();

    public static Hello? Read(ref WireReader r)
    {
        var hello = new Hello(r.Text(), r.U8(), r.Fixed(ChannelKeys.ClusterKeyIdLength), r.Point(), r.Bytes());
        return r.Complete ? hello : null;
    }
}

/// <summary>A later message as it travels.</summary>
internal sealed record ChannelMessage(byte[] ChannelId, int Step, int Counter, byte[] Box)
{
    public byte[] Encode() => new WireWriter().U8(ChannelKeys.Version).U8(ChannelKeys.MessageType)
        .Fixed(ChannelId).U8(Step).I32(Counter).Bytes(Box).ToArray();

    public static ChannelMessage? Read(ref WireReader r)
    {
        var message = new ChannelMessage(r.Fixed(ChannelKeys.ChannelIdLength), r.U8(), r.I32(), r.Bytes());
        return r.Complete ? message : null;
    }
}
