using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Applications;

/// <summary>账单: every order, and what became of its money.</summary>
public sealed class BillTests
{
    [Fact]
    [Trait("Feature", "M073"), Trait("Surface", "api")]
    public async Task Every_order_is_on_the_bill_with_what_it_paid_for_and_how_and_what_came_back()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var applying = await Applying.PersonAsync(system);
        using var other = await Applying.PersonAsync(system);
        Assert.Empty(await applying.Client.GetOrdersAsync());

        var (application, order) = await applying.Phone.PaidClaimAsync(system, reviewer, ClaimSteps.NextEnterprise());
        var paid = await applying.Client.GetOrderAsync(order);
        Assert.Equal((OrderState.Paid, application, "alipay", 0), (paid.State, paid.ApplicationId, paid.PaidThrough, paid.RefundedFen));
        Assert.NotNull(paid.PaidAt);
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.Client.GetOrderAsync(order));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => other.Client.GetOrdersAsync(after: order));

        // Withdrawn, the money comes back, and the bill says when.
        await applying.Client.WithdrawAsync(application);
        var back = await Wait.UntilAsync(async () =>
        {
            system.Clock.Advance(TimeSpan.FromMinutes(2));
            return await applying.Client.GetOrderAsync(order);
        }, view => view.State == OrderState.Refunded);
        Assert.Equal(back.AmountFen, back.RefundedFen);
        Assert.True(back.RefundedAt >= back.PaidAt);

        // More than a page, newest first, none twice and none left out; after a restart the same.
        for (var more = 0; more < 60; more++)
        {
            await system.Grains.Order(new OrderId(Guid.CreateVersion7())).Open(
                new OpenOrder(new UserId((await applying.Phone.MeAsync()).UserId), new Grains.ApplicationId(Guid.CreateVersion7()), $"企业证书 {more}", 100 + more));
        }

        await system.RestartAsync();
        await applying.ReconnectAsync();
        var bill = await Wait.UntilAsync(() => AllAsync(applying.Client), all => all.Count == 61);
        Assert.Equal(61, bill.Select(line => line.OrderId).Distinct().Count());
        Assert.Equal(bill.OrderByDescending(line => line.CreatedAt).Select(line => line.CreatedAt), bill.Select(line => line.CreatedAt));
        Assert.Equal((order, OrderState.Refunded), (bill[^1].OrderId, bill[^1].State));
        Assert.Empty(await other.Client.GetOrdersAsync());
    }

    private static async Task<List<OrderInfo>> AllAsync(PhoneClient client)
    {
        List<OrderInfo> all = [.. await client.GetOrdersAsync()];
        while (all.Count % 50 == 0 && all.Count > 0 && await client.GetOrdersAsync(all[^1].OrderId) is { Count: > 0 } more)
        {
            all.AddRange(more);
        }

        return all;
    }
}
