using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Bzt.Simulators.Alipay;

/// <summary>Tells merchants what became of a trade, until they answer <c>success</c>: eight times within 25 hours, as Alipay does.</summary>
sealed class AlipayNotifier(AlipaySimulator simulator, SimulatorKeys keys, IHttpClientFactory http, TimeProvider time, ILogger<AlipayNotifier> logger) : BackgroundService
{
    public const string HttpClientName = "alipay-notify";

    static readonly TimeSpan[] Intervals =
    [
        TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1),
        TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromHours(15),
    ];

    readonly Channel<string> queue = Channel.CreateUnbounded<string>();

    /// <summary>Starts notifying now; also how an operator sends a notification once more.</summary>
    public void Send(string orderId) => queue.Writer.TryWrite(orderId);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var trade in simulator.Unnotified())
        {
            Send(trade.OrderId);
        }

        var running = new ConcurrentDictionary<Task, bool>();
        try
        {
            await foreach (var orderId in queue.Reader.ReadAllAsync(stoppingToken))
            {
                var task = DeliverAsync(orderId, stoppingToken);
                running[task] = true;
                _ = task.ContinueWith(done => running.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running.Keys);
        }
    }

    async Task DeliverAsync(string orderId, CancellationToken stopping)
    {
        try
        {
            foreach (var wait in Intervals.Append(Timeout.InfiniteTimeSpan))
            {
                if (simulator.Find(orderId) is not { Notification: { } notification, NotifyUrl: { } url } trade)
                {
                    return;
                }

                var answer = await PostAsync(url, Form(trade, notification), stopping);

                // The next turn's clock runs before this one is recorded: who sees the record may count on it.
                using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                var next = Task.Delay(wait, time, over.Token);
                simulator.Notified(orderId, answer == "success", answer);
                if (answer == "success" || wait == Timeout.InfiniteTimeSpan)
                {
                    await over.CancelAsync();
                    return;
                }

                await next;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Unaccepted notifications start again with the next process.
        }
    }

    async Task<string> PostAsync(string url, Dictionary<string, string> form, CancellationToken stopping)
    {
        try
        {
            using var client = http.CreateClient(HttpClientName);
            using var content = new FormUrlEncodedContent(form);
            using var response = await client.PostAsync(new Uri(url), content, stopping);
            var answer = (await response.Content.ReadAsStringAsync(stopping)).Trim();
            return response.IsSuccessStatusCode ? answer[..Math.Min(answer.Length, 200)] : $"HTTP {(int)response.StatusCode}";
        }
        catch (Exception failure) when (failure is HttpRequestException or UriFormatException or InvalidOperationException || (failure is TaskCanceledException && !stopping.IsCancellationRequested))
        {
            logger.LogWarning("Notification of {Order} not delivered: {Reason}", form["out_trade_no"], failure.Message);
            return failure.Message;
        }
    }

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

        form["sign"] = AlipaySignature.Sign(AlipaySignature.Content(form), keys.AlipayPrivateKey);
        form["sign_type"] = "RSA2";
        return form;
    }
}
