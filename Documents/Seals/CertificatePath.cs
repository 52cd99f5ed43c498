using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;

namespace Bzt.Documents.Seals;

/// <summary>Why a certificate is not accepted.</summary>
public enum PathFault
{
    /// <summary>Accepted.</summary>
    None,
    /// <summary>It does not decode.</summary>
    Malformed,
    /// <summary>No way from it to a trusted root.</summary>
    NotTrusted,
    /// <summary>A signature on the way does not verify.</summary>
    BadSignature,
    /// <summary>At that time it was not valid yet, or no longer.</summary>
    OutsideValidity,
    /// <summary>A certificate on the way may not issue others.</summary>
    NotAnAuthority,
    /// <summary>The certificate is not for signing.</summary>
    WrongUsage,
}

/// <summary>The way from a certificate to a trusted root. Revocation is a question of its own.</summary>
/// <param name="Certificates">DER, the certificate itself first; as far as the way was found.</param>
/// <param name="Fault">What is wrong.</param>
public sealed record CertificatePath(IReadOnlyList<byte[]> Certificates, PathFault Fault)
{
    private const int MaximumLength = 8;

    /// <summary>RFC 5280, 6.1, as far as certification authorities in the field use it: names, signatures, validity, basic constraints, key usage.</summary>
    /// <param name="certificate">The signer's certificate, DER.</param>
    /// <param name="others">Certificates that came along, in any order.</param>
    /// <param name="roots">Trusted roots, DER.</param>
    /// <param name="at">When the signature was made.</param>
    public static CertificatePath Build(byte[] certificate, IEnumerable<byte[]> others, IReadOnlyCollection<byte[]> roots, DateTimeOffset at)
    {
        var path = new List<byte[]> { certificate };
        if (!TryDecode(certificate, out var current)) return new CertificatePath(path, PathFault.Malformed);
        // Bits 0 and 1: digitalSignature, nonRepudiation.
        if (current!.GetKeyUsage() is { } usage && !usage[0] && !usage[1]) return new CertificatePath(path, PathFault.WrongUsage);
        if (!current.IsValid(at.UtcDateTime)) return new CertificatePath(path, PathFault.OutsideValidity);

        var candidates = others.Concat(roots).ToArray();
        while (!roots.Any(root => root.AsSpan().SequenceEqual(path[^1])))
        {
            if (path.Count == MaximumLength) return new CertificatePath(path, PathFault.NotTrusted);
            if (current.SubjectDN.Equivalent(current.IssuerDN, true)) return new CertificatePath(path, PathFault.NotTrusted);
            var fault = PathFault.NotTrusted;
            byte[]? next = null;
            foreach (var candidate in candidates)
            {
                if (path.Any(p => p.AsSpan().SequenceEqual(candidate)) || !TryDecode(candidate, out var issuer) || !issuer!.SubjectDN.Equivalent(current.IssuerDN, true)) continue;
                fault = Judge(current, issuer, at, path.Count - 1);
                if (fault != PathFault.None) continue;
                (next, current) = (candidate, issuer);
                break;
            }
            if (next is null) return new CertificatePath(path, fault);
            path.Add(next);
        }
        return new CertificatePath(path, PathFault.None);
    }

    private static PathFault Judge(X509Certificate subject, X509Certificate issuer, DateTimeOffset at, int authoritiesBelow)
    {
        // GetBasicConstraints: −1 when it is no authority, else how many authorities may stand below it.
        if (issuer.GetBasicConstraints() is var below && (below < 0 || authoritiesBelow > below)) return PathFault.NotAnAuthority;
        if (issuer.GetKeyUsage() is { } usage && !usage[5]) return PathFault.NotAnAuthority;
        if (!issuer.IsValid(at.UtcDateTime)) return PathFault.OutsideValidity;
        try
        {
            subject.Verify(issuer.GetPublicKey());
            return PathFault.None;
        }
        catch (Exception e) when (CmsSeal.IsMalformed(e))
        {
            return PathFault.BadSignature;
        }
    }

    private static bool TryDecode(byte[] der, out X509Certificate? certificate)
    {
        certificate = null;
        try
        {
            var structure = X509CertificateStructure.GetInstance(der);
            // Exact: nothing may hide behind the certificate, nor in another encoding of it.
            if (!structure.GetDerEncoded().AsSpan().SequenceEqual(der)) return false;
            certificate = new X509Certificate(structure);
            _ = certificate.GetPublicKey();
            return true;
        }
        catch (Exception e) when (CmsSeal.IsMalformed(e))
        {
            return false;
        }
    }
}
