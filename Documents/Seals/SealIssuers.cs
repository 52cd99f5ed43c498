using System.Security.Cryptography;
using Bzt.Documents.Certificates;
using Bzt.Documents.Pdf;
using Bzt.Protocol.Certificates;

namespace Bzt.Documents.Seals;

/// <summary>
/// Certificates that may lead a seal's signer to a root: the caller's, and what any seal of the document brought along, since a certificate is believed for
/// its issuer's signature and not for where it lay. Whoever made the file chose how many.
/// </summary>
internal sealed class SealIssuers
{
    /// <summary>All CAs of the field and their ancestors are fewer; what else came along is not kept.</summary>
    private const int MaximumIssuers = 200, MaximumMet = 5_000;

    private readonly Dictionary<string, byte[]> issuers = [];
    private readonly HashSet<string> met = [];
    private readonly Dictionary<SealContent, IReadOnlyList<byte[]>> own = new(ReferenceEqualityComparer.Instance);

    private SealIssuers()
    {
    }

    public IReadOnlyList<byte[]> All { get; private set; } = [];

    /// <exception cref="PdfRefusedException">More than any seals bring along.</exception>
    public static SealIssuers Gather(IReadOnlyList<byte[]> known, IEnumerable<SealContent> seals)
    {
        var gathered = new SealIssuers();
        foreach (var seal in seals) gathered.own[seal] = [.. CameAlong(seal).Select(gathered.Add).OfType<byte[]>().Distinct()];
        gathered.All = [.. known, .. gathered.issuers.Values];
        return gathered;
    }

    /// <summary>What the seal itself brought first: of two ways it means that one.</summary>
    public IReadOnlyList<byte[]> For(SealContent seal) => [.. own[seal], .. All];

    private static IEnumerable<byte[]> CameAlong(SealContent seal) =>
        seal.TimeStamp is { } token && SignedCms.TryRead(token, out _) is { } stamp ? seal.Others.Concat(stamp.Others) : seal.Others;

    /// <summary>The one that is kept of equal ones; null when it issues nothing.</summary>
    private byte[]? Add(byte[] certificate)
    {
        var name = Convert.ToHexString(SHA256.HashData(certificate));
        if (met.Add(name) && IsAuthority(certificate)) issuers.Add(name, certificate);
        if (issuers.Count > MaximumIssuers || met.Count > MaximumMet) throw new PdfRefusedException(PdfRefusal.TooLarge, "certificates that came along");
        return issuers.GetValueOrDefault(name);
    }

    private static bool IsAuthority(byte[] certificate) =>
        Sm2Certificate.TryParse(certificate, out var parsed) ? parsed.IsAuthority : LockCertificate.TryParse(certificate, out var other) && other.IsAuthority;
}
