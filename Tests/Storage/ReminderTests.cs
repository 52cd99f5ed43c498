using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.Storage;

/// <summary>Durable reminders on both stores.</summary>
public sealed class ReminderTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Reminders_survive_a_restart_and_can_be_cancelled(string store)
    {
        await using var silo = await StartAsync(store);
        var grain = silo.Grains.GetGrain<IAlarmGrain>("a");
        await grain.Set("daily", TimeSpan.FromDays(1));
        await grain.Set("daily", TimeSpan.FromDays(2));
        await grain.Set("weekly", TimeSpan.FromDays(7));
        await silo.RestartAsync();
        grain = silo.Grains.GetGrain<IAlarmGrain>("a");
        Assert.Equal(["daily", "weekly"], await grain.Names());
        await grain.Cancel("daily");
        Assert.Equal(["weekly"], await grain.Names());
        await silo.RestartAsync();
        Assert.Equal(["weekly"], await silo.Grains.GetGrain<IAlarmGrain>("a").Names());
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Whole_and_wrapped_ranges_of_the_ring_are_read(string store)
    {
        await using var silo = await StartAsync(store);
        var grains = Enumerable.Range(0, 40).Select(number => silo.Grains.GetGrain<IAlarmGrain>($"{number}")).ToList();
        foreach (var grain in grains)
        {
            await grain.Set("daily", TimeSpan.FromDays(1));
        }

        var table = silo.Services.GetRequiredService<IReminderTable>();
        Assert.Equal(40, Ours(await table.ReadRows(0, 0)).Count);
        const uint cut = 0x4000_0000;
        var inner = Ours(await table.ReadRows(cut, uint.MaxValue - cut));
        var outer = Ours(await table.ReadRows(uint.MaxValue - cut, cut));
        Assert.All(inner, entry => Assert.InRange(entry.GrainId.GetUniformHashCode(), cut + 1, uint.MaxValue - cut));
        Assert.Equal(40, inner.Count + outer.Count);
        Assert.NotEmpty(inner);
        Assert.NotEmpty(outer);

        // The silo has reminders of its own.
        List<ReminderEntry> Ours(ReminderTableData rows) => [.. rows.Reminders.Where(entry => entry.GrainId.Type == grains[0].GetGrainId().Type)];
    }

    private async Task<TestSilo> StartAsync(string store) =>
        await TestSilo.StartAsync(postgres: store == "postgres" ? await postgres.NewDatabaseAsync() : null);
}
