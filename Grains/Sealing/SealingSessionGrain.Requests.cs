using Bzt.Contracts.Platforms;
using Bzt.Grains.Certificates;
using Bzt.Grains.Inbox;
using Bzt.Grains.Sessions;
using Bzt.Grains.WebPush;

namespace Bzt.Grains.Sealing;

// Its queue: the PC's further requests come in, wait for the phone, and end.
internal sealed partial class SealingSessionGrain
{
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
            return new SealingRequests(await RefreshAsync(), [], 0);
        }

        // One that is over already says so itself.
        foreach (var refused in found.Offers.Where(offer => offer.Refusal is { Code: not (RefusalCode.SessionEnded or RefusalCode.SessionExpired) }))
        {
            await GrainFactory.QrSession(refused.Session).Withdraw(Id, SessionEnd.CertificateUnusable);
        }

        return new SealingRequests(SealingSessionRules.View(State, Id), SealingSessionRules.Offered(waiting, found), found.CommitmentsLeft);
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

    /// <summary>How things stand at the certificate and with the requests that waited; what still waits.</summary>
    private async Task<IReadOnlyList<PushedSession>> RefreshWaitingAsync()
    {
        if (State.End is not null && State.Log.All(line => line.End is not null))
        {
            return [];
        }

        var now = time.GetUtcNow();
        var grant = await Certificate.GetSealing(Id) is Done<SealingGrant>(var found) ? found : null;
        var next = SealingSessionRules.Follow(State, Id, grant, now);
        var waiting = new List<PushedSession>();
        foreach (var line in next.Log.Where(line => line.End is null))
        {
            if (next.End is { } end)
            {
                await GrainFactory.QrSession(line.Session).Withdraw(Id, SealingSessionRules.WithdrawnAs(end));
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
}
