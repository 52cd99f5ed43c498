using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.CaVendors.Embedded;
using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.CaVendors;

/// <summary>Which vendor stands behind which CA of the catalogue. One that is not configured is a CA of its own inside: its name, its keys.</summary>
public sealed class CaVendorDirectory(
    IEnumerable<ICaVendorProtocol> protocols, IConfiguration configuration, IGrainFactory grains, IKeyProtector protector, CatalogueSource catalogue, IOptions<EmbeddedCaOptions> options)
{
    public const string Section = "CaVendors";

    /// <summary>Which CA certifies the services.</summary>
    public const string ServicesCa = "ServiceCertificates:Ca";

    /// <param name="ca">Its id; one that left the catalogue still serves what it issued.</param>
    /// <exception cref="OptionsValidationException">Its configuration cannot be used.</exception>
    public ICaVendor Open(CaId ca)
    {
        var section = configuration.GetSection($"{Section}:{ca}");
        if (section["Protocol"] is not { } name)
        {
            return section.Exists() ? throw Unusable(ca, "Protocol is missing.") : new EmbeddedCaVendor(grains, ca);
        }

        return (protocols.FirstOrDefault(protocol => protocol.Name == name) ?? throw Unusable(ca, $"Protocol {name} is none of {string.Join(", ", protocols.Select(protocol => protocol.Name))}."))
            .Open(ca, section);
    }

    /// <summary>The roots an operator configured for a vendor, or those of the CA that runs inside; none before it has issued anything.</summary>
    public async Task<CaTrust> TrustAsync(CaId ca) =>
        configuration[$"{Section}:{ca}:TrustedRoots"] is { } setting ? new CaTrust(VendorOptions.Roots(ca, setting), [])
        : await grains.CaAuthority(ca).Get() is { } inside ? new CaTrust([inside.Root.Certificate], [inside.Issuing.Certificate])
        : new CaTrust([], []);

    /// <summary>The CAs that are configured.</summary>
    public IEnumerable<CaId> Configured => configuration.GetSection(Section).GetChildren().Select(section => new CaId(section.Key));

    /// <summary>
    /// The CA that runs inside and certifies our time-stamp authority and our seal maker: the one that is named, or the catalogue's first. Null where all
    /// CAs are vendors'; time stamps come from elsewhere then, and electronic seals are not made.
    /// </summary>
    internal CaId? ForServices => configuration[ServicesCa] is { Length: > 0 } named
        ? new CaId(named)
        : catalogue.Current.CertificateAuthorities.Where(authority => !configuration.GetSection($"{Section}:{authority.Ca}").Exists()).Select(authority => (CaId?)authority.Ca).FirstOrDefault();

    /// <summary>The rules of the CA that runs inside under that id.</summary>
    internal EmbeddedCa Embedded(CaId ca) => new(protector, new EmbeddedCaOptions
    {
        Organization = catalogue.Current.CertificateAuthorities.FirstOrDefault(authority => authority.Ca == ca)?.Name ?? options.Value.Organization,
        PublicUrl = new Uri($"{options.Value.PublicUrl!.AbsoluteUri.TrimEnd('/')}/{ca}"),
        RevocationListLifetime = options.Value.RevocationListLifetime,
        OcspLifetime = options.Value.OcspLifetime,
    }, SystemRandom.Instance);

    internal static OptionsValidationException Unusable(CaId ca, string fault) => new($"{Section}:{ca}", typeof(CaVendorDirectory), [$"{Section}:{ca}: {fault}"]);
}

/// <summary>A way of speaking to CAs, by the name that configuration gives it.</summary>
public interface ICaVendorProtocol
{
    string Name { get; }

    /// <exception cref="OptionsValidationException">The section cannot be used.</exception>
    ICaVendor Open(CaId ca, IConfigurationSection section);
}
