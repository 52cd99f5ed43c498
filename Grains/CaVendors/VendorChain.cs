using Bzt.Protocol.Certificates;

namespace Bzt.Grains.CaVendors;

/// <summary>A path from a certificate to one of a vendor's roots, from certificates that came in any order.</summary>
internal static class VendorChain
{
    private const int Longest = 5;

    /// <summary>The issuers, the root last; null when no path is good now.</summary>
    public static IReadOnlyList<byte[]>? Build(byte[] certificate, IReadOnlyList<byte[]> others, IReadOnlyList<byte[]> roots, DateTimeOffset now)
    {
        if (!Sm2Certificate.TryParse(certificate, out var leaf))
        {
            return null;
        }

        List<Sm2Certificate> known = [.. roots.Concat(others).Select(der => Sm2Certificate.TryParse(der, out var parsed) ? parsed : null).OfType<Sm2Certificate>()];
        var chain = new List<byte[]>();
        for (var current = leaf; chain.Count < Longest;)
        {
            // Roots come first among the known: the shortest way ends there.
            if (known.FirstOrDefault(issuer => issuer.IsAuthority && current.IsIssuedBy(issuer)) is not { } issuer)
            {
                return null;
            }

            chain.Add(issuer.Der);
            if (issuer.IsIssuedBy(issuer))
            {
                return Sm2CertificatePath.Verify(leaf, chain, roots, now) == PathFault.None ? chain : null;
            }

            current = issuer;
        }

        return null;
    }
}
