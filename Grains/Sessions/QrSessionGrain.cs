using System.Text.Json;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Callbacks;
using Bzt.Grains.Foundations;
using Bzt.Grains.Openings;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Sessions;

/// <inheritdoc cref="IQrSessionGrain"/>
/// <remarks>
/// Not reentrant but for <see cref="GetStatus"/>, which only reads and waits. The waiting PC is told of an outcome before the outcome is
/// written here: the certificate's own write holds it, and delivers it again after a crash.
/// </remarks>
[GrainType("qr-session")]
internal sealed partial class QrSessionGrain : Grain, IQrSessionGrain, IOutboxOwner
{
    /// <summary>
    /// More than a certificate's outcome takes when its silo died with it: the death is noticed, the outbox looked for, the certificate comes up
    /// elsewhere. An end by time that overtook it would leave a signature in evidence that nobody was given.
    /// </summary>
    private static readonly TimeSpan LongestConfirmation = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(2);

    private readonly IPersistentState<QrSessionState> store;
    private readonly OutboxDrain<QrSessionState> outbox;
    private readonly IKeyProtector protector;
    private readonly SessionQuotas limits;
    private readonly TimeProvider clock;
    private readonly ILogger<QrSessionGrain> log;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private QrSessionState state = new();
    private DateTimeOffset? confirmingSince;

    /// <summary>
    /// An activation before this one may have let another user sign, whose outcome is still on its way: of two outcomes the first that is written stands, so
    /// the PC is told what is written.
    /// </summary>
    private bool cameUp;

    private static readonly string SecretPurpose = "session-secret";

    public QrSessionGrain(
        [PersistentState("qr-session")] IPersistentState<QrSessionState> store, OutboxDrains drains, IKeyProtector protector, SessionQuotas limits, TimeProvider clock,
        ILogger<QrSessionGrain> log)
    {
        (this.store, this.protector, this.limits, this.clock, this.log) = (store, protector, limits, clock, log);
        outbox = drains.Attach(this, store);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        state = store.State;
        cameUp = state.Command is not null;
        inherited = state.Command is { Holder: null };
        return Task.CompletedTask;
    }

    /// <summary>
    /// A scan lives in memory only: a durable write for it would be a third one. A silo that goes in good order writes it down, so that the
    /// user who is looking at the request finds it at the next one; after a crash he scans again.
    /// </summary>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (reason.ReasonCode is DeactivationReasonCode.ShuttingDown or DeactivationReasonCode.IncompatibleRequest or DeactivationReasonCode.Migrating
            && state is { End: null, Scanner: not null } && state.Scanner != store.State.Scanner)
        {
            await outbox.WriteAsync(state);
        }
    }

    public async Task<Reply<SessionView>> GetStatus(SessionRequester requester, SessionState? seen, TimeSpan wait)
    {
        if (!QrSessionRules.Owns(state, requester))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        Age();
        var untilExpiry = state.ExpiresAt - clock.GetUtcNow();
        if (state.End is null && Phase == seen && wait > TimeSpan.Zero)
        {
            var longest = untilExpiry > TimeSpan.Zero && untilExpiry < wait ? untilExpiry : wait;
            await Task.WhenAny(changed.Task, Task.Delay(longest, clock));
            Age();
        }

        if (IsEndUnwritten)
        {
            // Others' turns may be under way here: the write waits for its own.
            try
            {
                await this.AsReference<IQrSessionGrain>().Settle().WaitAsync(LongestSettling, clock);
            }
            catch (TimeoutException)
            {
                // An activation that is leaving takes nothing up any more, and waits for this very call: the next one settles, and is asked again.
            }
        }

        return View(IsEndUnwritten ? state with { End = null } : state);
    }

    public async Task<Reply<SessionView>> Cancel(SessionRequester requester)
    {
        if (!QrSessionRules.Owns(state, requester))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        await AgeAsync();
        if (Confirming)
        {
            return new Refusal(RefusalCode.SessionConfirming);
        }

        if (state.End is null)
        {
            await Write(state with { End = SessionEnd.Cancelled });
        }

        return View(state);
    }

    public Task DrainOutbox() => outbox.DrainAsync();

    public Task Settle() => AgeAsync();

    private byte[] SecretContext => this.GetPrimaryKey().ToByteArray();

    private bool Confirming => confirmingSince is { } since && clock.GetUtcNow() - since < LongestConfirmation;

    private SessionState Phase => state.Phase(Confirming);

    /// <summary>
    /// What time ended is written before anybody is told: a clock that is set back afterwards does not open it again. An outcome is not waited for;
    /// the certificate's own write holds it.
    /// </summary>
    private bool IsEndUnwritten => state is { Command: not null, End: not null, Outcome: null } && store.State.End is null;

    private async Task AgeAsync()
    {
        Age();
        if (IsEndUnwritten)
        {
            await Write(state);
        }
    }

    private void Age()
    {
        var aged = QrSessionRules.Age(state, clock.GetUtcNow(), Confirming);
        if (!ReferenceEquals(aged, state))
        {
            Change(aged);
        }
    }

    private void Change(QrSessionState next)
    {
        state = next;
        Wake();
    }

    private void Wake()
    {
        var waiting = changed;
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.SetResult();
    }

    private async Task Write(QrSessionState next)
    {
        if (next is { End: { } end } && store.State.End is null)
        {
            var now = clock.GetUtcNow();
            next = next with { EndedAt = end is (SessionEnd.TimedOut or SessionEnd.WrongPin) && next.ExpiresAt < now ? next.ExpiresAt : now };
            if (next.Tells)
            {
                next = next with { Outbox = next.Outbox.AddEnded(this.GetPrimaryKey(), new SessionEnded(next.Command!.Kind, end, now)) };
            }

            if (next.Command!.Opening is { } opening)
            {
                next = next with { Outbox = next.Outbox.AddAnswered(opening, QrSessionRules.OpeningAnswer(next, new SessionId(this.GetPrimaryKey()))) };
            }
        }

        var ends = next.End is not null && store.State.End is null;
        await outbox.WriteAsync(next);
        Change(next);
        if (ends)
        {
            Telemetry.FlowEnded(JsonNamingPolicy.SnakeCaseLower.ConvertName(next.Command!.Kind.ToString()), QrSessionRules.EndCounted(next, named is not null));
        }
    }

    private SessionView View(QrSessionState of) =>
        new(of.Command!.Kind, of.Phase(Confirming), of.End, of.End == SessionEnd.Ok && !of.AwaitsReturn() ? of.Outcome : null, of.ExpiresAt) { AwaitsReturn = of.AwaitsReturn(), Disowned = of.Disowned, Sealing = of.Sealing };
}
