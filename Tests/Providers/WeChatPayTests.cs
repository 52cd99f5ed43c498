using System.Net;
using Bzt.Grains.Providers.Payments;
using Bzt.Simulators;
using Bzt.Tests.Simulators;

namespace Bzt.Tests.Providers;

/// <summary>Our adapter against the simulator, which npm's wechatpay-node-v3 drives too (<see cref="VendorSdkTests"/>).</summary>
[Trait("Feature", "M033"), Trait("Surface", "api")]
public sealed class WeChatPayTests
{
    const string Order = "019ab0000000700080000001";
    const string Subject = "数字证书 & 服务费 +1%";
    static readonly Uri ReturnUrl = new("http://127.0.0.1:1/back?order=o1");
    static readonly Uri Nowhere = new("http://127.0.0.1:1/notify");

    static async Task<PaymentCreation.Ok> Create(IPaymentProvider weChat, Uri notifyUrl, long fen = 30010) =>
        Assert.IsType<PaymentCreation.Ok>(await weChat.CreateAsync(Order, fen, Subject, notifyUrl, ReturnUrl, "203.0.113.7"));

    [Fact]
    public async Task Page_payment_notification_and_query_tell_the_same()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var merchant = await Merchant.StartAsync();
        var weChat = simulators.Payment("wechat");
        Assert.Equal(new PaymentQuery.Refused(PaymentRefusal.UnknownOrder, "ORDER_NOT_EXIST"), await weChat.QueryAsync(Order));
        var page = await Create(weChat, merchant.NotifyUrl);
        Assert.InRange(page.GoodUntil!.Value, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMinutes(5));
        Assert.Equal(PaymentState.Waiting, Assert.IsType<PaymentQuery.Ok>(await weChat.QueryAsync(Order)).Status.State);

        // As a person in a browser.
        using var buyer = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var shown = WebUtility.HtmlDecode(await buyer.GetStringAsync(page.PayUrl));
        Assert.Contains(Subject, shown);
        Assert.Contains("¥300.10", shown);
        var trade = (await simulators.Control.WeChatTradeAsync(Order))!;
        using var paid = await buyer.PostAsync(new Uri(simulators.Address, $"wechat-pay/checkmweb/{trade.PrepayId}/pay"), new FormUrlEncodedContent(new Dictionary<string, string> { ["returnUrl"] = ReturnUrl.AbsoluteUri }));
        Assert.Equal(ReturnUrl, paid.Headers.Location);

        Assert.True(weChat.TryReadNotification(await merchant.NextAsync(), out var notification));
        var status = Assert.IsType<PaymentQuery.Ok>(await weChat.QueryAsync(Order)).Status;
        Assert.Equal(status, notification.Status);
        Assert.Equal((Order, PaymentState.Paid, 30010L), (status.OrderId, status.State, status.AmountFen));
        Assert.Equal(DateTimeOffset.UtcNow, status.PaidAt!.Value, TimeSpan.FromMinutes(5));

