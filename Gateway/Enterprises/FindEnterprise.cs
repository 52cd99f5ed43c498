using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Applications;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;

namespace Bzt.Gateway.Enterprises;

/// <summary>搜索企业 (M024, M026): by unified social credit code and, when given, the name as it stands on the licence.</summary>
internal static class FindEnterprise
{
    public static void Map(RouteGroupBuilder phones) => phones.MapGet(Routes.Phone.Enterprises, HandleAsync).WithSummary("Whether an enterprise has been claimed").Produces<EnterpriseFound>();

    private static async Task<IResult> HandleAsync(string creditCode, IGrainFactory grains, string? name = null)
    {
        string? wanted = null;
        if (name is not null && !EnterpriseNames.TryRead(name, out wanted))
        {
            return Invalid.Member("name");
        }

        if (!CreditCodes.TryParse(creditCode, out var code))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        var found = await grains.Enterprise(code).GetView();
        return found.Claimed && wanted is not null && found.Name != wanted
            ? new ProblemResult(ErrorCodes.EnterpriseMismatch)
            : Results.Json(ToContract(found), BztJson.Default.EnterpriseFound);
    }

    public static EnterpriseFound ToContract(EnterpriseView view) =>
        new(view.CreditCode.Value, view.Name, view.Claimed, view.AdministratorMaskedName, view.AdministratorMaskedPhoneNumber);
}
