using Bzt.Contracts.Platforms;
using Bzt.Grains.Certificates;
using Bzt.Grains.Sessions;

namespace Bzt.Grains.Sealing;

// How it comes to be: the scanned request says what for, the certificate puts the bounds before the holder.
internal sealed partial class SealingSessionGrain
{
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
                return SealingSessionRules.Begin(command, origin, facts, time.GetUtcNow());
            default:
                throw new InvalidOperationException("A session answered something else.");
        }
    }
}
