using Bzt.Contracts.Platforms;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Bzt.Grains.Sessions;
using Bzt.Grains.WebPush;
using Orleans.Runtime;

namespace Bzt.Grains.Sealing;

/// <inheritdoc cref="ISealingSessionGrain"/>
/// <remarks>
/// Every method first asks the certificate how things stand there and what became of the requests that waited: nothing here has to arrive in time.
/// A crash after a request was created and before it is in the log is healed by the PC's repeat; without one the request times out.
/// </remarks>
[GrainType("sealing-session")]
internal sealed class SealingSessionGrain : Grain, ISealingSessionGrain, IOutboxOwner
{
    private readonly IPersistentState<SealingState> stored;
    private readonly OutboxDrain<SealingState> drain;
    private readonly TimeProvider time;

    public SealingSessionGrain([PersistentState("sealing-session")] IPersistentState<SealingState> stored, OutboxDrains drains, TimeProvider time)
    {
        (this.stored, this.time) = (stored, time);
        drain = drains.Attach(this, stored);
    }

    private SealingState State => stored.State;

    private SealingId Id => new(this.GetPrimaryKey());

    public async Task<Reply<SealingView>> Propose(ProposeSealing command)
    {
        if (State.Command is null)
        {
            if (SealingSessionRules.RefuseProposal(command) is { } invalid)
            {
                return invalid;
            }

            var begun = await BeginAsync(command);
            if (begun is not Done<SealingState>(var next))
            {
                return ((Refused<SealingState>)begun).Refusal;
            }

            await drain.WriteAsync(next);
        }
        else if (State.Command != command)
        {
            return State.Command.Caller.User == command.Caller.User ? new Refusal(RefusalCode.IdempotencyConflict) : new Refusal(RefusalCode.NotFound);
        }
        else if (State.Phase == SealingSessionState.Proposed)
        {
            // The request names its session in memory only, until it ends: after a restart it is told again. One that is over keeps what it has.
            await BeginAsync(command);
        }

        // A crash before this is healed by the phone's repeat.
        var asked = await Certificate.AskSealing(command.Caller, new AskSealing(
            Id, State.Origin!.Platform, State.Origin.PlatformName, State.Origin.Project.ProjectId, State.Origin.Project.Name,
            command.MaxDocuments, command.Automatic, State.ExpiresAt));
        return asked is Refused<SealingGrant>(var refusal) ? refusal : await RefreshAsync();
    }

    public async Task<Reply<SealingView>> GetOfHolder(UserId holder) =>
        State.Command?.Caller.User == holder ? await RefreshAsync() : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<SealingView>> GetOfEnterprise(CreditCode enterprise) =>
        IsOf(enterprise) ? await RefreshAsync() : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<SealingView>> GetOfPlatform(SealingUser user) =>
        SealingSessionRules.IsUsersOwn(State, user) ? await RefreshAsync() : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<SessionOpened>> Admit(SessionId session, SealingUser user, CreateSession command)
    {
        if (!SealingSessionRules.IsUsersOwn(State, user))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var caller = State.Command!.Caller;
        var pushed = command with { Sealing = Id, Holder = new SessionHolder(caller.User, caller.Device, State.Command.Certificate, Pushed: true) };
        if (State.Log.Any(line => line.Session == session))
        {
            return await GrainFactory.QrSession(session).Create(pushed);
        }

        await RefreshAsync();
        if (SealingSessionRules.RefuseRequest(State, command) is { } refusal)
        {
            return refusal;
        }

        if (await EndUnlessAuthorisedAsync() is { } notAllowed)
        {
            return notAllowed;
        }

        var opened = await GrainFactory.QrSession(session).Create(pushed);
        if (opened is Done<SessionOpened>(var request))
        {
            var now = time.GetUtcNow();
            var next = SealingSessionRules.Log(State, session, command, now);
            await drain.WriteAsync(next with { Outbox = next.Outbox.AddPush(caller.User, new PushOrder(PushKind.Sealing, Id.Value, now, request.ExpiresAt)) });
            await GrainFactory.Inbox(caller.User).WakeUp(WakeUpKind.Session);
        }

        return opened;
    }

