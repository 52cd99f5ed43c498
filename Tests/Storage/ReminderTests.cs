using Bzt.Silo.Storage;
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

    /// <summary>Until the reminders have been read once, whatever sets one waits, and so does the start; by itself Orleans comes back to it after minutes.</summary>
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_store_that_fails_at_the_first_reading_does_not_hold_up_the_start(string store)
    {
        FailingReminders? failing = null;
        await using var silo = await TestSilo.StartAsync(
            builder =>
            {
                var rows = builder.Services.Last(service => service.ServiceType == typeof(IReminderTable) && Equals(service.ServiceKey, PatientReminderTable.Rows));
                builder.Services.AddKeyedSingleton<IReminderTable>(
                    PatientReminderTable.Rows, (services, _) => failing = new FailingReminders((IReminderTable)ActivatorUtilities.CreateInstance(services, rows.KeyedImplementationType!)));
            },
            postgres: store == "postgres" ? await postgres.NewDatabaseAsync() : null);

        Assert.True(failing!.Failed);
        var grain = silo.Grains.GetGrain<IAlarmGrain>("a");
        await grain.Set("daily", TimeSpan.FromDays(1));
        Assert.Equal(["daily"], await grain.Names());
    }

    /// <summary>The first range that is read is not.</summary>
    private sealed class FailingReminders(IReminderTable rows) : IReminderTable
    {
        private int failures = 1;

        public bool Failed => failures < 1;

        public Task StartAsync(CancellationToken cancellationToken = default) => rows.StartAsync(cancellationToken);

        public Task<ReminderTableData> ReadRows(uint begin, uint end) =>
            Interlocked.Decrement(ref failures) >= 0 ? throw new IOException("A test failed the reading of the reminders.") : rows.ReadRows(begin, end);

        public Task<ReminderTableData> ReadRows(GrainId grainId) => rows.ReadRows(grainId);

        public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => rows.ReadRow(grainId, reminderName);

        public Task<string?> UpsertRow(ReminderEntry entry) => rows.UpsertRow(entry);

        public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => rows.RemoveRow(grainId, reminderName, eTag);

        public Task TestOnlyClearTable() => rows.TestOnlyClearTable();
    }

    private async Task<TestSilo> StartAsync(string store) =>
        await TestSilo.StartAsync(postgres: store == "postgres" ? await postgres.NewDatabaseAsync() : null);
}
