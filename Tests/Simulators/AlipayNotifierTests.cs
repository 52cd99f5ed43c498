using Bzt.Simulators.Alipay;
using Bzt.Tests.Peers;
using Bzt.Tests.Providers;
using Bzt.Grains.Providers.Payments;
using Microsoft.Extensions.Time.Testing;

namespace Bzt.Tests.Simulators;

public sealed class AlipayNotifierTests
{
    [Fact]
    public async Task A_notification_is_repeated_eight_times_in_25_hours_under_one_id()
    {
        var clock = RunningSimulators.Clock();
        await using var simulators = await RunningSimulators.StartAsync(clock);
        await using var merchant = await Merchant.StartAsync();
        for (var i = 0; i < 8; i++)
        {
            merchant.Answers.Enqueue("fail");
        }

        await Pay(simulators, merchant.NotifyUrl, clock);
        var first = await merchant.NextAsync();
        foreach (var minutes in new[] { 4, 10, 10, 60, 120, 360, 900 })
        {
            await AttemptRecorded(simulators, minutes);
            clock.Advance(TimeSpan.FromMinutes(minutes));
            var again = await merchant.NextAsync();
            Assert.Equal(first["notify_id"], again["notify_id"]);
            Assert.NotEqual(first["notify_time"], again["notify_time"]);
        }

        var trade = await WaitFor(simulators, trade => trade.Notification!.Attempts == 8);
        Assert.False(trade.Notification!.Accepted);
        Assert.Equal("fail", trade.Notification.LastAnswer);

        // An operator sends it once more, and the merchant has come to his senses.
        await simulators.Control.NotifyAsync("o1");
        Assert.Equal(first["notify_id"], (await merchant.NextAsync())["notify_id"]);
        Assert.True((await WaitFor(simulators, trade => trade.Notification!.Accepted)).Notification!.Accepted);

        // The delivery waits for its interval only after it has recorded the attempt.
        async Task AttemptRecorded(RunningSimulators running, int minutes)
        {
            attempts++;
            await WaitFor(running, trade => trade.Notification!.Attempts == attempts);
        }
    }

    int attempts;

    [Fact]
    public async Task Trades_and_unaccepted_notifications_survive_a_restart()
    {
        using var folder = new TemporaryFolder();
        await using var merchant = await Merchant.StartAsync();
        merchant.Answers.Enqueue("fail");
        var clock = RunningSimulators.Clock();
        IReadOnlyDictionary<string, string?> settings;
        Trade before;
        await using (var simulators = await RunningSimulators.StartAsync(clock, folder.FullName))
        {
            settings = simulators.Settings;
            await Pay(simulators, merchant.NotifyUrl, clock);
            await merchant.NextAsync();
            before = await WaitFor(simulators, trade => trade.Notification!.Attempts == 1);
        }

        await using var again = await RunningSimulators.StartAsync(clock, folder.FullName);
        Assert.Equal(settings["Providers:Alipay:PrivateKey"], again.Settings["Providers:Alipay:PrivateKey"]);
        Assert.Equal(before.Notification!.Id, (await merchant.NextAsync())["notify_id"]);
        var after = await WaitFor(again, trade => trade.Notification!.Accepted);
        Assert.Equal(before with { Notification = after.Notification }, after);
    }

    static async Task Pay(RunningSimulators simulators, Uri notifyUrl, FakeTimeProvider clock)
    {
        var created = await simulators.Payment("alipay", clock).CreateAsync("o1", 100, "证书", notifyUrl, new Uri("http://127.0.0.1:1/"));
        await simulators.Control.PayAsync("o1", Assert.IsType<PaymentCreation.Ok>(created).PayUrl);
    }

    static async Task<Trade> WaitFor(RunningSimulators simulators, Func<Trade, bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (await simulators.Control.TradeAsync("o1", patience.Token) is { } trade && condition(trade))
            {
                return trade;
            }
        }
    }
}
