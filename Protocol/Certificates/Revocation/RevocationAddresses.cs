using Org.BouncyCastle.Asn1.X509;

namespace Bzt.Protocol.Certificates.Revocation;

/// <summary>Where a certificate says its status is told.</summary>
/// <param name="Responders">OCSP, from the authority information access.</param>
/// <param name="Lists">From the distribution points.</param>
public sealed record RevocationAddresses(IReadOnlyList<Uri> Responders, IReadOnlyList<Uri> Lists)
{
    private const int Most = 4;

    /// <summary>Reads the extensions; what is no http address is left out, and so is everything after the first few.</summary>
    public static RevocationAddresses Of(Sm2Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        try
        {
            var extensions = X509CertificateStructure.GetInstance(certificate.Der).TbsCertificate.Extensions;
            var access = AuthorityInformationAccess.FromExtensions(extensions)?.GetAccessDescriptions() ?? [];
            var points = CrlDistPoint.FromExtensions(extensions)?.GetDistributionPoints() ?? [];
            return new RevocationAddresses(
                Http(access.Where(description => description.AccessMethod.Equals(X509ObjectIdentifiers.IdADOcsp)).Select(description => description.AccessLocation)),
                Http(points.Select(point => point.DistributionPointName).OfType<DistributionPointName>()
                    .Where(name => name.Type == DistributionPointName.FullName).SelectMany(name => GeneralNames.GetInstance(name.Name).GetNames())));
        }
        catch (Exception malformed) when (malformed is ArgumentException or IOException or InvalidCastException or InvalidOperationException)
        {
            return new RevocationAddresses([], []);
        }
    }

    private static Uri[] Http(IEnumerable<GeneralName> names) =>
    [
        .. names.Where(name => name.TagNo == GeneralName.UniformResourceIdentifier)
            .Select(name => Uri.TryCreate(name.Name.ToString(), UriKind.Absolute, out var uri) ? uri : null)
            .OfType<Uri>().Where(uri => uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps).Take(Most),
    ];
}
