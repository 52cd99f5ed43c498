using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Callbacks;
using Bzt.Grains.Foundations;
using Bzt.Grains.Openings;
using Bzt.Grains.Platforms;
using Bzt.Grains.Seals;
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
    private static readonly TimeSpan LongestConfirmation = TimeSpan.FromSeconds(10);

    private readonly IPersistentState<QrSessionState> store;
    private readonly OutboxDrain<QrSessionState> outbox;
    private readonly IKeyProtector protector;
    private readonly SessionQuotas limits;
    private readonly TimeProvider clock;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private QrSessionState state = new();
    private DateTimeOffset? confirmingSince;

    /// <summary>The certificates that got the work; in memory, as the scan is.</summary>
    private readonly Dictionary<CertificateId, SessionSigner> signers = [];

    public QrSessionGrain([PersistentState("qr-session")] IPersistentState<QrSessionState> store, OutboxDrains drains, IKeyProtector protector, SessionQuotas limits, TimeProvider clock)
    {
        (this.store, this.protector, this.limits, this.clock) = (store, protector, limits, clock);
        outbox = drains.Attach(this, store);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        state = store.State;
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

    public async Task<Reply<SessionOpened>> Create(CreateSession command)
    {
        if (state.Command is { } known)
        {
            return SameCommand.Is(known, command) ? Opened() : new Refusal(RefusalCode.IdempotencyConflict);
        }

        if (await GrainFactory.GetGrain<IPlatformGrain>(command.Requester.Platform.Value).GetFacts() is not Done<PlatformFacts> { Value: var platform })
        {
            return new Refusal(RefusalCode.Forbidden);
        }

        if (QrSessionRules.Check(command, platform) is { } refusal)
        {
            return refusal;
        }

        if (command.Withdrawal is { } seal && await GrainFactory.SealWithdrawal(seal.SealId, seal.Owner).Get() is not null)
        {
            return new Refusal(RefusalCode.SealWithdrawn);
        }

        if (await Take(command) is { } tooMany)
        {
            return tooMany;
        }

        var admission = await Admit(command);
        if (admission is Refused<OpeningAdmission?>(var notAdmitted))
        {
            return notAdmitted;
        }

        if (command.Opening is { } opening && await IsCrowded(opening))
        {
            return new Refusal(RefusalCode.RateLimited);
        }

        // The watch is of the creation's own write: a crash after it leaves no session whose end nobody tells.
        var tells = await GrainFactory.CallbackEndpoint(command.Requester.Platform).GetTarget() is not null;
        var now = clock.GetUtcNow();
        var created = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        var secret = RandomNumberGenerator.GetBytes(32);
        var expires = created.AddSeconds(command.TimeoutSeconds);
        var outbox = state.Outbox;
        if (admission is Done<OpeningAdmission?>({ } admitted))
        {
            expires = expires < admitted.Deadline ? expires : admitted.Deadline;
            outbox = outbox.AddAsked(command.Opening!, new OpeningAsked(new SessionId(this.GetPrimaryKey()), now, command.Decryption!.Recipient, expires));
        }

        await Write(state with
        {
            Command = command,
            Tells = tells,
            Outbox = tells ? outbox.AddWatch(this.GetPrimaryKey(), new SessionWatch(command.Requester.Platform, expires)) : outbox,
            OpeningBidder = (admission as Done<OpeningAdmission?>)?.Value?.Bidder,
            Platform = platform,
            Token = Base64Url.EncodeToString([.. this.GetPrimaryKey().ToByteArray(), .. RandomNumberGenerator.GetBytes(16)]),
            ProtectedSecret = protector.Protect(SecretPurpose, SecretContext, secret),
            CreatedAt = created,
            ExpiresAt = expires,
            // A pushed request is its holder's from the beginning, and after a restart too.
            Scanner = command.Holder is { Pushed: true } holder ? new SessionScanner(holder.User, holder.Device) : null,
        });
        return Opened();
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

        return View();
    }

    public async Task<Reply<SessionView>> Cancel(SessionRequester requester)
    {
        if (!QrSessionRules.Owns(state, requester))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        Age();
        if (Confirming)
        {
            return new Refusal(RefusalCode.SessionConfirming);
        }

        if (state.End is null)
        {
            await Write(state with { End = SessionEnd.Cancelled });
        }

        return View();
    }

    public Task<Reply<PhoneSessionView>> Scan(ScanSession command)
    {
        if (state.Command is null)
        {
            return Task.FromResult<Reply<PhoneSessionView>>(new Refusal(RefusalCode.QrInvalid));
        }

        Age();
        using var secret = protector.Unprotect(SecretPurpose, SecretContext, state.ProtectedSecret);
        var (next, refusal) = QrSessionRules.Scan(state, command, secret.Span, clock.GetUtcNow());
        if (refusal is not null)
        {
            return Task.FromResult<Reply<PhoneSessionView>>(refusal);
        }

        Change(next);
        return Task.FromResult<Reply<PhoneSessionView>>(PhoneView());
    }

    public Task<Reply<PhoneSessionView>> GetForPhone(UserId user)
    {
        if (state.Scanner?.User != user)
        {
            return Task.FromResult<Reply<PhoneSessionView>>(new Refusal(RefusalCode.NotFound));
        }

        Age();
        return Task.FromResult<Reply<PhoneSessionView>>(PhoneView());
    }

    public Task<Reply<PhoneSessionView>> ChooseSeal(UserId user, SealKind seal)
    {
        if (state.Scanner?.User != user)
        {
            return Task.FromResult<Reply<PhoneSessionView>>(new Refusal(RefusalCode.NotFound));
        }

        Age();
        if ((QrSessionRules.Ended(state) ?? (Confirming ? new Refusal(RefusalCode.SessionConfirming) : null)) is { } refusal)
        {
            return Task.FromResult<Reply<PhoneSessionView>>(refusal);
        }

        if (!QrSessionRules.Seals(state).Contains(seal))
        {
            return Task.FromResult<Reply<PhoneSessionView>>(new Refusal(RefusalCode.InvalidRequest));
        }

        // In memory, as the scan is.
        Change(state with { Seal = seal });
        return Task.FromResult<Reply<PhoneSessionView>>(PhoneView());
    }

    public async Task<Reply<Nothing>> Refuse(UserId user, bool disowned)
    {
        if (state.Scanner?.User != user)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        Age();
        if (state.End == SessionEnd.Refused)
        {
            return default(Nothing);
        }

        if (QrSessionRules.Ended(state) is { } ended)
        {
            return ended;
        }

        if (Confirming)
        {
            return new Refusal(RefusalCode.SessionConfirming);
        }

        await Write(state with { End = SessionEnd.Refused, Disowned = disowned });
        return default(Nothing);
    }

    public async Task<Reply<SessionWork>> GetWork(SessionSigner signer)
    {
        if (await RefuseSigner(signer) is { } refusal)
        {
            return refusal;
        }

        signers[signer.Certificate] = signer;
        return Work(signer);
    }

    public async Task<Reply<SessionWork>> BeginSandbox(SessionSigner signer)
    {
        if (state.Platform is not { Sandbox: true })
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (await Keeps(signer) is { } refusal)
        {
            return refusal;
        }

        confirmingSince = clock.GetUtcNow();
        Wake();
        return Work(signer);
    }

    private SessionWork Work(SessionSigner signer) => new(
        state.Command!.Kind, state.Platform!.Platform, state.Platform.Name, state.Command.Project, QrSessionRules.Documents(state, new SessionId(this.GetPrimaryKey()), signer), state.Command.Decryption, state.Command.Sealing);

    public async Task<Reply<SealingOrigin>> BeginSealing(SessionSigner signer, SealingId sealing)
    {
        if (await RefuseSigner(signer) is { } refusal)
        {
            return refusal;
        }

        if (state.Command is not { Kind: SessionKind.Seal, Project: { } project, Sealing: null } command)
        {
            return new Refusal(RefusalCode.SealingSessionNotOffered);
        }

        // In memory until the request ends, as the scan is.
        Change(state with { Sealing = sealing });
        return new SealingOrigin(command.Requester, state.Platform!.Platform, state.Platform.Name, project);
    }

    public async Task Withdraw(SealingId sealing, SessionEnd end)
    {
        if (state.Command?.Sealing != sealing)
        {
            return;
        }

        Age();
        if (state.End is null && !Confirming)
        {
            await Write(state with { End = end });
        }
    }

    public async Task<Reply<Nothing>> BeginCompletion(CertificateId certificate)
    {
        Age();
        if (QrSessionRules.Ended(state) is { } ended)
        {
            return ended;
        }

        if (state.Scanner is null || !signers.TryGetValue(certificate, out var signer))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        // Who was removed, or lost the authorisation, between looking and confirming signs nothing: the session ends.
        if (await MayUse(signer) is { } notAllowed)
        {
            await Write(state with { End = SessionEnd.CertificateUnusable });
            return notAllowed;
        }

        // An opening that ended meanwhile, and did not know of this session yet: from then on nothing is released.
        if (await Admit(state.Command!) is Refused<OpeningAdmission?>(var over))
        {
            await Write(state with { End = SessionEnd.Cancelled });
            return over;
        }

        confirmingSince = clock.GetUtcNow();
        Wake();
        return default(Nothing);
    }

    public async Task Fail(UserId holder, SessionEnd end)
    {
        // Whoever knows a session's id could otherwise end it with a certificate that has expired.
        if (state.Scanner?.User == holder && state.End is null)
        {
            await Write(state with { End = end });
        }
    }

    public async Task Complete(SessionOutcome outcome)
    {
        confirmingSince = null;
        if (state.Command is null || state.End is not null)
        {
            Wake();
            return;
        }

        if (state.Command.Kind == SessionKind.Bind && outcome is { End: SessionEnd.Ok, Signer: { } signer })
        {
            // Before the PC is told, so that what it does next finds the binding. A crash in between delivers the outcome again.
            await Binding(signer.CreditCode, outcome.Certificate).Bind(new PlatformBinding(
                outcome.Certificate, signer.EnterpriseName, signer.CreditCode, signer.SigningSerial, clock.GetUtcNow()));
        }

        if (state.Command.Withdrawal is { } seal && outcome is { End: SessionEnd.Ok, Signer: { } withdrawer, Signatures: [var signed] })
        {
            // Before the PC is told, as above: who verifies next finds it withdrawn.
            await GrainFactory.SealWithdrawal(seal.SealId, seal.Owner).Record(new SealWithdrawal(
                new SessionId(this.GetPrimaryKey()), state.Platform!.Platform, clock.GetUtcNow(), seal.Reason, signed.ToBeSigned, signed.Signature, withdrawer.SigningCertificate));
        }

        var next = QrSessionRules.Complete(state, outcome);
        Change(next);
        await Write(next);
    }

    private static readonly string SecretPurpose = "session-secret";

    private byte[] SecretContext => this.GetPrimaryKey().ToByteArray();

    private bool Confirming => confirmingSince is { } since && clock.GetUtcNow() - since < LongestConfirmation;

    private SessionState Phase => state.Phase(Confirming);

    /// <summary>Whether this certificate may serve, by the session, the platform's binding and the enterprise's word. A sandbox is for mock phones alone.</summary>
    private async Task<Refusal?> RefuseSigner(SessionSigner signer) =>
        state.Platform is { Sandbox: true } ? new Refusal(RefusalCode.CertificateNotEligible) : await Keeps(signer) ?? await MayUse(signer);

    /// <summary>What keeps this certificate from this session; its enterprise's word apart.</summary>
    private async Task<Refusal?> Keeps(SessionSigner signer)
    {
        if (state.Command is null)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        Age();
        if (QrSessionRules.MayServe(state, signer) is { } refusal)
        {
            return refusal;
        }

        if (QrSessionRules.Ended(state) is { } ended)
        {
            return ended;
        }

        return state.Command.Kind != SessionKind.Bind && await Binding(signer.CreditCode, signer.Certificate).Get(signer.Certificate) is Refused<PlatformBinding> { Refusal: var notBound }
            ? notBound
            : null;
    }

    private IBindingGrain Binding(CreditCode enterprise, CertificateId certificate) =>
        GrainFactory.GetGrain<IBindingGrain>(BindingKey.Of(state.Platform!.Platform, enterprise, certificate));

    /// <summary>
    /// Whether the enterprise lets this holder use its certificate for that, now; its own word each time, so that a removal counts at once.
    /// A personal certificate is its holder's own affair.
    /// </summary>
    private async Task<Refusal?> MayUse(SessionSigner signer) =>
        signer.CreditCode is { Value.Length: > 0 } && await GrainFactory.Enterprise(signer.CreditCode).MayUse(signer.User, state.Platform!.Platform, state.Command!.Kind) is Refused<Nothing>(var refusal) ? refusal : null;

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
            next = next with { EndedAt = end is SessionEnd.TimedOut or SessionEnd.WrongPin ? next.ExpiresAt : clock.GetUtcNow() };
            if (next.Tells)
            {
                next = next with { Outbox = next.Outbox.AddEnded(this.GetPrimaryKey(), new SessionEnded(next.Command!.Kind, end, clock.GetUtcNow())) };
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
            Telemetry.FlowEnded(JsonNamingPolicy.SnakeCaseLower.ConvertName(next.Command!.Kind.ToString()), JsonNamingPolicy.SnakeCaseLower.ConvertName(next.End!.Value.ToString()));
        }
    }

    private SessionOpened Opened()
    {
        using var secret = protector.Unprotect(SecretPurpose, SecretContext, state.ProtectedSecret);
        return new SessionOpened(state.Token, secret.Span.ToArray(), state.CreatedAt, state.ExpiresAt);
    }

    private SessionView View() =>
        new(state.Command!.Kind, Phase, state.End, state.End == SessionEnd.Ok && !state.AwaitsReturn() ? state.Outcome : null, state.ExpiresAt) { AwaitsReturn = state.AwaitsReturn(), Disowned = state.Disowned, Sealing = state.Sealing };

    private PhoneSessionView PhoneView() => new(
        state.Command!.Kind, Phase, state.End, state.Platform!.Platform, state.Platform.Name, state.Platform.RecognitionGroup,
        state.Command.Enterprise, state.Command.Project, state.ExpiresAt, state.OpeningBidder ?? state.Command.OnlyFor)
    {
        SameDevice = state.Scanner?.SameDevice == true,
        OnlyCertificate = state.Command.Holder?.Certificate,
        Seals = QrSessionRules.Seals(state),
        Seal = QrSessionRules.SealOf(state),
    };
}
