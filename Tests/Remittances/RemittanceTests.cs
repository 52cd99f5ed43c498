using System.Collections.Concurrent;
using System.Net;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.Remittances;
using Bzt.Simulators;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.Remittances;

/// <summary>The whole way: our grain, the simulated bank, its notifications through the gateway.</summary>
[Trait("Feature", "M035"), Trait("Surface", "api")]
public sealed class RemittanceTests
{
    private const string Payer = "宜昌测试有限公司";

    [Fact]
    public async Task Remitted_as_agreed_the_asker_is_told_and_only_once_whatever_the_bank_repeats()
    {
        var asker = new Asker();
        await using var system = await StartAsync(asker);
        var (id, owner, opened) = await OpenAsync(system);
        Assert.Equal((RemittanceState.Waiting, 37), (opened.State, opened.AmountFen));
        Assert.Equal(opened.Payee.Account, (await system.Simulators.RemittancesAsync(id))!.Account);

        // Wrong first, then right, told twice.
        await system.Simulators.RemitAsync(id, Payer, "42050000000123456", 38);
        Assert.Equal(RemittanceVerdict.WrongAmount, (await asker.UntilAsync(id, told => told.Received.Count == 1)).Received[0].Verdict);
        await system.Simulators.SteerAsync("remittance-notify", new(Disturbance.Twice));
        await system.Simulators.RemitAsync(id, Payer, "42050000000123456", 37);
        await asker.UntilAsync(id, told => told.State == RemittanceState.Matched);
        await system.Simulators.NotifyRemittancesAsync(id);
        await Wait.UntilAsync(async () => (await system.Simulators.RemittancesAsync(id))!.Notification!, notification => notification is { Accepted: true, Attempts: >= 2 });
        Assert.Equal(2, asker.Told.Count(told => told.Id == id));

        await system.RestartAsync();
        var view = Assert.IsType<Done<RemittanceView>>(await system.Grains.Remittance(id).GetView(owner)).Value;
        Assert.Equal((RemittanceState.Matched, 2), (view.State, view.Received.Count));
        Assert.Equal(RefusalCode.NotFound, Assert.IsType<Refused<RemittanceView>>(await system.Grains.Remittance(id).GetView(UserId.New())).Refusal.Code);
    }

    [Fact]
    public async Task A_lost_notification_loses_nothing_for_who_looks()
    {
        await using var system = await StartAsync(new Asker());
        var (id, owner, _) = await OpenAsync(system);
        await system.Simulators.SteerAsync("remittance-notify", new(Disturbance.Never));
        await system.Simulators.RemitAsync(id, Payer, "42050000000123456", 37);
        await Wait.UntilAsync(
            async () => Assert.IsType<Done<RemittanceView>>(await system.Grains.Remittance(id).GetView(owner)).Value,
            view => view.State == RemittanceState.Matched);
    }

    [Fact]
    public async Task The_bank_absent_leaves_nothing_behind_and_later_it_goes_on()
    {
        await using var system = await StartAsync(new Asker());
        var (id, command) = Command(system);
        foreach (var steer in new Steer[] { new(Disturbance.Fail, "SYSTEM_BUSY"), new(Disturbance.Garbage), new(Disturbance.Silence) })
        {
            await system.Simulators.SteerAsync("remittance", steer);
            Assert.Equal(RefusalCode.ProviderUnavailable, Assert.IsType<Refused<RemittanceView>>(await system.Grains.Remittance(id).Open(command)).Refusal.Code);
            Assert.Equal(RefusalCode.NotFound, Assert.IsType<Refused<RemittanceView>>(await system.Grains.Remittance(id).GetView(command.Owner)).Refusal.Code);
        }

        // The bank had opened the account when its answer was lost: the same one.
        var account = (await system.Simulators.RemittancesAsync(id))!.Account;
        Assert.Equal(account, Assert.IsType<Done<RemittanceView>>(await system.Grains.Remittance(id).Open(command)).Value.Payee.Account);
        Assert.Equal(RefusalCode.IdempotencyConflict, Assert.IsType<Refused<RemittanceView>>(await system.Grains.Remittance(id).Open(command with { AmountFen = 5 })).Refusal.Code);
    }

    [Fact]
    public async Task What_the_bank_did_not_sign_is_refused()
    {
        await using var system = await StartAsync(new Asker());
        var (id, owner, _) = await OpenAsync(system);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/remittances/notify")
        {
            Content = new StringContent($$"""{"reference":"{{id}}","remittances":[{"serial":"1","payerName":"{{Payer}}","payerAccountTail":"123456","amountFen":37,"receivedAt":"2026-11-25T00:00:00Z"}]}"""),
            Headers =
            {
                { "X-App-Id", system.ProviderSettings["Providers:Remittance:AppId"]! },
                { "X-Timestamp", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}" },
                { "X-Nonce", new string('0', 32) },
                { "X-Signature", new string('0', 64) },
            },
        };
        using var answer = await system.Gateway.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(RemittanceState.Waiting, Assert.IsType<Done<RemittanceView>>(await system.Grains.Remittance(id).GetView(owner)).Value.State);
    }

    private static Task<EmbeddedSystem> StartAsync(Asker asker) => EmbeddedSystem.StartAsync(builder => builder.Services.AddSingleton<IOutboxHandler>(asker));

    private static (Guid Id, OpenRemittance Command) Command(EmbeddedSystem system) => (Guid.CreateVersion7(), new(
        UserId.New(), 37, Payer, "123456", DateTimeOffset.UtcNow.AddDays(3), new Uri(system.Address, "remittances/notify"), Asker.OutboxKind, "somebody"));

    private static async Task<(Guid Id, UserId Owner, RemittanceView Opened)> OpenAsync(EmbeddedSystem system)
    {
        var (id, command) = Command(system);
        return (id, command.Owner, Assert.IsType<Done<RemittanceView>>(await system.Grains.Remittance(id).Open(command)).Value);
    }

    /// <summary>Whoever wanted the proof.</summary>
    private sealed class Asker : IOutboxHandler
    {
        public const string OutboxKind = "test/remittance";

        public ConcurrentQueue<RemittanceView> Told { get; } = new();

        public string Kind => OutboxKind;

        public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
        {
            Told.Enqueue(delivery.Item.Read<RemittanceView>());
            return Task.CompletedTask;
        }

        public async Task<RemittanceView> UntilAsync(Guid id, Func<RemittanceView, bool> isSo) =>
            (await Wait.UntilAsync(() => Task.FromResult(Told.LastOrDefault(told => told.Id == id && isSo(told))), told => told is not null))!;
    }
}
