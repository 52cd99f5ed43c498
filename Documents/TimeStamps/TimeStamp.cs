using Bzt.Documents.Seals;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.TimeStamps;

namespace Bzt.Documents.TimeStamps;

/// <summary>A time stamp of RFC 3161, judged.</summary>
/// <param name="Good">The token is over these octets, signed by the certificate in it, and that certificate is for time stamping.</param>
/// <param name="Time">When what it is over existed at the latest; meaningless unless good.</param>
/// <param name="Authority">Organisation or name in the authority's certificate.</param>
/// <param name="Path">The way to a trusted root at that time.</param>
/// <param name="Detail">Why it is not good.</param>
public sealed record TimeStamp(bool Good, DateTimeOffset Time, string Authority, SignerPath Path, string Detail)
{
    private static readonly TimeStamp None = new(false, default, "", SignerPath.None, "");

    /// <summary>Good, and of an authority that is trusted.</summary>
    public bool IsTrusted => Good && Path.IsTrusted;

    /// <param name="token">DER or BER.</param>
    /// <param name="stamped">What it has to be over, such as a signature's value.</param>
    /// <param name="roots">Trusted roots, DER.</param>
    /// <param name="known">Further certificates that may lead to one.</param>
    public static TimeStamp Judge(byte[] token, ReadOnlySpan<byte> stamped, IReadOnlyList<byte[]> roots, IEnumerable<byte[]>? known = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (SignedCms.TryRead(token, out var why) is not { } cms)
        {
            return None with { Detail = why };
        }

        if (cms.Content is not { } content || TimeStampInfo.TryRead(content) is not { } info)
        {
            return None with { Detail = "no statement of a time over SM3" };
        }

        var stampsTimes = Sm2Certificate.TryParse(cms.Certificate, out var certificate) && certificate.StampsTimes;
        var detail = !cms.SignatureGood || cms.MessageDigest is not { } digest || !digest.AsSpan().SequenceEqual(Sm3.Hash(content)) ? "the signature does not verify"
            : !info.Digest.AsSpan().SequenceEqual(Sm3.Hash(stamped)) ? "it is over something else"
            : !stampsTimes ? "the certificate is not for time stamping"
            : "";
        return new TimeStamp(
            detail.Length == 0, info.Time, CmsSeal.Subject(cms.Certificate),
            SignerPath.Build(cms.Certificate, cms.Others.Concat(known ?? []), roots, info.Time) with { MaySign = stampsTimes }, detail);
    }
}
