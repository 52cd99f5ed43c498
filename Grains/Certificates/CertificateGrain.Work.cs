using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Grains.Certificates;

// What an opening message is about, and the session's word before and after the user looked.
public sealed partial class CertificateGrain
{
    private async Task<Reply<FoundWork>> FindWorkAsync(string requestId, SessionId? session, CreateCertificate created)
    {
        if (session is not { } id)
        {
            return new FoundWork(CertificateRules.OwnWork(Record, requestId, time.GetUtcNow()));
        }

        switch (await FindSessionWorkAsync(id, created))
        {
            case Refused<SessionWork>(var refusal):
                return refusal;
            case Done<SessionWork>({ Sealing: { } sealing } work)
                when SealingRules.RefuseUse(Record, sealing, id, work.Documents.Count, automatically: false, time.GetUtcNow()) is { } refusal:
                return refusal;
            case Done<SessionWork>(var found):
                openWork.Keep(id, found);
                return new FoundWork(CertificateRules.WorkOf(found));
            default:
                throw new InvalidOperationException("A session answered something else.");
        }
    }

    private async Task<Reply<SessionWork>> FindSessionWorkAsync(SessionId session, CreateCertificate created)
    {
        // A certificate that is not active yet, or not any more, serves no session; a lock is told by the core, with its end.
        if (Record.ActivatedAt is null || Record.SigningCertificate is not { } signing || Record.EncryptionCertificate is not { } encryption)
        {
            return new Refusal(RefusalCode.CertificateUnusable);
        }

        // What it has decided is on its way to a session that may have lost its memory meanwhile, and would ask for it once more.
        if (HasDecided(session))
        {
            return new Refusal(RefusalCode.SessionEnded);
        }

        var signer = new SessionSigner(
            created.Holder, Id, created.EnterpriseName, created.CreditCode, created.RecognitionGroup, signing.Serial,
            [encryption.Serial, .. Record.Shares!.EncryptionKeys.Select(key => key.Id)]);
        return await GrainFactory.QrSession(session).GetWork(signer);
    }

    public async Task<bool> Relinquish(SessionId session)
    {
        if (HasDecided(session))
        {
            return false;
        }

        KeyShareServer.EndRequest(rounds, session.ToString());
        openWork.Relinquish(session);

        // Unchanged, so that an activation which this one knows nothing of, and which is about to store a signature, loses its race.
        if (Record.ActivatedAt is not null && Record.StateAt(time.GetUtcNow()) is not (CertificateState.Revoked or CertificateState.Abandoned or CertificateState.Frozen or CertificateState.Expired))
        {
            await WriteAsync(Record);
        }

        return true;
    }

    /// <summary>It stays in the outbox until the session has it durably, and has ended.</summary>
    private bool HasDecided(SessionId session) => Record.Outbox.Items.Any(item =>
        item.Kind == CertificateOutbox.Session && item.Target == session.ToString() && item.Read<SessionOutcome>().End != SessionEnd.WrongPin);

    /// <summary>
    /// The session's word that it goes on. It knows in memory who got its work: one that moved to another silo meanwhile is asked for the
    /// work once more, decides again whether this certificate may serve it, and goes on only if the work is still what was shown.
    /// </summary>
    private async Task<bool> MayCompleteAsync(SessionId session, SessionWork shown, CreateCertificate created)
    {
        var grain = GrainFactory.QrSession(session);
        return await grain.BeginCompletion(Id) switch
        {
            Done<Nothing> => true,
            Refused<Nothing>({ Code: RefusalCode.NotFound }) => await FindSessionWorkAsync(session, created) is Done<SessionWork>(var work)
                && work.Documents.Select(document => document.ToBeSigned).SequenceEqual(shown.Documents.Select(document => document.ToBeSigned), SameBytes)
                && await grain.BeginCompletion(Id) is Done<Nothing>,
            _ => false,
        };
    }

    /// <summary>
    /// Whether what a decision is about ended while the user looked: the session, whose work this activation may also have let go of; a task or a
    /// renewal that the service itself asked for and took back, or that ran out.
    /// </summary>
    /// <remarks>
    /// A wrong PIN is counted whether or not the session could be asked: one that does not answer is over. Any other decision goes no further without its
    /// answer.
    /// </remarks>
    private async ValueTask<bool> IsOverAsync(
        RoundEffect effect, PhoneRequest message, SessionId? session, SessionWork? shown, CreateCertificate created, DateTimeOffset now)
    {
        if (session is { } id)
        {
            try
            {
                return shown is null
                    || (shown.Sealing is { } sealing && SealingRules.RefuseUse(Record, sealing, id, shown.Documents.Count, automatically: false, now) is not null)
                    || !await MayCompleteAsync(id, shown, created);
            }
            catch (Exception) when (effect is RoundEffect.PinFailed)
            {
                return true;
            }
        }

        return message is PinProvedRequest { RequestId: var asked }
            && ((CertificateTasks.TaskOf(asked) is { } task && CertificateTasks.Find(Record, task, now) is null)
                || (CertificateLife.IsRenewalRequest(asked) && asked != CertificateLife.RenewalRequest(Record)));
    }

    private static readonly IEqualityComparer<byte[]> SameBytes = EqualityComparer<byte[]>.Create((one, other) => one.AsSpan().SequenceEqual(other), bytes => bytes.Length);

    private readonly record struct FoundWork(RoundWork? Work);
}
