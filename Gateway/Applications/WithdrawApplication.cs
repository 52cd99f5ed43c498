using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Applications;

internal static class WithdrawApplication
{
    public static void Map(RouteGroupBuilder phones) => phones.MapPost(Routes.Phone.ApplicationWithdrawal, HandleAsync).WithSummary("Withdraws an application").Produces<ApplicationInfo>();

    private static async Task<IResult> HandleAsync(Guid applicationId, Caller caller, IGrainFactory grains) =>
        (await grains.Application(new(applicationId)).Withdraw(caller.UserId)).ToHttp(ApplicationAnswers.Json);
}
