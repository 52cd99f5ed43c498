using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Applications;

internal static class GetOrder
{
    public static void Map(RouteGroupBuilder phones) => phones.MapGet(Routes.Phone.Order, HandleAsync).WithSummary("One order").Produces<OrderInfo>();

    private static async Task<IResult> HandleAsync(Guid orderId, Caller caller, IGrainFactory grains) =>
        (await grains.Order(new(orderId)).GetView(caller.UserId)).ToHttp(ApplicationAnswers.Json);
}
