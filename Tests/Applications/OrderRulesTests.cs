using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Tests.Storage;
using CsCheck;
using ApplicationId = Bzt.Grains.ApplicationId;

namespace Bzt.Tests.Applications;

public sealed class OrderRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);
    private static readonly OrderId Id = new(Guid.Parse("019aa000-0000-7000-8000-00000000000b"));
    private static readonly OpenOrder Opening = new(new UserId(Guid.Parse("019aa000-0000-7000-8000-000000000001")), new ApplicationId(Guid.Empty), "企业证书", 30000);

    [Fact]
    public void Paid_twice_it_pays_once()
    {
        var state = Opened();
        (state, var refusal) = OrderRules.Notify(state, Id, Paid("trade-1", 30000), Now);
        Assert.Null(refusal);
        Assert.Equal(OrderState.Paid, state.Order!.State);
        Assert.Equal(1, TimesTold(state));
        Assert.Same(state, OrderRules.Notify(state, Id, Paid("trade-1", 30000), Now.AddHours(1)).State);

        // Another trade is other money: kept to be paid back, and the application hears nothing.
        (state, refusal) = OrderRules.Notify(state, Id, Paid("trade-2", 30000), Now);
        Assert.Null(refusal);
        Assert.Equal(1, TimesTold(state));
        Assert.Equal(IrregularPayment.PaidTwice, Assert.Single(state.Order!.Irregularities).Kind);
    }

    [Theory]
    [InlineData(29999)]
    [InlineData(30001)]
    [InlineData(1)]
    public void Another_amount_never_pays(long amount)
    {
        var (state, refusal) = OrderRules.Notify(Opened(), Id, Paid("trade-1", amount), Now);
        Assert.Equal(RefusalCode.InvalidRequest, refusal?.Code);
        Assert.Equal(OrderState.Open, state.Order!.State);
        Assert.Equal((IrregularPayment.WrongAmount, amount), (state.Order.Irregularities[0].Kind, state.Order.Irregularities[0].AmountFen));
        Assert.Same(state, OrderRules.Notify(state, Id, Paid("trade-1", amount), Now).State);
    }

    [Fact]
    public void Money_for_what_was_withdrawn_is_due_to_be_paid_back_whichever_came_first()
    {
        var late = OrderRules.Notify(OrderRules.Close(Opened(), Id), Id, Paid("trade-1", 30000), Now).State;
        Assert.Equal((OrderState.RefundDue, "trade-1"), (late.Order!.State, late.Order.TradeId));
        var early = OrderRules.Close(OrderRules.Notify(Opened(), Id, Paid("trade-1", 30000), Now).State, Id);
        Assert.Equal((OrderState.RefundDue, "trade-1"), (early.Order!.State, early.Order.TradeId));
        Assert.Same(early, OrderRules.Close(early, Id));
        foreach (var due in new[] { late, early })
        {
            Assert.Equal(new BeginRefund(Id, "alipay", "trade-1", 30000, "企业证书 退款"), Assert.Single(Refunds(due)));
            var refused = OrderRules.RefundAnswered(due, Id, new RefundOutcome("trade-1", "NOT_ENOUGH", Now));
            Assert.Equal((OrderState.RefundDue, "NOT_ENOUGH"), (refused.Order!.State, refused.Order.Refunds!.Value[0].Refusal));
            var back = OrderRules.RefundAnswered(refused, Id, new RefundOutcome("trade-1", null, Now));
            Assert.Equal((OrderState.Refunded, null, Now), (back.Order!.State, back.Order.Refunds!.Value[0].Refusal, back.Order.Refunds!.Value[0].PaidBackAt));
            Assert.Same(back, OrderRules.RefundAnswered(back, Id, new RefundOutcome("trade-1", "NOT_ENOUGH", Now)));
            Assert.Same(back, OrderRules.RefundAnswered(back, Id, new RefundOutcome("trade-9", null, Now)));
        }
    }

    [Fact]
    public void What_was_paid_beside_the_order_goes_back_and_the_order_stays()
    {
        var (state, _) = OrderRules.Notify(Opened(), Id, Paid("trade-1", 30000), Now);
        (state, _) = OrderRules.Notify(state, Id, Paid("trade-2", 30000) with { Provider = "wechat", Attempt = 2 }, Now);
        (state, _) = OrderRules.Notify(state, Id, Paid("trade-3", 5), Now);
        Assert.Equal([("wechat", "trade-2", 30000L), ("alipay", "trade-3", 5L)], Refunds(state).Select(refund => (refund.Provider, refund.TradeId, refund.AmountFen)));
        state = OrderRules.RefundAnswered(state, Id, new RefundOutcome("trade-2", null, Now));
        Assert.Equal(OrderState.Paid, state.Order!.State);
    }

    [Fact]
    public void However_often_somebody_pays_too_much_all_of_it_goes_back()
    {
        var (state, _) = OrderRules.Notify(Opened(), Id, Paid("trade", 30000), Now);
        for (var i = 0; i < 70; i++)
        {
            (state, var refusal) = OrderRules.Notify(state, Id, Paid($"trade-{i}", i % 2 == 0 ? 30000 : 7), Now);
            Assert.Equal(i % 2 == 0 ? null : RefusalCode.InvalidRequest, refusal?.Code);
        }

        Assert.Equal(70, Refunds(state).Select(refund => refund.TradeId).Distinct().Count());
        Assert.True(state.Order!.Irregularities.Length < 70);
        Assert.Same(state, OrderRules.Notify(state, Id, Paid("trade-69", 7), Now).State);
    }

    [Fact]
    public void An_order_that_an_earlier_release_only_marked_is_paid_back()
    {
        var due = OrderRules.Close(OrderRules.Notify(Opened(), Id, Paid("trade-1", 30000), Now).State, Id);
        var marked = due with { Order = due.Order! with { Refunds = null, Provider = null }, Outbox = Bzt.Grains.Foundations.Outbox.Empty };
        GoldenState.Loads("order-v1-before-refunds", marked);
        var begun = OrderRules.BeginOwedRefund(marked, Id);
        Assert.Equal(("alipay", "trade-1"), (Refunds(begun).Single().Provider, Refunds(begun).Single().TradeId));
        Assert.Same(begun, OrderRules.BeginOwedRefund(begun, Id));
        GoldenState.Verify("order-v1", begun with { Order = begun.Order! with { PayPage = new PayPage("https://pay.example.com/", "https://bzt.example.com/payments/wechat/notify", "wechat", Now) } });
    }

    [Fact]
    public void A_trade_closed_at_the_provider_makes_room_for_another()
    {
        var closed = new PaymentNotice(1, "notice", "trade-1", false, 30000, null);
        var (state, _) = OrderRules.Notify(Opened(), Id, closed, Now);
        Assert.Equal((OrderState.Open, 2), (state.Order!.State, state.Order.Attempt));
        Assert.Same(state, OrderRules.Notify(state, Id, closed, Now).State);
    }

    [Fact]
    public void Whatever_is_notified_settles_once_and_only_by_the_amount() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Bool, Gen.Bool).Array[1, 20].Sample(notices =>
        {
            var state = Opened();
            var right = false;
            foreach (var (trade, amount, paid, close) in notices)
            {
                if (close)
                {
                    state = OrderRules.Close(state, Id);
                }

                right |= paid && amount == 0;
                state = OrderRules.Notify(state, Id, new PaymentNotice(1, "n", $"trade-{trade}", paid, 30000 + amount, null), Now).State;
                Assert.Equal(right, state.Order!.State is OrderState.Paid or OrderState.RefundDue);
                Assert.True(TimesTold(state) <= 1);
            }
        });

    [Fact]
    public void Unknown_orders_and_numbers_are_refused()
    {
        Assert.Equal(RefusalCode.NotFound, OrderRules.Notify(new StoredOrder(), Id, Paid("trade-1", 30000), Now).Refusal?.Code);
        Assert.True(OrderRules.TryParseNumber(OrderRules.Number(Id, 12), out var order, out var attempt));
        Assert.Equal((Id, 12), (order, attempt));
        Assert.True(OrderRules.TryParseNumber(OrderRules.Number(Id, 999, "wechat"), out order, out attempt));
        Assert.Equal((Id, 999), (order, attempt));
        Assert.InRange(OrderRules.Number(Id, 999, "wechat").Length, 6, 32);
        foreach (var text in new[] { "", "1", OrderRules.Number(Id, 1, "wechat")[..22], OrderRules.Number(Id, 1, "wechat") + "000", "!" + OrderRules.Number(Id, 1, "wechat")[1..], Id.ToString(), Id.Value.ToString("N"), Id.Value.ToString("N") + "01", Id.Value.ToString("N") + "1234", Id.Value.ToString("N").ToUpperInvariant() + "1" })
        {
            Assert.False(OrderRules.TryParseNumber(text, out _, out _), text);
        }
    }

    private static IEnumerable<BeginRefund> Refunds(StoredOrder state) =>
        state.Outbox.Items.Where(item => item.Kind == ApplicationOutbox.BeginRefund).Select(item => item.Read<BeginRefund>());

    private static StoredOrder Opened() => OrderRules.Open(new StoredOrder(), Id, Opening, Now).State;

    private static int TimesTold(StoredOrder state) => state.Outbox.Items.Count(item => item.Kind == ApplicationOutbox.OrderPaid);

    private static PaymentNotice Paid(string trade, long amount) => new(1, $"notice of {trade}", trade, true, amount, Now);
}
