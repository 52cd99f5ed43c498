using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Payments;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Applications;

namespace Bzt.Gateway.Applications;

/// <summary>付费 (M033): answers where to pay.</summary>
internal static class PayApplication
{
    public static void Map(RouteGroupBuilder phones) => phones.MapPost(Routes.Phone.ApplicationPayment, HandleAsync).WithSummary("Begins the payment").Produces<OrderInfo>();

    private static async Task<IResult> HandleAsync(Guid applicationId, string? way, HttpContext context, Caller caller, IGrainFactory grains, PublicAddress address) =>
        (await grains.Application(new(applicationId)).Pay(new StartPayment(
            caller.UserId, new Uri(address.Of(PaymentsApi.Notification(way ?? "alipay"))), new Uri(address.Of($"{Routes.PhoneApp}/applications/{applicationId}")),
            way ?? "alipay", context.Connection.RemoteIpAddress?.ToString())))
        .ToHttp(ApplicationAnswers.Json);
}
