using System.Text.Json;

namespace Bzt.Simulators.WeChatPay;

/// <summary>Tells merchants that a trade was paid, until they answer 200 or 204: fifteen times within a day.</summary>
sealed class WeChatPayNotifier(WeChatPaySimulator simulator, SimulatorKeys keys, IHttpClientFactory http, Steering steering, TimeProvider time, ILogger<WeChatPayNotifier> logger)
    : Notifier("wechatpay", Intervals, http, steering, time, logger)
{
    static readonly TimeSpan[] Intervals =
    [
        TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(30),
        TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(60), TimeSpan.FromHours(3), TimeSpan.FromHours(3), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(6),
    ];

    readonly TimeProvider time = time;

    protected override IEnumerable<string> Unfinished() => simulator.Unnotified().Select(trade => trade.OrderId);

    protected override HttpRequestMessage? Request(string key)
    {
        if (simulator.Find(key) is not { Notification: { } notification, PaidAt: not null } trade)
        {
            return null;
        }

        // Says what happened then, though it may have been refunded since.
        var transaction = WeChatPayEndpoints.Transaction(trade with { TradeState = "SUCCESS" }, keys.WeChatPay);
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            id = notification.Id,
            create_time = WeChatPayEndpoints.Time(trade.PaidAt.Value),
            resource_type = "encrypt-resource",
            event_type = "TRANSACTION.SUCCESS",
            summary = "支付成功",
            resource = WeChatPaySignature.Seal(JsonSerializer.SerializeToUtf8Bytes(transaction), "transaction", keys.WeChatPay),
        });
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(trade.NotifyUrl)) { Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } } };
        foreach (var (name, value) in WeChatPaySignature.Sign(body, keys.WeChatPay, time.GetUtcNow()))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    protected override bool IsAcknowledged(bool success, string answer) => success;

    protected override void Record(string key, bool accepted, string answer) => simulator.Notified(key, accepted, answer);
}
