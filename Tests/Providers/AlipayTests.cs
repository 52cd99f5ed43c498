using System.Net;
using Bzt.Grains.Providers.Payments;
using Bzt.Simulators;
using Bzt.Simulators.Alipay;
using Bzt.Tests.Simulators;

namespace Bzt.Tests.Providers;

public sealed class AlipayTests
{
    const string Subject = "数字证书 & 服务费 +1%";
    static readonly Uri ReturnUrl = new("http://127.0.0.1:1/back?order=o1");

    static async Task<Uri> PayUrl(IPaymentProvider alipay, Uri notifyUrl, string orderId = "o1", long fen = 30010) =>
        Assert.IsType<PaymentCreation.Ok>(await alipay.CreateAsync(orderId, fen, Subject, notifyUrl, ReturnUrl)).PayUrl;

    [Fact]
    [Trait("Feature", "M033"), Trait("Surface", "api")]
    public async Task Page_payment_notification_and_query_tell_the_same()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var merchant = await Merchant.StartAsync();
        var alipay = simulators.Payment("alipay");
        Assert.Equal(new PaymentQuery.Refused(PaymentRefusal.UnknownOrder, "ACQ.TRADE_NOT_EXIST"), await alipay.QueryAsync("o1"));

        var payUrl = await PayUrl(alipay, merchant.NotifyUrl);
        var cashier = WebUtility.HtmlDecode(await simulators.Http.GetStringAsync(payUrl));
        Assert.Contains(Subject, cashier);
        Assert.Contains("¥300.10", cashier);
        var waiting = Assert.IsType<PaymentQuery.Ok>(await alipay.QueryAsync("o1")).Status;
        Assert.Equal(new("o1", waiting.TradeId, PaymentState.Waiting, 30010, null), waiting);

        await simulators.Control.PayAsync("o1", payUrl);
        Assert.True(alipay.TryReadNotification(await merchant.NextAsync(), out var notification));
        var paid = Assert.IsType<PaymentQuery.Ok>(await alipay.QueryAsync("o1")).Status;
        Assert.Equal(paid, notification.Status);
        Assert.Equal(new("o1", waiting.TradeId, PaymentState.Paid, 30010, paid.PaidAt), paid);
        Assert.Equal(DateTimeOffset.UtcNow, paid.PaidAt!.Value, TimeSpan.FromMinutes(5));

