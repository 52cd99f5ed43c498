using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Inbox;

[GrainType("inbox")]
public sealed class InboxGrain([PersistentState("inbox")] IPersistentState<InboxState> state, TimeProvider time) : Grain, IInboxGrain
{
    // In memory: after a restart gateways subscribe again within half a lease.
    private readonly Dictionary<IPhoneObserver, DateTimeOffset> observers = [];

    public async Task Post(InboxEntry entry)
    {
        var next = InboxRules.Post(state.State, entry);
        if (next != state.State)
        {
            await state.WriteAsync(this, next);
        }

        await WakeUp(WakeUpKind.Inbox);
    }

    public Task<InboxMessages> GetPage(int take, string? before) => Task.FromResult(InboxRules.Page(state.State, take, before));

    public async Task<Reply<Nothing>> MarkRead(string messageId)
    {
        if (InboxRules.MarkRead(state.State, messageId) is not { } next)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (next != state.State)
        {
            await state.WriteAsync(this, next);
        }

        return new Nothing();
    }

    public Task Clear() => state.WriteAsync(this, new InboxState());

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
            await observer.WakeUp(new UserId(this.GetPrimaryKey()), kind);
        }
    }
}
