using Bzt.Grains;
using Bzt.Grains.CaVendors;

namespace Bzt.Gateway.Verification;

/// <param name="Roots">DER.</param>
/// <param name="Intermediates">DER; known, so that nobody has to bring them.</param>
/// <param name="Groups">Recognition groups in which a platform takes its certificates.</param>
internal sealed record TrustedAuthority(CaId Ca, string Name, IReadOnlyList<byte[]> Roots, IReadOnlyList<byte[]> Intermediates, IReadOnlySet<string> Groups);

/// <summary>The CAs of the catalogue with their roots, asked anew after a minute: an operator may add one.</summary>
internal sealed class TrustedAuthorities(IGrainFactory grains, TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private (IReadOnlyList<TrustedAuthority> Authorities, DateTimeOffset At)? known;

    public async Task<IReadOnlyList<TrustedAuthority>> GetAsync()
    {
        if (known is { } last && clock.GetUtcNow() - last.At < Kept)
        {
            return last.Authorities;
        }

        var catalogue = await grains.Catalogue().Get();
        var platforms = catalogue.Provinces.SelectMany(province => province.Platforms).ToList();
        var authorities = await Task.WhenAll(catalogue.CertificateAuthorities.Select(async authority =>
        {
            var trust = await grains.CaAdapter(authority.Ca).GetTrust();
            var groups = platforms.Where(platform => platform.CertificateAuthorities.Any(offered => offered.Ca == authority.Ca)).Select(platform => platform.RecognitionGroup);
            return new TrustedAuthority(authority.Ca, authority.Name, trust.Roots, trust.Intermediates, groups.ToHashSet(StringComparer.Ordinal));
        }));
        known = (authorities, clock.GetUtcNow());
        return authorities;
    }
}
