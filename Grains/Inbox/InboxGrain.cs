using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Inbox;

[GrainType("inbox")]
public sealed class InboxGrain : Grain, IInboxGrain, IOutboxOwner
{
    private readonly IPersistentState<InboxState> state;
    private readonly OutboxDrain<InboxState> drain;
    private readonly TimeProvider time;

    // In memory: after a restart gateways subscribe again within half a lease.
    private readonly Dictionary<IPhoneObserver, DateTimeOffset> observers = [];

    // In memory: what is forgotten costs a phone one push about what it knows already.
    private readonly Dictionary<DeviceId, DateTimeOffset> fetches = [];

    public InboxGrain([PersistentState("inbox")] IPersistentState<InboxState> state, OutboxDrains drains, TimeProvider time)
    {
        (this.state, this.time) = (state, time);
        drain = drains.Attach(this, state);
    }

    private UserId Owner => new(this.GetPrimaryKey());

    public async Task Post(InboxEntry entry)
    {
        var next = InboxRules.Post(state.State, Owner, entry, time.GetUtcNow());
        if (next != state.State)
        {
            await drain.WriteAsync(next);
        }

        await WakeUp(WakeUpKind.Inbox);
    }

    public Task<InboxMessages> GetPage(int take, string? before) => Task.FromResult(InboxRules.Page(state.State, take, before));

    public async Task<InboxMessages> Fetch(DeviceId device, int take, string? before)
    {
        if (before is null)
        {
            await Fetched(device, time.GetUtcNow());
        }

        return await GetPage(take, before);
    }

    public Task Fetched(DeviceId device, DateTimeOffset at)
    {
        fetches[device] = fetches.TryGetValue(device, out var known) && known > at ? known : at;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<DeviceFetch>> GetFetches() => Task.FromResult<IReadOnlyList<DeviceFetch>>([.. fetches.Select(fetch => new DeviceFetch(fetch.Key, fetch.Value))]);

    public async Task<Reply<Nothing>> MarkRead(string messageId)
    {
        if (InboxRules.MarkRead(state.State, messageId) is not { } next)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (next != state.State)
        {
            await drain.WriteAsync(next);
        }

        return new Nothing();
    }

    public Task Clear() => drain.WriteAsync(InboxRules.Clear(state.State));

    public Task DrainOutbox() => drain.DrainAsync();

    public Task Subscribe(IPhoneObserver observer)
    {
        observers[observer] = time.GetUtcNow() + IInboxGrain.SubscriptionLease;
        return Task.CompletedTask;
    }

    public async Task WakeUp(WakeUpKind kind)
    {
        var now = time.GetUtcNow();
        RequestContext.Set(IPhoneObserver.SentAt, now.UtcTicks);
        foreach (var (observer, until) in observers.ToList())
        {
            if (until <= now)
            {
                observers.Remove(observer);
                continue;
            }

            // One-way: nobody waits for a gateway, and a dead one is forgotten when its lease ends.
            await observer.WakeUp(Owner, kind);
        }
    }
}
