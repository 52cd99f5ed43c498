using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Accounts;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;

namespace Bzt.Gateway.Enterprises;

/// <summary>加入企业, before the application (M049, M050): waits for a claim, or shows to know the administrator; or asks for the administrator's place (M026).</summary>
internal static class JoinEnterprise
{
    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.EnterpriseInterest, AwaitClaimAsync)
            .WithName("awaitClaim").WithSummary("Tells the caller once the enterprise is claimed").Refuses(409, 422).Produces(StatusCodes.Status204NoContent);
        phones.MapPost(Routes.Phone.EnterpriseAdministratorCheck, CheckAsync)
            .WithName("checkAdministrator").WithSummary("Whether that is the enterprise's administrator")
            .WithDescription("Name and number in full. A refusal does not say which of the two is wrong; few tries a day.")
            .Refuses(409, 422, 429).Produces(StatusCodes.Status204NoContent);
        phones.MapPost(Routes.Phone.EnterpriseTransferWish, AskForTransferAsync)
            .WithName("askForTransfer").WithSummary("Asks the administrator to hand over").WithDescription("Needs the administrator's name and number, as the check does.")
            .Refuses(409, 422, 429).Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> AwaitClaimAsync(string creditCode, Caller caller, IGrainFactory grains) => grains.TryFind(creditCode, out _, out var enterprise)
        ? (await enterprise.AwaitClaim(caller.UserId)).ToHttp(_ => Results.NoContent())
        : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    private static Task<IResult> CheckAsync(string creditCode, AdministratorCheck request, Caller caller, IGrainFactory grains) =>
        WithAdministratorAsync(creditCode, request, grains, (enterprise, name, number) => enterprise.VerifyAdministrator(caller.UserId, name, number));

    private static Task<IResult> AskForTransferAsync(string creditCode, AdministratorCheck request, Caller caller, IGrainFactory grains) =>
        WithAdministratorAsync(creditCode, request, grains, (enterprise, name, number) => enterprise.AskForTransfer(caller.UserId, name, number));

    private static async Task<IResult> WithAdministratorAsync(
        string creditCode, AdministratorCheck request, IGrainFactory grains, Func<IEnterpriseGrain, string, string, Task<Reply<Nothing>>> ask)
    {
        if (!grains.TryFind(creditCode, out _, out var enterprise))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        if (!PersonNames.TryRead(request.Name, out var name))
        {
            return Invalid.Member("name");
        }

        return PhoneNumber.IsMobile(request.PhoneNumber)
            ? (await ask(enterprise, name, request.PhoneNumber)).ToHttp(_ => Results.NoContent())
            : Invalid.Member("phoneNumber");
    }
}