        // Sent once more it is the same notification.
        await simulators.Control.NotifyAsync("o1");
        Assert.True(alipay.TryReadNotification(await merchant.NextAsync(), out var again));
        Assert.Equal(notification, again);
    }

    [Fact]
    public async Task A_closed_order_is_told_and_cannot_be_paid()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var merchant = await Merchant.StartAsync();
        var alipay = simulators.Payment("alipay");
        var payUrl = await PayUrl(alipay, merchant.NotifyUrl);
        (await simulators.Http.GetAsync(payUrl)).Dispose();
        await simulators.Control.CloseAsync("o1");
        Assert.True(alipay.TryReadNotification(await merchant.NextAsync(), out var notification));
        Assert.Equal(PaymentState.Closed, notification.Status.State);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => simulators.Control.PayAsync("o1", payUrl));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(TradeStatus.TradeClosed, (await simulators.Control.TradeAsync("o1"))!.Status);
    }

    [Fact]
    public async Task A_notification_changed_anywhere_or_meant_for_another_is_not_believed()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var merchant = await Merchant.StartAsync();
        var alipay = simulators.Payment("alipay");
        await simulators.Control.PayAsync("o1", await PayUrl(alipay, merchant.NotifyUrl));
        var genuine = await merchant.NextAsync();
        Assert.True(alipay.TryReadNotification(genuine, out _));

        foreach (var name in genuine.Keys)
        {
            Assert.False(alipay.TryReadNotification(new Dictionary<string, string>(genuine) { [name] = genuine[name] + "0" }, out _), name);
            Assert.False(alipay.TryReadNotification(genuine.Where(field => field.Key != name).ToDictionary(), out _), name);
        }

        Assert.False(alipay.TryReadNotification(new Dictionary<string, string>(genuine) { ["extra"] = "1" }, out _));
        Assert.False(alipay.TryReadNotification(new Dictionary<string, string>(), out _));
        Assert.False(simulators.Payment("alipay", null, ("Providers:Alipay:SellerId", "2088000000000000")).TryReadNotification(genuine, out _));
        Assert.False(simulators.Payment("alipay", null, ("Providers:Alipay:AppId", "9021000000000000")).TryReadNotification(genuine, out _));

        // Another Alipay's key.
        await using var others = await RunningSimulators.StartAsync(ownKeys: true);
        Assert.False(others.Payment("alipay").TryReadNotification(genuine, out _));
    }

    [Fact]
    public async Task A_refund_is_one_however_often_it_is_asked_for()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var merchant = await Merchant.StartAsync();
        var alipay = simulators.Payment("alipay");
        var payUrl = await PayUrl(alipay, merchant.NotifyUrl);
        (await simulators.Http.GetAsync(payUrl)).Dispose();
        var trade = (await simulators.Control.TradeAsync("o1"))!;
        Assert.Equal(new RefundResult.Refused("ACQ.TRADE_STATUS_ERROR"), await Refund());
        Assert.Equal(new RefundResult.Refused("ACQ.TRADE_NOT_EXIST"), await alipay.RefundAsync("1", "R1", 30010, "退款"));
        await simulators.Control.PayAsync("o1", payUrl);
        Assert.True(alipay.TryReadNotification(await merchant.NextAsync(), out _));

        // The answers get lost; the money goes back once.
        await simulators.Control.SteerAsync("alipay", new(Disturbance.Fail, "ACQ.SELLER_BALANCE_NOT_ENOUGH"));
        Assert.Equal(new RefundResult.Refused("ACQ.SELLER_BALANCE_NOT_ENOUGH"), await Refund());
        await simulators.Control.SteerAsync("alipay", new(Disturbance.Garbage));
        Assert.IsType<RefundResult.Unavailable>(await Refund());
        Assert.Null((await simulators.Control.TradeAsync("o1"))!.Refunds);
        await simulators.Control.SteerAsync("alipay", new(Disturbance.Silence));
        Assert.IsType<RefundResult.Unavailable>(await Refund());
        Assert.Equal(new RefundResult.Ok(), await Refund());
        Assert.Equal(new RefundResult.Ok(), await Refund());
        Assert.Equal(300.10m, Assert.Single((await simulators.Control.TradeAsync("o1"))!.Refunds!.Value).Amount);

        // Another number is another refund, and there is no more money.
        Assert.Equal(new RefundResult.Refused("ACQ.TRADE_STATUS_ERROR"), await alipay.RefundAsync(trade.TradeNo, "R2", 1, "退款"));
        Assert.True(alipay.TryReadNotification(await merchant.NextAsync(), out var closed));
        Assert.Equal((PaymentState.Closed, 30010L), (closed.Status.State, closed.Status.AmountFen));

        Task<RefundResult> Refund() => alipay.RefundAsync(trade.TradeNo, "R1", 30010, "退款");
    }

    [Fact]
    public async Task An_order_is_closed_unless_it_is_paid()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var alipay = simulators.Payment("alipay");
        Assert.Equal(new PaymentClosing.Refused(PaymentRefusal.UnknownOrder, "ACQ.TRADE_NOT_EXIST"), await alipay.CloseAsync("o1"));
        var notifyUrl = new Uri("http://127.0.0.1:1/notify");
        (await simulators.Http.GetAsync(await PayUrl(alipay, notifyUrl))).Dispose();
        Assert.Equal(new PaymentClosing.Ok(), await alipay.CloseAsync("o1"));
        await simulators.Control.PayAsync("o2", await PayUrl(alipay, notifyUrl, "o2"));
        Assert.Equal(new PaymentClosing.Refused(PaymentRefusal.Paid, "ACQ.REASON_TRADE_STATUS_INVALID"), await alipay.CloseAsync("o2"));
        await simulators.Control.SteerAsync("alipay", new(Disturbance.Fail, "ACQ.SYSTEM_ERROR"));
        Assert.Equal(new PaymentClosing.Unavailable("ACQ.SYSTEM_ERROR"), await alipay.CloseAsync("o2"));
    }

    [Fact]
    public async Task An_order_keeps_its_terms_and_its_address_cannot_be_altered()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var alipay = simulators.Payment("alipay");
        var notifyUrl = new Uri("http://127.0.0.1:1/notify");
        var first = await PayUrl(alipay, notifyUrl);
        Assert.Equal(HttpStatusCode.OK, await Open(first));
        Assert.Equal(HttpStatusCode.OK, await Open(first));
        Assert.Equal(HttpStatusCode.BadRequest, await Open(await PayUrl(alipay, notifyUrl, fen: 1)));

        var cheaper = new Uri((await PayUrl(alipay, notifyUrl, "o2")).AbsoluteUri.Replace("300.10", "0.01"));
        using var answer = await simulators.Http.GetAsync(cheaper);
        Assert.Contains("isv.invalid-signature", await answer.Content.ReadAsStringAsync());
        Assert.Null(await simulators.Control.TradeAsync("o2"));

        async Task<HttpStatusCode> Open(Uri url)
        {
            using var response = await simulators.Http.GetAsync(url);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Trouble_of_the_query_is_an_answer()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var alipay = simulators.Payment("alipay");
        (await simulators.Http.GetAsync(await PayUrl(alipay, new Uri("http://127.0.0.1:1/notify")))).Dispose();
        await simulators.Control.SteerAsync("alipay", new(Disturbance.Garbage));
        Assert.IsType<PaymentQuery.Unavailable>(await alipay.QueryAsync("o1"));
        await simulators.Control.SteerAsync("alipay", new(Disturbance.Silence));
        Assert.IsType<PaymentQuery.Unavailable>(await alipay.QueryAsync("o1"));
        await simulators.Control.SteerAsync("alipay", new(Disturbance.Fail, "ACQ.SYSTEM_ERROR"));
        Assert.Equal(new PaymentQuery.Unavailable("ACQ.SYSTEM_ERROR"), await alipay.QueryAsync("o1"));
        Assert.IsType<PaymentQuery.Ok>(await alipay.QueryAsync("o1"));

        var clock = RunningSimulators.Clock();
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(new PaymentQuery.Refused(PaymentRefusal.Account, "isv.invalid-timestamp"), await simulators.Payment("alipay", clock).QueryAsync("o1"));

        // Somebody between us and Alipay answers that it is paid.
        await using var impostor = await Impostor.StartAsync(
            """{"alipay_trade_query_response":{"code":"10000","out_trade_no":"o1","trade_no":"1","trade_status":"TRADE_SUCCESS","total_amount":"300.10"},"sign":"AAAA"}""", []);
        Assert.Equal(
            new PaymentQuery.Unavailable("answer without a valid signature"),
            await simulators.Payment("alipay", null, ("Providers:Alipay:Gateway", impostor.Address.AbsoluteUri)).QueryAsync("o1"));
    }

    [Theory]
    [InlineData(1, "0.01")]
    [InlineData(100, "1.00")]
    [InlineData(30010, "300.10")]
    [InlineData(99_999_999_99, "99999999.99")]
    public void Fen_and_yuan(long fen, string yuan)
    {
        Assert.Equal(yuan, AlipayAmount.Text(fen));
        Assert.True(AlipayAmount.TryParse(yuan, out var back));
        Assert.Equal(fen, back);
    }

    [Theory]
    [InlineData("0.001")]
    [InlineData("1,000.00")]
    [InlineData("-1.00")]
    [InlineData("1e3")]
    [InlineData(" 1.00")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("99999999999999999999")]
    public void Not_an_amount(string? text) => Assert.False(AlipayAmount.TryParse(text, out _));
}
