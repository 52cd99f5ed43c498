using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Channel;

/// <summary>
/// The cluster's public channel keys as the app gets them, signed by the root whose public key is built into the app
/// and whose secret stays offline.
/// </summary>
/// <param name="Current">The key to open channels with.</param>
/// <param name="Next">The key that will follow, so that a phone that was away for long still finds one it knows.</param>
/// <param name="IssuedAt">When it was signed, to the second: a phone never goes back to an older list.</param>
public sealed record ClusterKeyList(Point Current, Point? Next, DateTimeOffset IssuedAt)
{
    private const int Version = 1;

    /// <summary>The list with the root's signature.</summary>
    public byte[] Sign(SecretScalar root, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(root);
        var body = Encode();
        var signature = Sm2Signature.Sign(root, Digest(Sm2Group.MultiplyBase(root.Value), body), random);
        return [.. body, .. signature.ToRaw()];
    }

    /// <summary>Reads a list that the root signed; false for anything else.</summary>
    public static bool TryVerify(ReadOnlySpan<byte> bytes, Point root, out ClusterKeyList? list)
    {
        list = null;
        if (bytes.Length <= Sm2Signature.RawLength)
        {
            return false;
        }

        var body = bytes[..^Sm2Signature.RawLength].ToArray();
        if (!Sm2Signature.TryParseRaw(bytes[^Sm2Signature.RawLength..], out var signature) || !signature!.Verify(root, Digest(root, body)))
        {
            return false;
        }

        var r = new WireReader(body);
        if (r.U8() != Version)
        {
            return false;
        }

        var parsed = new ClusterKeyList(
            r.Point(), r.Flag() ? r.Point() : null, DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(r.I64(), 0, 253_402_300_799)));
        list = r.Complete ? parsed : null;
        return list is not null;
    }

    /// <summary>Under which name a phone keeps what <see cref="Follow"/> makes: of another root's lists nothing is known.</summary>
    public static string NameOf(Point root) => "channel/" + Convert.ToHexStringLower(Sm3.Hash(root.Encode()).AsSpan(0, 16));

    /// <summary>What a phone keeps of the newest list it took: <see cref="IssuedAt"/> as 8 bytes, big endian seconds. Null when it has seen a newer list than this.</summary>
    /// <param name="kept">What it keeps so far; null at the first one.</param>
    /// <exception cref="InvalidDataException">What is kept is damaged.</exception>
    public byte[]? Follow(byte[]? kept)
    {
        var seconds = IssuedAt.ToUnixTimeSeconds();
        if (kept is null)
        {
            return new WireWriter().I64(seconds).ToArray();
        }

        var r = new WireReader(kept);
        var newest = r.I64();
        return !r.Complete ? throw new InvalidDataException("What is kept of the channel keys is damaged.")
            : seconds < newest ? null
            : seconds == newest ? kept
            : new WireWriter().I64(seconds).ToArray();
    }

    private static byte[] Digest(Point root, byte[] body) =>
        Sm2Signature.Digest(root, TaggedHash.Hash("cluster-keys", body));

    private byte[] Encode()
    {
        var writer = new WireWriter().U8(Version).Point(Current).U8(Next is null ? 0 : 1);
        if (Next is { } next)
        {
            writer.Point(next);
        }

        return writer.I64(IssuedAt.ToUnixTimeSeconds()).ToArray();
    }
}

/// <summary>The cluster's secret channel keys: the current one, and others that phones may still use.</summary>
public sealed class ClusterKeyRing : IDisposable
{
    private readonly List<(byte[] Id, Point Public, SecretScalar Secret)> keys = [];

    /// <summary>Takes over the keys; they are disposed with the ring.</summary>
    public ClusterKeyRing(params ReadOnlySpan<SecretScalar> secrets)
    {
        foreach (var secret in secrets)
        {
            var point = Sm2Group.MultiplyBase(secret.Value);
            keys.Add((ChannelKeys.ClusterKeyId(point), point, secret));
        }
    }

    /// <summary>The public keys, in the order given.</summary>
    public IReadOnlyList<Point> PublicKeys => [.. keys.Select(key => key.Public)];

    /// <inheritdoc/>
    public void Dispose() => keys.ForEach(key => key.Secret.Dispose());

    internal (Point Public, SecretScalar Secret)? Find(byte[] id)
    {
        foreach (var key in keys)
        {
            if (key.Id.AsSpan().SequenceEqual(id))
            {
                return (key.Public, key.Secret);
            }
        }

        return null;
    }
}
