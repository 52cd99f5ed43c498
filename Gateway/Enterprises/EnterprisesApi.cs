using System.Diagnostics.CodeAnalysis;
using Bzt.Grains;
using Bzt.Grains.Enterprises;

namespace Bzt.Gateway.Enterprises;

internal static class EnterprisesApi
{
    public static void AddEnterprises(this WebApplicationBuilder builder) => builder.Services.AddSingleton<SearchLimit>();

    public static void MapEnterprises(this RouteGroupBuilder phones)
    {
        SearchEnterprises.Map(phones);
        JoinEnterprise.Map(phones);
        People.Map(phones);
        Invitations.Map(phones);
        Transfers.Map(phones);
        Authorisations.Map(phones);
        Remittances.Map(phones);
        GetAudit.Map(phones);
    }

    /// <summary>False when that is no credit code.</summary>
    public static bool TryFind(this IGrainFactory grains, string creditCode, out CreditCode code, [NotNullWhen(true)] out IEnterpriseGrain? enterprise)
    {
        enterprise = CreditCodes.TryParse(creditCode, out code) ? grains.Enterprise(code) : null;
        return enterprise is not null;
    }
}
