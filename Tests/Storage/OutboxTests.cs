using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bzt.Tests.Storage;

public sealed class OutboxTests(PostgresFixture postgres)
{
    [Fact]
    public async Task What_was_decided_arrives_once_and_in_order()
    {
        await using var silo = await StartAsync();
        var source = silo.Grains.GetGrain<ILedgerGrain>("source");
        await source.Transfer("target", 1, 2, 3);
        await source.Transfer("target", 4);
        await silo.DrainAsync(source);
        Assert.Equal(10, await silo.Grains.GetGrain<ILedgerGrain>("target").Balance());
        Assert.Equal([1, 2, 3, 4], Handler(silo).Tried.Select(tried => tried.Sequence));
    }

    [Fact]
    public async Task A_grain_may_be_called_by_its_own_delivery()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ILedgerGrain>("self");
        await grain.Transfer("self", 5);
        await silo.DrainAsync(grain);
        Assert.Equal(0, await grain.Balance());
        Assert.Equal(2, silo.Faults.Written.Count(write => write.Kind == "state"));
    }

    [Fact]
    public async Task A_refused_delivery_holds_back_those_behind_it_and_is_tried_again()
    {
        await using var silo = await StartAsync();
        Handler(silo).RefuseNext = 2;
        var source = silo.Grains.GetGrain<ILedgerGrain>("source");
        await source.Transfer("target", 1, 2);
        var target = silo.Grains.GetGrain<ILedgerGrain>("target");
        await Until(async () =>
        {
            // Each drain is one more round of tries.
            await silo.DrainAsync(source);
            return await target.Balance() == 3;
        });

        Assert.Equal([1, 1, 1, 2], Handler(silo).Tried.Select(tried => tried.Sequence));
    }

    [Fact]
    public async Task Delivered_items_leave_the_state_after_a_while_without_a_caller()
    {
        await using var silo = await StartAsync();
        var source = silo.Grains.GetGrain<ILedgerGrain>("source");
        await source.Transfer("target", 1);
        await silo.DrainAsync(source);
        Assert.Equal(1, await source.Pending());
        silo.Clock.Advance(OutboxDrain<LedgerState>.TrimAfter);
        await Until(async () => await source.Pending() == 0);
        Assert.Empty(await PendingRowsAsync(silo));
    }

    [Fact]
    public async Task Delivered_items_leave_the_state_with_the_next_write()
    {
        await using var silo = await StartAsync();
        var source = silo.Grains.GetGrain<ILedgerGrain>("source");
        await source.Transfer("target", 1);
        await silo.DrainAsync(source);
        await source.Receive("elsewhere", 1, 7);
        Assert.Equal(0, await source.Pending());
    }

    [Fact]
    public async Task A_delivered_outbox_is_trimmed_when_its_grain_goes()
    {
        await using var silo = await StartAsync();
        var source = silo.Grains.GetGrain<ILedgerGrain>("source");
        await source.Transfer("target", 1);
        await silo.DrainAsync(source);
        await silo.RestartAsync();
        Assert.Empty(await PendingRowsAsync(silo));
        Assert.Equal(-1, await silo.Grains.GetGrain<ILedgerGrain>("source").Balance());
    }

    /// <summary>The outcome's write, lost or kept without anybody being told: either way decision and consequence stand or fall together.</summary>
    [Theory]
    [InlineData(WriteFault.NotPersisted, 0)]
    [InlineData(WriteFault.Persisted, 5)]
    public async Task A_failed_write_and_its_outbox_stand_or_fall_together(WriteFault fault, int arrives)
    {
        await using var silo = await StartAsync();
        silo.Faults.FailNext(fault);
        var source = silo.Grains.GetGrain<ILedgerGrain>("source");
        await Assert.ThrowsAsync<StorageFailedException>(() => source.Transfer("target", 5));

        // Nobody calls the source again: only the flag in its row can bring it back.
        await Sweeper(silo).SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal(arrives, await silo.Grains.GetGrain<ILedgerGrain>("target").Balance());
        Assert.Equal(-arrives, await source.Balance());
    }

    /// <summary>The receiver's write fails in either way: the delivery comes again, and counts once.</summary>
    [Theory]
    [InlineData(WriteFault.NotPersisted)]
    [InlineData(WriteFault.Persisted)]
    public async Task A_delivery_whose_receiver_failed_counts_once(WriteFault fault)
    {
        await using var silo = await StartAsync();
        silo.Faults.FailNext(fault, write => write.Subject.EndsWith("/target", StringComparison.Ordinal));
        var source = silo.Grains.GetGrain<ILedgerGrain>("source");
        await source.Transfer("target", 5);
        await Until(async () =>
        {
            await silo.DrainAsync(source);
            return Handler(silo).Tried.Count == 2;
        });
        await silo.DrainAsync(source);
        Assert.Equal(5, await silo.Grains.GetGrain<ILedgerGrain>("target").Balance());
        Assert.Equal(2, Handler(silo).Tried.Count);
    }

    /// <summary>Each write renews the row, so by the row alone a busy grain would never be late.</summary>
    [Fact]
    public async Task How_long_a_delivery_has_failed_is_seen_although_its_grain_goes_on_writing()
    {
        await using var silo = await StartAsync();
        Handler(silo).RefuseNext = int.MaxValue;
        var source = silo.Grains.GetGrain<ILedgerGrain>("source");
        await source.Transfer("target", 1);
        await Until(() => Task.FromResult(!Handler(silo).Tried.IsEmpty));
        var late = TimeSpan.FromHours(3).TotalSeconds;
        for (var i = 0; i < 3; i++)
        {
            silo.Clock.Advance(TimeSpan.FromHours(1));
            await source.Transfer("target", 1);
        }

        await Until(() => Task.FromResult(OutboxFailures.Longest() >= late));
        Handler(silo).RefuseNext = 0;
        await Until(async () =>
        {
            await silo.DrainAsync(source);
            return await silo.Grains.GetGrain<ILedgerGrain>("target").Balance() == 4;
        });
        await Until(() => Task.FromResult(OutboxFailures.Longest() is not { } longest || longest < late));

        // Nor does one that left without having delivered.
        Handler(silo).RefuseNext = int.MaxValue;
        await source.Transfer("target", 1);
        await Until(() => Task.FromResult(Handler(silo).Tried.Any(tried => tried.Sequence == 5)));
        silo.Clock.Advance(TimeSpan.FromHours(3));
        await silo.StopAsync();
        await Until(() => Task.FromResult(OutboxFailures.Longest() is not { } longest || longest < late));
    }

    [Fact]
    public async Task What_a_stopped_silo_left_undelivered_is_delivered_by_the_next()
    {
        await using var silo = await StartAsync();
        Handler(silo).RefuseNext = int.MaxValue;
        await silo.Grains.GetGrain<ILedgerGrain>("source").Transfer("target", 5);
        await silo.RestartAsync();

        // The sweep of the start, or this one; the source itself is not called.
        await Until(async () =>
        {
            await Sweeper(silo).SweepAsync(TestContext.Current.CancellationToken);
            return await silo.Grains.GetGrain<ILedgerGrain>("target").Balance() == 5;
        });
    }

    /// <summary>Without a sweep: a person waits for what was to be told.</summary>
    [Fact]
    public async Task What_a_leaving_silo_has_not_delivered_is_delivered_by_those_that_stay()
    {
        const int Sources = 12;
        var database = await postgres.NewDatabaseAsync();
        await using var staying = await StartAsync(database);
        await using var leaving = await StartAsync(database, staying);
        Handler(leaving).RefuseNext = int.MaxValue;
        for (var i = 0; i < Sources; i++)
        {
            await leaving.Grains.GetGrain<ILedgerGrain>($"source-{i}").Transfer("target", 1);
        }

        await Until(() => Task.FromResult(Handler(leaving).Tried.Count + Handler(staying).Tried.Count >= Sources));
        Assert.NotEmpty(Handler(leaving).Tried);
        await leaving.StopAsync();
        var target = staying.Grains.GetGrain<ILedgerGrain>("target");

        // What is refused while the directory moves is tried again by the clock, which must not come to the sweep after a death.
        var (step, passed) = (TimeSpan.FromMilliseconds(20), TimeSpan.Zero);
        await Until(async () =>
        {
            if (passed + step < OutboxSweeper.AfterDeath)
            {
                staying.Clock.Advance(step);
                passed += step;
            }

            return await target.Balance() == Sources;
        });
        Assert.Equal(Sources, Handler(staying).Tried.Select(tried => tried.Source).Distinct().Count());
    }

    /// <summary>Whoever is left does not wait for the age at which a row is taken for forgotten.</summary>
    [Fact]
    public async Task A_silo_that_is_gone_makes_another_look_for_what_was_left()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var staying = await StartAsync(database, pendingAge: TimeSpan.FromDays(1));
        await using var leaving = await StartAsync(database, staying, TimeSpan.FromDays(1));

        // Its start might come after the death of all of them.
        var target = await LeaveAsync("first");
        await ArrivesAsync(target);

        // Nobody calls the source, and the sweeps at their times find nothing that is a day old.
        target = await LeaveAsync("second");
        await Sweeper(staying).SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, await target.Balance());
        await leaving.StopAsync();
        await ArrivesAsync(target);

        async Task<ILedgerGrain> LeaveAsync(string name)
        {
            var source = staying.Grains.GetGrain<ILedgerGrain>($"source of {name}");
            foreach (var silo in (TestSilo[])[staying, leaving])
            {
                silo.Faults.FailNext(WriteFault.Persisted, write => write.Subject.EndsWith($"/source of {name}", StringComparison.Ordinal));
            }

            await Assert.ThrowsAsync<StorageFailedException>(() => source.Transfer(name, 5));
            return staying.Grains.GetGrain<ILedgerGrain>(name);
        }

        Task ArrivesAsync(ILedgerGrain target) => Until(async () =>
        {
            staying.Clock.Advance(OutboxSweeper.AfterDeath);
            return await target.Balance() == 5;
        });
    }

    private static Task<TestSilo> StartAsync(string? postgres = null, TestSilo? beside = null, TimeSpan? pendingAge = null) => TestSilo.StartAsync(builder =>
    {
        if (pendingAge is { } age)
        {
            builder.Services.AddSingleton(new OutboxOptions { PendingAge = age });
        }

        builder.Services.AddSingleton<IOutboxHandler, TransferHandler>();
    }, postgres: postgres, beside: beside);

    private static TransferHandler Handler(TestSilo silo) => silo.Services.GetServices<IOutboxHandler>().OfType<TransferHandler>().Single();

    private static OutboxSweeper Sweeper(TestSilo silo) => silo.Services.GetServices<IHostedService>().OfType<OutboxSweeper>().Single();

    private static Task<List<string>> PendingRowsAsync(TestSilo silo)
    {
        var store = silo.Services.GetRequiredService<SqlStore>();
        return store.QueryAsync(store.Texts.PendingOutboxes, row => row.GetString(1), TestContext.Current.CancellationToken, ("service", "bzt"), ("age", 0L));
    }

    private static Task Until(Func<Task<bool>> condition) => Applications.Wait.UntilAsync(condition, isSo => isSo);
}
