using Bzt.Documents.Certificates;
using Bzt.Protocol.Certificates;

namespace Bzt.Documents.Seals;

/// <summary>The way from a signer's certificate to a trusted root, found among certificates that came in any order. Revocation is a question of its own.</summary>
/// <param name="Certificates">DER, the signer's first; as far as the way was found.</param>
/// <param name="Fault">What <see cref="Sm2CertificatePath"/> says of it, at the time of the signature.</param>
/// <param name="MaySign">Whether the certificate is for signing at all.</param>
public sealed record SignerPath(IReadOnlyList<byte[]> Certificates, PathFault Fault, bool MaySign)
{
    private const int MaximumLength = 6;

    /// <summary>Signatures verified on the search. CAs of one name are a few, however often their keys were renewed; a way behind more of them is not found.</summary>
    private const int MaximumTries = 20;

    /// <summary>Nothing found.</summary>
    internal static readonly SignerPath None = new([], PathFault.Malformed, MaySign: false);

    /// <summary>For signing, and trusted.</summary>
    public bool IsTrusted => Fault == PathFault.None && MaySign;

    /// <param name="certificate">The signer's certificate, DER.</param>
    /// <param name="others">Certificates that came along, in any order.</param>
    /// <param name="roots">Trusted roots, DER.</param>
    /// <param name="at">When the signature was made.</param>
    public static SignerPath Build(byte[] certificate, IEnumerable<byte[]> others, IReadOnlyList<byte[]> roots, DateTimeOffset at)
    {
        if (!Sm2Certificate.TryParse(certificate, out var signer))
        {
            return LockCertificate.TryParse(certificate, out var other) ? other.Path(others, roots, at) : None with { Certificates = [certificate] };
        }
        // Roots first: where a CA exists under two roots, the way to a trusted one is wanted.
        var candidates = roots.Concat(others).Select(der => Sm2Certificate.TryParse(der, out var parsed) ? parsed : null).OfType<Sm2Certificate>().ToList();
        var chain = new List<byte[]>();
        var tries = 0;
        for (var current = signer; chain.Count < MaximumLength && candidates.Find(Issued(current)) is { } issuer; current = issuer)
        {
            // Each is used once, so a loop of cross certificates ends.
            candidates.Remove(issuer);
            chain.Add(issuer.Der);
            if (issuer.IsIssuedBy(issuer)) break;
        }
        var fault = chain.Count == 0 ? PathFault.UntrustedRoot : Sm2CertificatePath.Verify(signer, chain, roots, at);
        return new SignerPath([certificate, .. chain], fault, signer.MaySign);

        Predicate<Sm2Certificate> Issued(Sm2Certificate subject) => issuer => subject.IssuerDer.AsSpan().SequenceEqual(issuer.SubjectDer) && ++tries <= MaximumTries && subject.IsIssuedBy(issuer);
    }
}
