using Bzt.Grains.Callbacks;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.WebPush;

/// <inheritdoc cref="IPushGrain"/>
/// <remarks>
/// An order is written before its sender's outbox lets go of it. A crash after a push service took a message sends it once more; the phone shows one
/// notification of a kind.
/// </remarks>
[GrainType("push")]
internal sealed class PushGrain(
    [PersistentState("push")] IPersistentState<PushState> store, IPushSender sender, WebPushOptions options, CallbackOptions addresses, TimeProvider clock) : Grain, IPushGrain, IOutboxOwner
{
    /// <summary>When it is looked again, should a turn end with an exception.</summary>
    private static readonly TimeSpan AnyWay = TimeSpan.FromSeconds(30);

    private IGrainTimer? timer;
    private bool sending;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Arm();
        return Task.CompletedTask;
    }

    public async Task<PushSettingsView> GetSettings(DeviceId device) => new(
        await GrainFactory.PushKeys().Get() is [var newest, ..] ? newest.PublicKey : null,
        (await TargetsAsync()).Any(target => target.Device == device));

    public async Task<Reply<Nothing>> Subscribe(DeviceId device, PushSubscription subscription)
    {
        var keys = await GrainFactory.PushKeys().Get();
        if (keys.Count == 0)
        {
            return new Refusal(RefusalCode.PushNotOffered);
        }

        if (PushAddresses.Judge(subscription, options, addresses.AllowLoopback) is Refused<Nothing> refused)
        {
            return refused;
        }

        return keys[0].PublicKey.AsSpan().SequenceEqual(subscription.ServerKey)
            ? await GrainFactory.User(User).SetPush(device, subscription)
            : new Refusal(RefusalCode.PushKeyOutdated);
    }

    public Task Unsubscribe(DeviceId device) => GrainFactory.User(User).RemovePush(device, null);

    public async Task Ask(PushOrder order)
    {
        var now = clock.GetUtcNow();
        if (options.Contact is null || order.Until <= now)
        {
            return;
        }

        var next = PushRules.Ask(store.State, order, await TargetsAsync(), now + options.Grace);
        if (next.Pending != store.State.Pending)
        {
            await store.WriteAsync(this, next);
            Arm();
        }
    }

    public async Task Settle(IReadOnlyList<PushOutcome> outcomes)
    {
        sending = false;
        foreach (var gone in outcomes.Where(outcome => outcome.Result == PushResult.Gone))
        {
            await GrainFactory.User(User).RemovePush(gone.Device, gone.Endpoint);
        }

        await store.WriteAsync(this, PushRules.Settle(store.State, outcomes, clock.GetUtcNow()));
        Arm();
    }

    /// <summary>Only sets the timer: whoever sweeps must not wait for a push service.</summary>
    public Task DrainOutbox()
    {
        Arm();
        return Task.CompletedTask;
    }

    private UserId User => new(this.GetPrimaryKey());

    private async Task<IReadOnlyList<PushTarget>> TargetsAsync() => await GrainFactory.User(User).GetPushTargets();

    private async Task Work()
    {
        timer?.Change(AnyWay, Timeout.InfiniteTimeSpan);
        if (sending || store.State.Pending.IsEmpty)
        {
            return;
        }

        var (targets, keys) = (await TargetsAsync(), await GrainFactory.PushKeys().Get());
        var fetches = await GrainFactory.Inbox(User).GetFetches();
        var now = clock.GetUtcNow();
        var next = PushRules.Prune(store.State, fetches, [.. targets.Where(target => KeyOf(target) is not null)], now);
        if (next != store.State)
        {
            await store.WriteAsync(this, next);
        }

        var due = next.Pending.Where(push => push.NextAttempt <= now)
            .Select(push => (push.Order, Target: targets.First(target => target.Device.Value == push.Device))).ToList();
        if (due.Count > 0)
        {
            sending = true;
            _ = SendAsync([.. due.Select(push => sender.SendAsync(User, push.Target, KeyOf(push.Target)!, push.Order))]);
            return;
        }

        Arm();

        // A key that was rotated out too long ago serves nobody.
        PushKey? KeyOf(PushTarget target) => keys.FirstOrDefault(key => key.PublicKey.AsSpan().SequenceEqual(target.Subscription.ServerKey));
    }

    /// <summary>Beside the turns; what came of it is a turn again.</summary>
    private async Task SendAsync(Task<PushOutcome>[] tries)
    {
        try
        {
            var outcomes = await Task.WhenAll(tries);
            await GrainFactory.Push(User).Settle(outcomes);
        }
        catch
        {
            // The store is away, or the silo stops: what is stored is tried again by the next activation.
            sending = false;
            DeactivateOnIdle();
        }
    }

    private void Arm()
    {
        if (store.State.Pending.IsEmpty)
        {
            timer?.Dispose();
            timer = null;
            return;
        }

        var wait = store.State.Pending.Min(push => push.NextAttempt) - clock.GetUtcNow();
        wait = wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        timer ??= this.RegisterGrainTimer(Work, new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan));
        timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
