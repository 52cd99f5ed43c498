using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Applications;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;

namespace Bzt.Gateway.Enterprises;

/// <summary>搜索企业 (M024, M026): by name and unified social credit code, as they stand on the licence.</summary>
internal static class FindEnterprise
{
    public static void Map(RouteGroupBuilder phones) => phones.MapGet(Routes.Phone.Enterprises, HandleAsync).Produces<EnterpriseFound>();

    private static async Task<IResult> HandleAsync(string name, string creditCode, IGrainFactory grains)
    {
        if (!EnterpriseNames.TryRead(name, out var wanted))
        {
            return Invalid.Member("name");
        }

        if (!CreditCodes.TryParse(creditCode, out var code))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        // Who knows the code but not the name learns nothing about the administrator.
        var found = await grains.Enterprise(code).GetView();
        return found.Claimed && found.Name != wanted
            ? new ProblemResult(ErrorCodes.EnterpriseMismatch)
            : Results.Json(
                new EnterpriseFound(code.Value, found.Name, found.Claimed, found.AdministratorMaskedName, found.AdministratorMaskedPhoneNumber),
                BztJson.Default.EnterpriseFound);
    }
}
