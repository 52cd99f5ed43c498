namespace Bzt.Tests.Storage;

[Alias("bzt.tests.IAlarmGrain")]
public interface IAlarmGrain : IGrainWithStringKey
{
    [Alias("Set")]
    Task Set(string name, TimeSpan due);

    [Alias("Cancel")]
    Task Cancel(string name);

    [Alias("Names")]
    Task<IReadOnlyList<string>> Names();

    [Alias("Rung")]
    Task<int> Rung();
}

/// <summary>Holds reminders, and counts their ticks in its state.</summary>
[GrainType("test-alarm")]
public sealed class AlarmGrain([PersistentState("rung")] IPersistentState<CounterState> state) : Grain, IAlarmGrain, IRemindable
{
    public Task Set(string name, TimeSpan due) => this.RegisterOrUpdateReminder(name, due, TimeSpan.FromDays(1));

    public async Task Cancel(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public async Task<IReadOnlyList<string>> Names() => [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName).Order()];

    public Task<int> Rung() => Task.FromResult(state.State.Value);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        state.State = state.State with { Value = state.State.Value + 1 };
        return state.WriteStateAsync();
    }
}
