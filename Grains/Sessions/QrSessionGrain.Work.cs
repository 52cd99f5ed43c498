using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Bzt.Grains.Openings;
using Bzt.Grains.Platforms;
using Bzt.Grains.Seals;

namespace Bzt.Grains.Sessions;

// The certificate that serves it: who may, what there is to sign, and what came of it.
internal sealed partial class QrSessionGrain
{
    public async Task<Reply<SessionWork>> GetWork(SessionSigner signer)
    {
        if (await RefuseSigner(signer) is { } refusal)
        {
            return refusal;
        }

        return await Name(signer) ? Work(signer) : new Refusal(RefusalCode.SessionOtherCertificate);
    }

    public async Task<Reply<SessionWork>> Look(SessionSigner signer) => await RefuseSigner(signer) is { } refusal ? refusal : Work(signer);

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

        await AgeAsync();
        if (state.End is null && !Confirming)
        {
            await Write(state with { End = end });
        }
    }

    public async Task<Reply<Nothing>> BeginCompletion(CertificateId certificate)
    {
        await AgeAsync();
        if (QrSessionRules.Ended(state) is { } ended)
        {
            return ended;
        }

        if (state.Scanner is null || named is not { } signer)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (signer.Certificate != certificate)
        {
            return new Refusal(RefusalCode.SessionOtherCertificate);
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

        // Time may have ended it while others were asked.
        Age();
        if (QrSessionRules.Ended(state) is { } meanwhile)
        {
            await AgeAsync();
            return meanwhile;
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

    public Task Complete(SessionOutcome outcome) => Deliver(outcome);

    public async Task<bool> Deliver(SessionOutcome outcome)
    {
        // What a certificate that has let go of it still had to say about a PIN ends nobody else's confirmation.
        var confirmed = named is null || named.Certificate == outcome.Certificate;
        if (state.Command is null || state.End is not null)
        {
            confirmingSince = confirmed ? null : confirmingSince;
            Wake();
            return state.Outcome?.Certificate == outcome.Certificate;
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
        if (!cameUp)
        {
            LetGo();
            Change(next);
        }

        await Write(next);
        // What came up anew holds it open until the end is written: time ends nothing meanwhile, and nobody is told that it did.
        LetGo();
        Wake();
        return next.Outcome is not null;

        void LetGo() => confirmingSince = confirmed ? null : confirmingSince;
    }

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

        await AgeAsync();
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

    /// <summary>
    /// Whether the enterprise lets this holder use its certificate for that, now; its own word each time, so that a removal counts at once.
    /// A personal certificate is its holder's own affair.
    /// </summary>
    private async Task<Refusal?> MayUse(SessionSigner signer) =>
        signer.CreditCode is { Value.Length: > 0 } && await GrainFactory.Enterprise(signer.CreditCode).MayUse(signer.User, state.Platform!.Platform, state.Command!.Kind) is Refused<Nothing>(var refusal) ? refusal : null;

    private IBindingGrain Binding(CreditCode enterprise, CertificateId certificate) =>
        GrainFactory.GetGrain<IBindingGrain>(BindingKey.Of(state.Platform!.Platform, enterprise, certificate));

    private SessionWork Work(SessionSigner signer) => new(
        state.Command!.Kind, state.Platform!.Platform, state.Platform.Name, state.Command.Project, QrSessionRules.Documents(state, new SessionId(this.GetPrimaryKey()), signer), state.Command.Decryption, state.Command.Sealing);
}
