using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Foundations;

namespace Bzt.Gateway.Applications;

/// <summary>The caller's applications and bill, newest first. Which they are is the projections' knowledge; what an application is now, its grain's.</summary>
internal static class ListApplications
{
    private const int PageSize = 50;

    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapGet(Routes.Phone.Applications, ApplicationsAsync).WithSummary("The caller's applications").Produces<IReadOnlyList<ApplicationInfo>>();
        phones.MapGet(Routes.Phone.Orders, OrdersAsync).WithName("listOrders").WithSummary("The caller's orders").Produces<IReadOnlyList<OrderInfo>>();
    }

    private static async Task<IResult> ApplicationsAsync(Caller caller, IProjectionStore projections, IGrainFactory grains, CancellationToken cancellation)
    {
        var page = await projections.ApplicationsOfOwnerAsync(caller.UserId.ToString(), new PageRequest(PageSize), cancellation);
        var views = await Task.WhenAll(page.Items.Select(row => grains.Application(new(Guid.Parse(row.ApplicationId))).GetView(caller.UserId)));
        return Results.Json<IReadOnlyList<ApplicationInfo>>(
            [.. views.OfType<Done<ApplicationView>>().Select(done => ApplicationAnswers.ToContract(done.Value))], BztJson.Default.IReadOnlyListApplicationInfo);
    }

    /// <param name="after">The last order of the page before.</param>
    private static async Task<IResult> OrdersAsync(Caller caller, IProjectionStore projections, IGrainFactory grains, CancellationToken cancellation, Guid? after = null)
    {
        string? cursor = null;
        if (after is { } last)
        {
            if (await grains.Order(new OrderId(last)).GetView(caller.UserId) is not Done<OrderView>(var order))
            {
                return Invalid.Member("after");
            }

            cursor = PageRequest.Cursor(order.CreatedAt, order.Order.ToString());
        }

        var page = await projections.OrdersOfOwnerAsync(caller.UserId.ToString(), new PageRequest(PageSize, cursor), cancellation);
        return Results.Json<IReadOnlyList<OrderInfo>>(
            [.. page.Items.Select(row => new OrderInfo(Guid.Parse(row.OrderId), row.Subject, (int)row.Amount, OrderProjector.StateOf(row), null, row.Created, null))],
            BztJson.Default.IReadOnlyListOrderInfo);
    }
}
