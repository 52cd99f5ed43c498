using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Bzt.Protocol.Rounds;

namespace Bzt.Grains.Certificates;

/// <summary>
/// What stands between a phone in the wrong hands and its key, sealed under the ring: the count of wrong PINs with its lock, the freeze, and the
/// approval of a reset. Whoever can write the database alone sets none of them.
/// </summary>
/// <remarks>
/// The seal's place is the certificate and the newest link of its evidence. Each wrong PIN is a link, so an older count does not fit what the
/// row has since; it fits only an older row as a whole, and that one does not go on from the evidence, whatever number it gives its head
/// (<see cref="EvidenceLead"/>), unless the page is put back as well.
/// A row of a release that sealed no count has no seal, and shares that say so; the first write adds it, and the next shares demand it
/// (<see cref="IsDemanded"/>), so taking the seal away is noticed too.
/// </remarks>
internal static class PinSeal
{
    private const string Purpose = "certificate/pin-count";

    /// <summary>The state as it is to be written: sealed anew when something that is sealed changed.</summary>
    public static CertificateRecord Put(IKeyProtector protector, CertificateId id, CertificateRecord before, CertificateRecord next)
    {
        if (next.Shares is not { } shares)
        {
            return next.PinSeal is null ? next : next with { PinSeal = null };
        }

        var place = Place(id, next);
        return next.PinSeal is not null && before.Shares is { } known && Same(Content(known), Content(shares)) && Same(Place(id, before), place)
            ? next
            : next with { PinSeal = protector.Protect(Purpose, place, Content(shares)) };
    }

    /// <summary>False when what is stored is not what was sealed.</summary>
    public static bool Holds(IKeyProtector protector, CertificateId id, CertificateRecord record)
    {
        if (record.Shares is not { } shares)
        {
            return true;
        }

        if (record.PinSeal is not { } seal)
        {
            return !IsDemanded(protector, shares);
        }

        try
        {
            using var content = protector.Unprotect(Purpose, Place(id, record), seal);
            return content.Span.SequenceEqual(Content(shares));
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>These shares were sealed by a release that seals the count beside them.</summary>
    private static bool IsDemanded(IKeyProtector protector, KeyShareState shares) =>
        new KeyShareServer(shares.KeyId, shares.DeviceId, new ShareSealer(protector, countedOnly: true), SystemRandom.Instance).Opens(shares);

    private static byte[] Place(CertificateId id, CertificateRecord record) => [.. id.Value.ToByteArray(bigEndian: true), .. record.Evidence?.Hash ?? []];

    private static byte[] Content(KeyShareState shares)
    {
        var content = new byte[21];
        BinaryPrimitives.WriteInt32BigEndian(content, shares.Epoch);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(4), shares.Pending?.Epoch ?? -1);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(8), shares.Pin.Failures);
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(12), shares.Pin.LockedUntil?.UtcTicks ?? 0);
        content[20] = shares.IsFrozen ? (byte)1 : (byte)0;
        return shares.Approval is { } approval
            ? [.. content, .. Encoding.UTF8.GetBytes(FormattableString.Invariant(
                $"{approval.RequestId}|{approval.NotBefore.UtcTicks}|{approval.NotAfter.UtcTicks}|{approval.IsReleased}|{approval.Number}"))]
            : content;
    }

    private static bool Same(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);
}
