using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Applications;

internal static class GetApplication
{
    public static void Map(RouteGroupBuilder phones) => phones.MapGet(Routes.Phone.Application, HandleAsync).WithSummary("One application").Produces<ApplicationInfo>();

    private static async Task<IResult> HandleAsync(Guid applicationId, Caller caller, IGrainFactory grains) =>
        (await grains.Application(new(applicationId)).GetView(caller.UserId)).ToHttp(ApplicationAnswers.Json);
}
