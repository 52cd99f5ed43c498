using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.CaVendors;

/// <summary>Which vendor stands behind which CA of the catalogue. Each runs, for now, on an embedded CA of its own: its name, its keys.</summary>
public sealed class CaVendorDirectory(IKeyProtector protector, CatalogueSource catalogue, IOptions<EmbeddedCaOptions> options, TimeProvider time)
{
    /// <param name="ca">Its id; one that left the catalogue still serves what it issued.</param>
    /// <param name="store">Where an embedded CA's state lies.</param>
    public (ICaVendor Vendor, EmbeddedCa? Embedded) Open(CaId ca, IEmbeddedCaStore store)
    {
        var name = catalogue.Current.CertificateAuthorities.FirstOrDefault(authority => authority.Ca == ca)?.Name ?? options.Value.Organization;
        var embedded = new EmbeddedCa(protector, new EmbeddedCaOptions
        {
            Organization = name,
            PublicUrl = new Uri($"{options.Value.PublicUrl!.AbsoluteUri.TrimEnd('/')}/{ca}"),
            RevocationListLifetime = options.Value.RevocationListLifetime,
        }, SystemRandom.Instance);
        return (new EmbeddedCaVendor(embedded, store, time), embedded);
    }
}
