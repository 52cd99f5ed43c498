using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.CaVendors;

namespace Bzt.Gateway.CaConsole;

/// <summary>What relying parties fetch from a CA that runs inside, at the addresses its certificates name: anybody may.</summary>
internal static class CaPublications
{
    public static void Map(WebApplication app)
    {
        var ca = app.MapGroup("/ca/{ca}").ExcludeFromDescription();
        ca.MapGet("/crl", (string ca, IGrainFactory grains) => Publish(ca, grains, "application/pkix-crl", publications => publications.RevocationList));
        ca.MapGet("/issuing.cer", (string ca, IGrainFactory grains) => Publish(ca, grains, "application/pkix-cert", publications => publications.IssuingCertificate));
        ca.MapGet("/root.cer", (string ca, IGrainFactory grains) => Publish(ca, grains, "application/pkix-cert", publications => publications.RootCertificate));
    }

    private static async Task<IResult> Publish(string ca, IGrainFactory grains, string type, Func<Grains.CaVendors.CaPublications, byte[]> choose) =>
        (await grains.Catalogue().Get()).CertificateAuthorities.Any(authority => authority.Ca.Value == ca)
            ? (await grains.CaAdapter(new CaId(ca)).GetPublications()).ToHttp(publications => Results.Bytes(choose(publications), type))
            : new ProblemResult(Contracts.ErrorCodes.NotFound);
}