    public async Task<Reply<SealingRequests>> GetRequests(CertificateCaller caller)
    {
        if (RefuseCaller(caller) is { } stranger)
        {
            return stranger;
        }

        // What waits is known to this phone from now on: no push has to say so.
        await GrainFactory.Inbox(caller.User).Fetched(caller.Device, time.GetUtcNow());
        var waiting = await RefreshWaitingAsync();
        if (State.End is null && await EndUnlessAuthorisedAsync() is not null)
        {
            waiting = [];
        }

        if (State is not { Phase: SealingSessionState.Running, End: null } || !State.Command!.Automatic)
        {
            return new SealingRequests(SealingSessionRules.View(State, Id), State.End is null ? waiting : [], 0);
        }

        var offers = await Certificate.OfferSealing(Id, [.. waiting.Select(request => request.Session)]);
        if (offers is not Done<SealingOffers>(var found))
        {
            // It ended, or was paused, since it was asked.
            return new SealingRequests(Answer(await RefreshAsync()), [], 0);
        }

        // One that is over already says so itself.
        foreach (var refused in found.Offers.Where(offer => offer.Refusal is { Code: not (RefusalCode.SessionEnded or RefusalCode.SessionExpired) }))
        {
            await GrainFactory.QrSession(refused.Session).Withdraw(Id, SessionEnd.CertificateUnusable);
        }

        return new SealingRequests(
            SealingSessionRules.View(State, Id),
            [.. waiting.Where(request => found.Offers.All(offer => offer.Session != request.Session || offer.Refusal is null))
                .Select(request => request with { Offer = found.Offers.FirstOrDefault(offer => offer.Session == request.Session)?.Offer })],
            found.CommitmentsLeft);
    }

    public async Task<Reply<SealingView>> Pause(CertificateCaller caller)
    {
        if (RefuseCaller(caller) is { } stranger)
        {
            return stranger;
        }

        await Certificate.PauseSealing(Id);
        return await RefreshAsync();
    }

    public async Task<Reply<SealingView>> AskResumption(CertificateCaller caller, Guid operation)
    {
        if (RefuseCaller(caller) is { } stranger)
        {
            return stranger;
        }

        return await Certificate.AskResumption(Id, operation) is Refused<SealingGrant>(var refusal) ? refusal : await RefreshAsync();
    }

    public async Task<Reply<SealingView>> StopByHolder(UserId holder) =>
        State.Command?.Caller.User == holder ? await StopAsync(SealingSessionEnd.StoppedByHolder) : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<SealingView>> StopByAdministrator(UserId administrator, CreditCode enterprise) =>
        IsOf(enterprise) ? await StopAsync(SealingSessionEnd.StoppedByAdministrator) : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<SealingView>> StopByPlatform(SealingUser user) =>
        SealingSessionRules.IsUsersOwn(State, user) ? await StopAsync(SealingSessionEnd.StoppedByPlatform) : new Refusal(RefusalCode.NotFound);

    public async Task Settle()
    {
        if (State.Command is { } command)
        {
            await RefreshAsync();
            await GrainFactory.Inbox(command.Caller.User).WakeUp(WakeUpKind.Session);
        }
    }

    public Task DrainOutbox() => drain.DrainAsync();

    private ICertificateSealingGrain Certificate => GrainFactory.CertificateSealing(State.Command!.Certificate);

    private bool IsOf(CreditCode enterprise) => State.Command is not null && enterprise is { Value.Length: > 0 } && State.CreditCode == enterprise;

    private Refusal? RefuseCaller(CertificateCaller caller) =>
        State.Command?.Caller.User != caller.User ? new Refusal(RefusalCode.NotFound)
        : State.Command.Caller.Device != caller.Device ? new Refusal(RefusalCode.Forbidden)
        : null;

    /// <summary>Whether the certificate may serve the scanned request at all is that request's word.</summary>
    private async Task<Reply<SealingState>> BeginAsync(ProposeSealing command)
    {
        if (await GrainFactory.Certificate(command.Certificate).GetFacts() is not Done<CertificateFacts>({ Issued: { } issued } facts) || facts.Holder != command.Caller.User)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (facts.Device != command.Caller.Device)
        {
            return new Refusal(RefusalCode.Forbidden);
        }

        var signer = new SessionSigner(
            facts.Holder, facts.Certificate, facts.EnterpriseName, facts.CreditCode, facts.RecognitionGroup, issued.SigningSerial, [issued.EncryptionSerial]);
        switch (await GrainFactory.QrSession(command.Session).BeginSealing(signer, Id))
        {
            case Refused<SealingOrigin>(var refusal):
                return refusal;
            case Done<SealingOrigin>(var origin):
                // Whole seconds: what is signed says no fractions.
                var started = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
                return new SealingState
                {
                    Command = command,
                    Origin = origin,
                    CreditCode = facts.CreditCode,
                    EnterpriseName = facts.EnterpriseName,
                    StartedAt = started,
                    ExpiresAt = started.AddMinutes(command.Minutes),
                };
            default:
                throw new InvalidOperationException("A session answered something else.");
        }
    }

