using Bzt.Contracts.Platforms;
using Bzt.Grains.Sealing;
using Bzt.Grains.Sessions;
using Bzt.Protocol;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Grains.Certificates;

// Sealing sessions: what the holder allowed, and the offers of pushed requests. Commitments and nonces live in this activation, as of every round;
// after a restart the phone deposits anew.
public sealed partial class CertificateGrain : ICertificateSealingGrain
{
    private readonly OpenWork offered = new();

    public async Task<Reply<SealingGrant>> AskSealing(CertificateCaller caller, AskSealing command) =>
        Grant(await KeepAsync(SealingRules.Ask(Record, caller, command, time.GetUtcNow())), command.Sealing);

    public Task<Reply<SealingGrant>> GetSealing(SealingId sealing) => Task.FromResult(Grant(default(Nothing), sealing));

    public async Task<Reply<SealingGrant>> PauseSealing(SealingId sealing)
    {
        var next = SealingRules.Pause(Record, sealing, time.GetUtcNow());
        await KeepAsync(next);
        KeyShareServer.EndSession(rounds, sealing.ToString());
        return Grant(default(Nothing), sealing);
    }

    public async Task<Reply<SealingGrant>> AskResumption(SealingId sealing, Guid operation) =>
        Grant(await KeepAsync(SealingRules.AskResumption(Record, sealing, operation, time.GetUtcNow())), sealing);

    public async Task<Reply<SealingGrant>> EndSealing(SealingId sealing, SealingSessionEnd end)
    {
        KeyShareServer.EndSession(rounds, sealing.ToString());
        await KeepAsync(SealingRules.End(Record, sealing, end, time.GetUtcNow()));
        return Grant(default(Nothing), sealing);
    }

    public async Task<Reply<SealingOffers>> OfferSealing(SealingId sealing, IReadOnlyList<SessionId> sessions)
    {
        var now = time.GetUtcNow();
        if (SealingRules.Find(Record, sealing, now) is not { State: SealingSessionState.Running, Bounds.Automatic: true })
        {
            return SealingRules.NotOpen(SealingRules.Find(Record, sealing, now));
        }

        var server = Server(Record.Created!);
        var offers = new List<SealingOffer>();
        foreach (var session in sessions.Take(OpenRounds.Capacity))
        {
            offers.Add(await OfferAsync(server, sealing, session, now));
        }

        return new SealingOffers(offers, KeyShareServer.CommitmentsLeft(rounds, sealing.ToString()) ?? 0);
    }

    private async Task<SealingOffer> OfferAsync(KeyShareServer server, SealingId sealing, SessionId session, DateTimeOffset now)
    {
        switch (await FindSessionWorkAsync(session, Record.Created!))
        {
            case Refused<SessionWork>(var refusal):
                return new SealingOffer(session, null, refusal);
            case Done<SessionWork>(var work) when work.Sealing != sealing:
                return new SealingOffer(session, null, new Refusal(RefusalCode.NotFound));
            case Done<SessionWork>(var work) when SealingRules.RefuseUse(Record, sealing, session, work.Documents.Count, automatically: true, now) is { } refusal:
                return new SealingOffer(session, null, refusal);
            case Done<SessionWork>(var work):
                var documents = ((RoundWork.Signing)CertificateRules.WorkOf(work)).Documents;
                var offer = server.Offer(Record.Shares!, rounds, sealing.ToString(), session.ToString(), documents, now);
                if (offer is not null)
                {
                    offered.Keep(session, work);
                }

                return new SealingOffer(session, offer?.Encode(), null);
            default:
                throw new InvalidOperationException("A session answered something else.");
        }
    }

    /// <summary>
    /// A sealing session's own messages go on to the core only while this certificate's state has it running. A deposit opens it on this activation:
    /// it counts for nothing by itself, and what is signed with it is counted.
    /// </summary>
    private bool MayGoOn(PhoneRequest message, DateTimeOffset now)
    {
        var (named, session) = message switch
        {
            SessionDeposit deposit => (deposit.SessionId, (SessionId?)null),
            SessionSign sign => (sign.SessionId, CertificateRules.SessionOf(sign.RequestId)),
            _ => (null, null),
        };
        if (named is null)
        {
            return true;
        }

        if (!Guid.TryParseExact(named, "D", out var id) || SealingRules.Find(Record, new SealingId(id), now) is not { State: SealingSessionState.Running, Bounds.Automatic: true } grant)
        {
            KeyShareServer.EndSession(rounds, named);
            return false;
        }

        if (message is SessionDeposit)
        {
            if (KeyShareServer.CommitmentsLeft(rounds, named) is null)
            {
                KeyShareServer.BeginSession(rounds, named, grant.Bounds.ExpiresAt);
            }

            return true;
        }

        return session is { } pushed && offered.Find(pushed) is { } work && work.Sealing == grant.Bounds.Sealing
            && SealingRules.RefuseUse(Record, grant.Bounds.Sealing, pushed, work.Documents.Count, automatically: true, now) is null;
    }

    /// <summary>After a write: what ended in it is not open on this activation any more.</summary>
    private void CloseEndedSealings()
    {
        foreach (var grant in Record.Sealings.Where(grant => grant.End is not null))
        {
            KeyShareServer.EndSession(rounds, grant.Bounds.Sealing.ToString());
        }
    }

    private Reply<SealingGrant> Grant(Reply<Nothing> kept, SealingId sealing) =>
        kept is Refused<Nothing>(var refusal) ? refusal
        : SealingRules.Find(Record, sealing, time.GetUtcNow()) is { } grant ? grant
        : new Refusal(RefusalCode.NotFound);

    private KeyShareServer Server(CreateCertificate created) =>
        new(Id.ToString(), created.Device.ToString(), new ShareSealer(protector), SystemRandom.Instance, nonces, stage);
}
