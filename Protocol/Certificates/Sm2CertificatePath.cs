namespace Bzt.Protocol.Certificates;

/// <summary>What is wrong with a certificate's way to a root, first fault first.</summary>
public enum PathFault
{
    /// <summary>The path is good.</summary>
    None,

    /// <summary>A certificate of the path is not one, or the path is longer than any CA's.</summary>
    Malformed,

    /// <summary>A certificate is not issued by the next one.</summary>
    BrokenLink,

    /// <summary>An issuer is not allowed to issue, or not so many authorities below it.</summary>
    NotAuthority,

    /// <summary>A certificate is not yet, or no longer, valid.</summary>
    NotValidNow,

    /// <summary>The path does not end at a trusted root.</summary>
    UntrustedRoot,
}

/// <summary>Checks a path of SM2 certificates to a pinned root (RFC 5280, 6.1, without policies and name constraints).</summary>
public static class Sm2CertificatePath
{
    private const int MaxLength = 6;

    /// <param name="leaf">The certificate in question.</param>
    /// <param name="chain">Its issuers, DER, the root last.</param>
    /// <param name="trustedRoots">Roots known from elsewhere, DER: the last of the chain must be one of them, octet by octet.</param>
    /// <param name="now">When it must be valid.</param>
    public static PathFault Verify(Sm2Certificate leaf, IReadOnlyList<byte[]> chain, IReadOnlyList<byte[]> trustedRoots, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(trustedRoots);
        if (chain.Count is 0 or > MaxLength)
        {
            return PathFault.Malformed;
        }

        var subject = leaf;
        // Below the issuer that is looked at, without the leaf, which is no intermediate even where it is a CA's; a self-issued one does not count.
        var intermediates = 0;
        foreach (var der in chain)
        {
            if (!ReferenceEquals(subject, leaf) && !subject.IsSelfIssued)
            {
                intermediates++;
            }

            if (!Sm2Certificate.TryParse(der, out var issuer))
            {
                return PathFault.Malformed;
            }

            // RFC 5280, 6.1.4 (k) to (n).
            if (!issuer.IsAuthority || issuer.PathLength < intermediates)
            {
                return PathFault.NotAuthority;
            }

            if (!subject.IsIssuedBy(issuer))
            {
                return PathFault.BrokenLink;
            }

            if (now < subject.NotBefore || now > subject.NotAfter)
            {
                return PathFault.NotValidNow;
            }

            subject = issuer;
        }

        if (!subject.IsIssuedBy(subject) || !trustedRoots.Any(root => root.AsSpan().SequenceEqual(subject.Der)))
        {
            return PathFault.UntrustedRoot;
        }

        return now < subject.NotBefore || now > subject.NotAfter ? PathFault.NotValidNow : PathFault.None;
    }
}
