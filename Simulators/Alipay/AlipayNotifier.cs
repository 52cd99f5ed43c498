using System.Globalization;

namespace Bzt.Simulators.Alipay;

/// <summary>Tells merchants what became of a trade, until they answer <c>success</c>: eight times within 25 hours, as Alipay does.</summary>
sealed class AlipayNotifier(AlipaySimulator simulator, SimulatorKeys keys, IHttpClientFactory http, Steering steering, TimeProvider time, ILogger<AlipayNotifier> logger)
    : Notifier("alipay", Intervals, http, steering, time, logger)
{
    static readonly TimeSpan[] Intervals =
    [
        TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1),
        TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromHours(15),
    ];

    readonly TimeProvider time = time;

    protected override IEnumerable<string> Unfinished() => simulator.Unnotified().Select(trade => trade.OrderId);

    protected override HttpRequestMessage? Request(string key) =>
        simulator.Find(key) is { Notification: { } notification, NotifyUrl: { } url } trade && Uri.TryCreate(url, UriKind.Absolute, out var address)
            ? new(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(Form(trade, notification)) }
            : null;

    protected override bool IsAcknowledged(bool success, string answer) => success && answer == "success";

    protected override void Record(string key, bool accepted, string answer) => simulator.Notified(key, accepted, answer);

    Dictionary<string, string> Form(Trade trade, Notification notification)
    {
        var form = new Dictionary<string, string>
        {
            ["gmt_create"] = BeijingTime.Text(trade.CreatedAt),
            ["charset"] = "utf-8",
            ["notify_time"] = BeijingTime.Text(time.GetUtcNow()),
            ["subject"] = trade.Subject,
            ["buyer_id"] = "2088000000000002",
            ["version"] = "1.0",
            ["notify_id"] = notification.Id,
            ["notify_type"] = "trade_status_sync",
            ["out_trade_no"] = trade.OrderId,
            ["total_amount"] = trade.Amount,
            ["trade_status"] = trade.WireStatus,
            ["trade_no"] = trade.TradeNo,
            ["auth_app_id"] = keys.AlipayAppId,
            ["app_id"] = keys.AlipayAppId,
            ["seller_id"] = keys.AlipaySellerId,
        };
        if (trade.PaidAt is { } paidAt)
        {
            form["gmt_payment"] = BeijingTime.Text(paidAt);
            form["invoice_amount"] = trade.Amount;
            form["receipt_amount"] = trade.Amount;
            form["buyer_pay_amount"] = trade.Amount;
            form["point_amount"] = "0.00";
            form["fund_bill_list"] = $"[{{\"amount\":\"{trade.Amount}\",\"fundChannel\":\"ALIPAYACCOUNT\"}}]";
        }

        if (trade.Refunds is [.., var refund])
        {
            form["out_biz_no"] = refund.RequestNumber;
            form["refund_fee"] = trade.Refunds.Value.Sum(each => each.Amount).ToString("0.00", CultureInfo.InvariantCulture);
            form["gmt_refund"] = BeijingTime.Text(refund.At);
        }

        form["sign"] = AlipaySignature.Sign(AlipaySignature.Content(form), keys.AlipayPrivateKey);
        form["sign_type"] = "RSA2";
        return form;
    }
}
