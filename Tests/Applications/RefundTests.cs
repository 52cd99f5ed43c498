using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Providers.Payments;
using Bzt.Simulators;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Applications;

[Trait("Feature", "M033"), Trait("Surface", "api")]
public sealed class RefundTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);
    private static readonly BeginRefund Beginning = new(new OrderId(new Guid("019aa000-0000-7000-8000-00000000000b")), "wechat", "4200001", 30000, "企业证书 退款");

    [Fact]
    public void Asked_until_the_money_is_back_under_one_number_and_told_once()
    {
        var state = RefundRules.Begin(new StoredRefund(), Beginning, Now);
        Assert.Same(state, RefundRules.Begin(state, Beginning, Now.AddHours(1)));
        Assert.Equal(29, state.Refund!.Number.Length);
        var number = state.Refund.Number;
        Assert.NotEqual(number, RefundRules.Begin(new StoredRefund(), Beginning with { TradeId = "4200002" }, Now).Refund!.Number);

        var waits = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            state = RefundRules.Answered(state, i % 2 == 0 ? new RefundResult.Unavailable("no answer in time") : new RefundResult.Processing(), Now);
            waits.Add((state.Refund!.NextTry - Now).TotalMinutes);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], waits);
        Assert.True(state.Outbox.IsEmpty);

        // Refused: the order is told once, and it goes on.
        state = RefundRules.Answered(state, new RefundResult.Refused("NOT_ENOUGH"), Now);
        state = RefundRules.Answered(state, new RefundResult.Refused("NOT_ENOUGH"), Now);
        Assert.Equal((Now.AddHours(6), "NOT_ENOUGH"), (state.Refund!.NextTry, Assert.Single(state.Outbox.Items).Read<RefundOutcome>().ProviderCode));
        state = RefundRules.Answered(state, new RefundResult.Ok(), Now.AddHours(7));
        Assert.Equal((number, Now.AddHours(7)), (state.Refund!.Number, state.Refund.PaidBackAt));
        Assert.Null(state.Outbox.Items[^1].Read<RefundOutcome>().ProviderCode);
    }

    [Fact]
    public void Stored() => GoldenState.Verify("refund-v1", RefundRules.Answered(RefundRules.Begin(new StoredRefund(), Beginning, Now), new RefundResult.Refused("NOT_ENOUGH"), Now));

    [Theory]
    [InlineData("alipay")]
    [InlineData("wechat")]
    public async Task Withdrawn_after_payment_the_money_comes_back_though_the_provider_is_away_at_first(string way)
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        var claim = await phone.SubmitAsync(await phone.ClaimAsync(ClaimSteps.NextEnterprise()));
        await reviewer.ApproveAsync(claim.ApplicationId);
        await phone.UntilAsync(claim.ApplicationId, ApplicationState.PaymentDue);
        var order = await phone.PayAsync(claim.ApplicationId, way);
        Assert.Equal(["alipay", "wechat"], order.PayWays);
        var id = new OrderId(order.OrderId);
        var number = OrderRules.Number(id, 1, way);
        await PayAsync(system, way, order, number);
        await Wait.UntilAsync(() => phone.OrderAsync(order.OrderId), view => view.State == OrderState.Paid);

        await system.Simulators.SteerAsync(way == "alipay" ? "alipay" : "wechatpay", new(Disturbance.Garbage, Count: 2));
        await phone.WithdrawAsync(claim.ApplicationId);
        var due = await Wait.UntilAsync(() => phone.OrderAsync(order.OrderId), view => view.State != OrderState.Paid);
        Assert.Equal(OrderState.RefundDue, due.State);

        // Its next tries are minutes later, by a durable reminder; here the time goes by, and a restart between.
        await system.RestartAsync();
        phone.Reconnect();
        var trade = await TradeIdAsync(system, way, number);
        await Wait.UntilAsync(async () =>
        {
            system.Clock.Advance(TimeSpan.FromMinutes(2));
            await system.Grains.Refund(id, trade).Try();
            return await phone.OrderAsync(order.OrderId);
        }, view => view.State == OrderState.Refunded);
        Assert.Equal(1, await RefundsAsync(system, way, number));
    }

    [Fact]
    public async Task Paid_at_both_providers_the_second_comes_back()
    {
        await using var system = await ClaimSteps.StartAsync();
        var owner = UserId.New();
        var id = new OrderId(Guid.CreateVersion7());
        await system.Grains.Order(id).Open(new OpenOrder(owner, new(Guid.CreateVersion7()), "企业证书", 30000));
        var alipay = await PayPage("alipay");

        // Alipay is away when the user changes his mind, so the order stays payable there.
        await system.Simulators.SteerAsync("alipay", new(Disturbance.Garbage, Count: 2));
        var weChat = await PayPage("wechat");
        Assert.NotEqual(alipay.PayUrl, weChat.PayUrl);
        Assert.Equal(weChat.PayUrl, (await PayPage("wechat")).PayUrl);
        await system.Simulators.PayWeChatAsync(OrderRules.Number(id, 2, "wechat"));
        await Wait.UntilAsync(ViewAsync, view => view.State == OrderState.Paid);
        await system.Simulators.PayAsync(OrderRules.Number(id, 1), new Uri(alipay.PayUrl!));
        await Wait.UntilAsync(() => system.Simulators.TradeAsync(OrderRules.Number(id, 1)), trade => trade?.Refunds is [{ Amount: 300m }]);
        Assert.Equal(OrderState.Paid, (await ViewAsync()).State);
        Assert.Equal("SUCCESS", (await system.Simulators.WeChatTradeAsync(OrderRules.Number(id, 2, "wechat")))!.TradeState);

        async Task<OrderView> ViewAsync() => Assert.IsType<Done<OrderView>>(await system.Grains.Order(id).GetView(owner)).Value;

        async Task<OrderView> PayPage(string way) => Assert.IsType<Done<OrderView>>(await system.Grains.Order(id).Pay(
            new StartPayment(owner, new Uri(system.Address, $"payments/{way}/notify"), new Uri(system.Address, "app"), way, "127.0.0.1"))).Value;
    }

    [Fact]
    public async Task Who_changes_the_way_closes_the_first_and_what_was_paid_there_counts()
    {
        await using var system = await ClaimSteps.StartAsync();
        var owner = UserId.New();
        var id = new OrderId(Guid.CreateVersion7());
        await system.Grains.Order(id).Open(new OpenOrder(owner, new(Guid.CreateVersion7()), "企业证书", 30000));
        var weChat = await Pay("wechat");
        Assert.NotNull(weChat.PayUrl);
        var alipay = await Pay("alipay");
        Assert.Equal("CLOSED", (await system.Simulators.WeChatTradeAsync(OrderRules.Number(id, 1, "wechat")))!.TradeState);

        // Paid, and its notification lost; then the user wants WeChat after all.
        await system.Simulators.SteerAsync("alipay-notify", new(Disturbance.Never));
        await system.Simulators.PayAsync(OrderRules.Number(id, 2), new Uri(alipay.PayUrl!));
        Assert.Equal(OrderState.Paid, (await Pay("wechat")).State);
        Assert.Null(await system.Simulators.WeChatTradeAsync(OrderRules.Number(id, 3, "wechat")));
        Assert.Equal(RefusalCode.InvalidRequest, Assert.IsType<Refused<OrderView>>(await system.Grains.Order(id).Pay(Command("cash"))).Refusal.Code);

        async Task<OrderView> Pay(string way) => Assert.IsType<Done<OrderView>>(await system.Grains.Order(id).Pay(Command(way))).Value;

        StartPayment Command(string way) => new(owner, new Uri(system.Address, $"payments/{way}/notify"), new Uri(system.Address, "app"), way, "127.0.0.1");
    }

    [Fact]
    public async Task WeChat_s_page_is_renewed_when_it_is_over()
    {
        await using var system = await ClaimSteps.StartAsync();
        var owner = UserId.New();
        var id = new OrderId(Guid.CreateVersion7());
        await system.Grains.Order(id).Open(new OpenOrder(owner, new(Guid.CreateVersion7()), "企业证书", 30000));
        var command = new StartPayment(owner, new Uri(system.Address, "payments/wechat/notify"), new Uri(system.Address, "app"), "wechat", "127.0.0.1");
        var first = Assert.IsType<Done<OrderView>>(await system.Grains.Order(id).Pay(command)).Value.PayUrl!;
        system.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Contains("已失效", System.Net.WebUtility.HtmlDecode(await system.Gateway.GetStringAsync(new Uri(first))));
        var second = Assert.IsType<Done<OrderView>>(await system.Grains.Order(id).Pay(command)).Value.PayUrl!;
        Assert.NotEqual(first, second);
        Assert.Contains("确认支付", System.Net.WebUtility.HtmlDecode(await system.Gateway.GetStringAsync(new Uri(second))));

        // The provider knows the number with other terms: another number.
        system.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.IsType<Done<OrderView>>(await system.Grains.Order(id).Pay(command with { NotifyUrl = new Uri(system.Address, "payments/wechat/notify/moved") }));
        Assert.Equal("CLOSED", (await system.Simulators.WeChatTradeAsync(OrderRules.Number(id, 1, "wechat")))!.TradeState);
        Assert.Equal("NOTPAY", (await system.Simulators.WeChatTradeAsync(OrderRules.Number(id, 2, "wechat")))!.TradeState);
    }

    private static Task PayAsync(EmbeddedSystem system, string way, OrderInfo order, string number) =>
        way == "alipay" ? system.Simulators.PayAsync(number, new Uri(order.PayUrl!)) : system.Simulators.PayWeChatAsync(number);

    private static async Task<string> TradeIdAsync(EmbeddedSystem system, string way, string number) =>
        way == "alipay" ? (await system.Simulators.TradeAsync(number))!.TradeNo : (await system.Simulators.WeChatTradeAsync(number))!.TransactionId!;

    private static async Task<int> RefundsAsync(EmbeddedSystem system, string way, string number) =>
        way == "alipay" ? (await system.Simulators.TradeAsync(number))!.Refunds!.Value.Length : (await system.Simulators.WeChatTradeAsync(number))!.TradeState == "REFUND" ? 1 : 0;
}
