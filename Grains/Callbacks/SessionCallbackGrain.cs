using Bzt.Grains.Foundations;
using Bzt.Grains.Sessions;
using Orleans.Runtime;

namespace Bzt.Grains.Callbacks;

/// <summary>A session's callback at rest.</summary>
public sealed record StoredSessionCallback : IHasOutbox
{
    /// <summary>What the store's flag is set by: while something is owed the sweeper brings the grain back after a crash.</summary>
    private static readonly Outbox Owed = Outbox.Empty.Add("session-callback", "", true);

    public SessionWatch? Watch { get; init; }

    public SessionEnded? Ended { get; init; }

    /// <summary>Tries since it ended, or since it was asked for anew.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset? NextAttempt { get; init; }

    /// <summary>Taken by the platform, or nobody wants it any more.</summary>
    public bool Done { get; init; }

    /// <summary>Given up.</summary>
    public bool Dead { get; init; }

    Outbox IHasOutbox.Outbox => Watch is null || Done || Dead ? Outbox.Empty : Owed;
}

/// <inheritdoc cref="ISessionCallbackGrain"/>
/// <remarks>A try is a turn of this grain, which nobody but its own session waits for. A crash after the platform took the message sends it once more: at least once, under the same id.</remarks>
[GrainType("session-callback")]
internal sealed class SessionCallbackGrain(
    [PersistentState("session-callback")] IPersistentState<StoredSessionCallback> store, ICallbackSender sender, TimeProvider clock) : Grain, ISessionCallbackGrain, IOutboxOwner
{
    /// <summary>How long after its time a session is asked for its end, and how often while a confirmation holds it open.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    private IGrainTimer? timer;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Arm();
        return Task.CompletedTask;
    }

    public async Task Watch(SessionWatch watch)
    {
        if (store.State.Watch is null)
        {
            await store.WriteAsync(this, store.State with { Watch = watch });
            Arm();
        }
    }

    public async Task Ended(SessionEnded ended)
    {
        if (store.State.Ended is null)
        {
            await store.WriteAsync(this, store.State with { Ended = ended, NextAttempt = clock.GetUtcNow() });
            Arm();
        }
    }

    public async Task Work()
    {
        if (store.State is not { Watch: { } watch, Done: false, Dead: false } || clock.GetUtcNow() < Due(watch))
        {
            Arm();
            return;
        }

        if (store.State.Ended is not { } ended)
        {
            // Nobody confirmed in time: the session writes that down when it is asked, and tells through its outbox.
            await GrainFactory.QrSession(new SessionId(this.GetPrimaryKey())).Settle();
            Arm(AskAgain);
            return;
        }

        await Try(watch, ended);
        Arm();
    }

    public Task<int> GetAttempts() => Task.FromResult(store.State.Attempts);

    public async Task<Reply<Nothing>> Redeliver(PlatformId platform)
    {
        if (store.State is not { Dead: true } || store.State.Watch?.Platform != platform)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        // Without an endpoint it would be tried for nobody, and be lost to the one that is set later.
        if (await GrainFactory.CallbackEndpoint(platform).GetTarget() is null)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        await store.WriteAsync(this, store.State with { Dead = false, Attempts = 0, NextAttempt = clock.GetUtcNow() });
        Arm();
        return default(Nothing);
    }

    /// <summary>Only sets the timer: whoever sweeps must not wait for somebody's dead endpoint.</summary>
    public Task DrainOutbox()
    {
        Arm();
        return Task.CompletedTask;
    }

    private async Task Try(SessionWatch watch, SessionEnded ended)
    {
        var session = this.GetPrimaryKey();
        var endpoint = GrainFactory.CallbackEndpoint(watch.Platform);
        if (await endpoint.GetTarget() is not { } target)
        {
            // One that was asked for anew is not shown as if it could be once more.
            await endpoint.Raise(session);
            await store.WriteAsync(this, store.State with { Done = true, NextAttempt = null });
            return;
        }

        if (await sender.SendAsync(target, CallbackMessageId.Of(session), CallbackRules.Event(session, ended)) is not { } trouble)
        {
            await endpoint.Raise(session);
            await store.WriteAsync(this, store.State with { Done = true, Attempts = store.State.Attempts + 1, NextAttempt = null });
            return;
        }

        var (attempts, now) = (store.State.Attempts + 1, clock.GetUtcNow());
        if (CallbackRules.PauseAfter(attempts) is { } pause)
        {
            await store.WriteAsync(this, store.State with { Attempts = attempts, NextAttempt = now + pause });
            return;
        }

        // First the list, then this state: a crash between writes the entry once more.
        await endpoint.Bury(new DeadCallback(session, now, attempts, trouble));
        await store.WriteAsync(this, store.State with { Attempts = attempts, NextAttempt = null, Dead = true });
    }

    private DateTimeOffset Due(SessionWatch watch) => store.State.NextAttempt ?? watch.ExpiresAt + Grace;

    private void Arm(TimeSpan? wait = null)
    {
        if (store.State is not { Watch: { } watch, Done: false, Dead: false })
        {
            timer?.Dispose();
            timer = null;
            return;
        }

        var left = wait ?? Due(watch) - clock.GetUtcNow();
        left = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        timer ??= this.RegisterGrainTimer(Work, new GrainTimerCreationOptions(left, Timeout.InfiniteTimeSpan));
        timer.Change(left, Timeout.InfiniteTimeSpan);
    }
}
