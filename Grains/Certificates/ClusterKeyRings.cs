using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Evidence;
using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Secrets;

namespace Bzt.Grains.Certificates;

/// <summary>The cluster's keys as this process uses them: opened at first use, held for its life.</summary>
public sealed class ClusterKeyRings(IGrainFactory grains, IKeyProtector protector) : IDisposable
{
    internal const string Root = "channel-root";
    internal const string Current = "channel-current";
    internal const string Next = "channel-next";
    internal const string Evidence = "evidence";

    private const string Purpose = "cluster/key";

    private readonly SemaphoreSlim gate = new(1, 1);
    private Opened? opened;

    internal async ValueTask<ClusterKeyRing> ChannelAsync() => (await OpenAsync()).Channel;

    /// <summary>Signs how far a chain goes, by this process's clock.</summary>
    internal async ValueTask<SignedEvidenceHead> SignAsync(CertificateId certificate, EvidenceLog log, DateTimeOffset now)
    {
        var key = (await OpenAsync()).Evidence;
        var publicKey = Sm2Group.MultiplyBase(key.Value);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var signature = new EvidenceHead(certificate.Value, log.Sequence, log.Hash, at).Sign(key, publicKey, SystemRandom.Instance);
        return new SignedEvidenceHead(log.Sequence, log.Hash, at, signature.ToRaw(), publicKey.Encode());
    }

    /// <summary>Signs a checkpoint over many chains.</summary>
    internal async ValueTask<SignedCheckpoint> SignAsync(EvidenceCheckpoint checkpoint)
    {
        var key = (await OpenAsync()).Evidence;
        var signature = checkpoint.Sign(key, Sm2Group.MultiplyBase(key.Value), SystemRandom.Instance);
        return new SignedCheckpoint(checkpoint.Number, checkpoint.Previous, checkpoint.Size, checkpoint.Root, checkpoint.At, signature.ToRaw());
    }

    /// <summary>Signs what became of a file at a bid opening.</summary>
    internal async ValueTask<(byte[] Signature, byte[] PublicKey)> SignAsync(OpeningRecord record)
    {
        var key = (await OpenAsync()).Evidence;
        var publicKey = Sm2Group.MultiplyBase(key.Value);
        return (record.Sign(key, publicKey, SystemRandom.Instance).ToRaw(), publicKey.Encode());
    }

    public void Dispose()
    {
        opened?.Channel.Dispose();
        opened?.Evidence.Dispose();
        gate.Dispose();
    }

    internal static byte[] Seal(IKeyProtector protector, string name, SecretScalar key) =>
        protector.Protect(Purpose, Encoding.ASCII.GetBytes(name), key.Span);

    private async ValueTask<Opened> OpenAsync()
    {
        if (opened is { } known)
        {
            return known;
        }

        await gate.WaitAsync();
        try
        {
            if (opened is null)
            {
                var keys = await grains.ClusterKeys().GetSealed();
                opened = new Opened(
                    new ClusterKeyRing(Unseal(Current, keys.CurrentChannelKey), Unseal(Next, keys.NextChannelKey)), Unseal(Evidence, keys.EvidenceKey));
            }

            return opened;
        }
        finally
        {
            gate.Release();
        }
    }

    private SecretScalar Unseal(string name, byte[] sealedKey)
    {
        using var bytes = protector.Unprotect(Purpose, Encoding.ASCII.GetBytes(name), sealedKey);
        return Scalar.TryDecode(bytes.Span, out var scalar) ? new SecretScalar(scalar) : throw new CryptographicException("A stored cluster key is damaged.");
    }

    private sealed record Opened(ClusterKeyRing Channel, SecretScalar Evidence);
}