        // Sent once more it is the same notification.
        await simulators.Control.NotifyWeChatAsync(Order);
        Assert.True(weChat.TryReadNotification(await merchant.NextAsync(), out var again));
        Assert.Equal(notification, again);
    }

    [Fact]
    public async Task A_notification_changed_anywhere_old_or_meant_for_another_is_not_believed()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var merchant = await Merchant.StartAsync();
        var clock = RunningSimulators.Clock();
        var weChat = simulators.Payment("wechat", clock);
        await Create(weChat, merchant.NotifyUrl);
        await simulators.Control.PayWeChatAsync(Order);
        var genuine = await merchant.NextAsync();
        Assert.True(weChat.TryReadNotification(genuine, out _));
        foreach (var name in genuine.Keys.Where(name => name != "wechatpay-signature-type"))
        {
            Assert.False(weChat.TryReadNotification(new Dictionary<string, string>(genuine) { [name] = genuine[name] + "0" }, out _), name);
            Assert.False(weChat.TryReadNotification(genuine.Where(field => field.Key != name).ToDictionary(), out _), name);
        }

        Assert.False(weChat.TryReadNotification(new Dictionary<string, string>(), out _));
        Assert.False(simulators.Payment("wechat", null, ("Providers:WeChatPay:MerchantId", "1600000000")).TryReadNotification(genuine, out _));
        Assert.False(simulators.Payment("wechat", null, ("Providers:WeChatPay:AppId", "wx1")).TryReadNotification(genuine, out _));
        Assert.False(simulators.Payment("wechat", null, ("Providers:WeChatPay:ApiV3Key", new string('0', 32))).TryReadNotification(genuine, out _));
        await using var others = await RunningSimulators.StartAsync(ownKeys: true);
        Assert.False(others.Payment("wechat").TryReadNotification(genuine, out _));
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.False(weChat.TryReadNotification(genuine, out _));
    }

    [Fact]
    public async Task An_order_keeps_its_terms_and_ends_once()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var weChat = simulators.Payment("wechat");
        await Create(weChat, Nowhere);
        await Create(weChat, Nowhere);
        Assert.Equal(new PaymentCreation.Refused("INVALID_REQUEST"), await weChat.CreateAsync(Order, 1, Subject, Nowhere, ReturnUrl));
        Assert.Equal(new PaymentClosing.Ok(), await weChat.CloseAsync(Order));
        Assert.Equal(PaymentState.Closed, Assert.IsType<PaymentQuery.Ok>(await weChat.QueryAsync(Order)).Status.State);
        Assert.Equal(new PaymentCreation.Refused("ORDER_CLOSED"), await weChat.CreateAsync(Order, 30010, Subject, Nowhere, ReturnUrl));
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => simulators.Control.PayWeChatAsync(Order));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(new PaymentClosing.Refused(PaymentRefusal.UnknownOrder, "ORDER_NOT_EXIST"), await weChat.CloseAsync("another-order"));
    }

    [Fact]
    public async Task A_refund_is_one_however_often_it_is_asked_for()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var weChat = simulators.Payment("wechat");
        await Create(weChat, Nowhere);
        Assert.Equal(new RefundResult.Refused("RESOURCE_NOT_EXISTS"), await weChat.RefundAsync("42000", "R1", 30010, "退款"));
        await simulators.Control.PayWeChatAsync(Order);
        Assert.Equal(new PaymentClosing.Refused(PaymentRefusal.Paid, "ORDERPAID"), await weChat.CloseAsync(Order));
        var tradeId = (await simulators.Control.WeChatTradeAsync(Order))!.TransactionId!;
        foreach (var (steer, answer) in new (Steer, RefundResult)[]
        {
            (new(Disturbance.Fail, "NOT_ENOUGH"), new RefundResult.Refused("NOT_ENOUGH")),
            (new(Disturbance.Fail, "FREQUENCY_LIMITED"), new RefundResult.Unavailable("FREQUENCY_LIMITED")),
            (new(Disturbance.Fail, "SYSTEM_ERROR"), new RefundResult.Unavailable("SYSTEM_ERROR")),
            (new(Disturbance.Garbage), new RefundResult.Unavailable("answer without a valid signature")),
        })
        {
            await simulators.Control.SteerAsync("wechatpay", steer);
            Assert.Equal(answer, await Refund());
        }

        Assert.Equal(new RefundResult.Processing(), await Refund());
        Assert.Equal(new RefundResult.Ok(), await Refund());
        Assert.Equal(new RefundResult.Ok(), await Refund());
        Assert.Equal(new RefundResult.Refused("INVALID_REQUEST"), await weChat.RefundAsync(tradeId, "R2", 30010, "退款"));

        // For an order that is open with us, a payment that went back is none.
        Assert.Equal(PaymentState.Closed, Assert.IsType<PaymentQuery.Ok>(await weChat.QueryAsync(Order)).Status.State);

        Task<RefundResult> Refund() => weChat.RefundAsync(tradeId, "R1", 30010, "退款");
    }

    [Fact]
    public async Task Keys_clocks_and_impostors()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var clock = RunningSimulators.Clock();
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(new PaymentQuery.Refused(PaymentRefusal.Account, "SIGN_ERROR"), await simulators.Payment("wechat", clock).QueryAsync(Order));
        Assert.Equal(
            new PaymentQuery.Refused(PaymentRefusal.Account, "SIGN_ERROR"),
            await simulators.Payment("wechat", null, ("Providers:WeChatPay:MerchantSerial", "00")).QueryAsync(Order));

        // A key of WeChat's that is not the one we know.
        Assert.Equal(
            new PaymentQuery.Unavailable("HTTP 404"),
            await simulators.Payment("wechat", null, ("Providers:WeChatPay:PlatformSerial", "PUB_KEY_ID_0")).QueryAsync(Order));

        // Somebody between us and WeChat answers that it is paid.
        await using var impostor = await Impostor.StartAsync($$"""{"out_trade_no":"{{Order}}","transaction_id":"1","trade_state":"SUCCESS","amount":{"total":30010} }""", []);
        var fooled = simulators.Payment("wechat", null, ("Providers:WeChatPay:Endpoint", impostor.Address.AbsoluteUri));
        Assert.Equal(new PaymentQuery.Unavailable("answer without a valid signature"), await fooled.QueryAsync(Order));
        Assert.Equal(new PaymentClosing.Unavailable("answer without a valid signature"), await fooled.CloseAsync(Order));

        var none = simulators.Payment("wechat", null, ("Providers:WeChatPay:MerchantId", ""));
        Assert.False(none.Offered);
        Assert.Equal(new PaymentCreation.Unavailable("not configured"), await none.CreateAsync(Order, 1, Subject, Nowhere, ReturnUrl));
    }

    [Fact]
    public async Task A_recorded_request_cannot_be_played_again()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var recorder = await Impostor.StartAsync("{}", []);
        await simulators.Payment("wechat", null, ("Providers:WeChatPay:Endpoint", recorder.Address.AbsoluteUri)).QueryAsync(Order);
        Assert.Equal(HttpStatusCode.NotFound, await Replay());
        Assert.Equal(HttpStatusCode.Unauthorized, await Replay());

        async Task<HttpStatusCode> Replay()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(simulators.Address, recorder.LastPath));
            request.Headers.TryAddWithoutValidation("Authorization", recorder.Last.Headers.Single(header => header.Name == "Authorization").Value);
            using var response = await simulators.Http.SendAsync(request);
            return response.StatusCode;
        }
    }
}