    /// <summary>The certificate first: from its answer on nothing is signed. Then what waits ends, unless it is being confirmed.</summary>
    private async Task<Reply<SealingView>> StopAsync(SealingSessionEnd end)
    {
        await Certificate.EndSealing(Id, end);
        return await RefreshAsync();
    }

    /// <summary>Who was removed, or lost the authorisation, has no session any more from the next operation on.</summary>
    private async Task<Refusal?> EndUnlessAuthorisedAsync()
    {
        if (State.CreditCode is not { Value.Length: > 0 } enterprise
            || await GrainFactory.Enterprise(enterprise).MayUse(State.Command!.Caller.User, State.Origin!.Platform, SessionKind.Seal) is not Refused<Nothing>(var refusal))
        {
            return null;
        }

        await StopAsync(SealingSessionEnd.NotAuthorised);
        return refusal;
    }

    private async Task<Reply<SealingView>> RefreshAsync()
    {
        await RefreshWaitingAsync();
        return SealingSessionRules.View(State, Id);
    }

    /// <summary>How things stand at the certificate and with the requests that waited; what still waits.</summary>
    private async Task<IReadOnlyList<PushedSession>> RefreshWaitingAsync()
    {
        if (State.End is not null && State.Log.All(line => line.End is not null))
        {
            return [];
        }

        var now = time.GetUtcNow();
        var grant = await Certificate.GetSealing(Id) is Done<SealingGrant>(var found) ? found : null;
        var next = (grant, State) switch
        {
            (not null, _) => SealingSessionRules.Follow(State, Id, grant.State, grant.End, grant.Used, now),

            // The certificate keeps the newest: one it knew and does not know any more ended, and this heard why.
            (null, { Begun: true, End: null }) => SealingSessionRules.Follow(State, Id, SealingSessionState.Ended, SealingSessionEnd.CertificateUnusable, State.Used, now),
            _ => State,
        };
        var waiting = new List<PushedSession>();
        foreach (var line in next.Log.Where(line => line.End is null))
        {
            if (next.End is { } end)
            {
                await GrainFactory.QrSession(line.Session).Withdraw(Id, WithdrawnAs(end));
            }

            switch (await GrainFactory.QrSession(line.Session).GetForPhone(State.Command!.Caller.User))
            {
                case Done<PhoneSessionView>({ End: null } view):
                    waiting.Add(new PushedSession(line.Session, view, null));
                    break;
                case Done<PhoneSessionView>({ End: { } answered }):
                    next = SealingSessionRules.Answered(next, line.Session, answered, now);
                    break;
                default:
                    throw new InvalidOperationException("A request in the log does not exist.");
            }
        }

        if (!ReferenceEquals(next, State))
        {
            await drain.WriteAsync(next);
        }

        return waiting;
    }

    private static SessionEnd WithdrawnAs(SealingSessionEnd end) => end switch
    {
        SealingSessionEnd.StoppedByHolder or SealingSessionEnd.StoppedByAdministrator => SessionEnd.Refused,
        SealingSessionEnd.StoppedByPlatform or SealingSessionEnd.CountReached => SessionEnd.Cancelled,
        SealingSessionEnd.TimeReached or SealingSessionEnd.NotConfirmed => SessionEnd.TimedOut,
        SealingSessionEnd.WrongPin => SessionEnd.WrongPin,
        SealingSessionEnd.PinLocked => SessionEnd.Locked,
        _ => SessionEnd.CertificateUnusable,
    };

    private static SealingView Answer(Reply<SealingView> reply) =>
        reply is Done<SealingView>(var view) ? view : throw new InvalidOperationException("A session that exists has a view.");
}
