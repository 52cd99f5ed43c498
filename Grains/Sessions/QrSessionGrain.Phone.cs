using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;

namespace Bzt.Grains.Sessions;

// What the phone that scanned it does: looks, chooses, says no, takes its browser back.
internal sealed partial class QrSessionGrain
{
    public async Task<Reply<PhoneSessionView>> Scan(ScanSession command)
    {
        if (state.Command is null)
        {
            return new Refusal(RefusalCode.QrInvalid);
        }

        await AgeAsync();
        using var secret = protector.Unprotect(SecretPurpose, SecretContext, state.ProtectedSecret);
        var (next, refusal) = QrSessionRules.Scan(state, command, secret.Span, clock.GetUtcNow());
        if (refusal is not null)
        {
            return refusal;
        }

        // How it was opened decides who is told the result: what a link sent on to somebody else would tell its sender outlives the silo that knew of it.
        if (next.Scanner is { SameDevice: true } && store.State.Scanner != next.Scanner)
        {
            await Write(next);
        }
        else
        {
            Change(next);
        }

        return PhoneView();
    }

    public async Task<Reply<PhoneSessionView>> GetForPhone(UserId user)
    {
        if (state.Scanner?.User != user)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        await AgeAsync();
        return PhoneView();
    }

    public async Task<Reply<PhoneSessionView>> ChooseSeal(UserId user, SealKind seal)
    {
        if (state.Scanner?.User != user)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        await AgeAsync();
        if ((QrSessionRules.Ended(state) ?? (Confirming ? new Refusal(RefusalCode.SessionConfirming) : null)) is { } refusal)
        {
            return refusal;
        }

        if (!QrSessionRules.Seals(state).Contains(seal))
        {
            return new Refusal(RefusalCode.InvalidRequest);
        }

        // In memory, as the scan is.
        Change(state with { Seal = seal });
        return PhoneView();
    }

    public async Task<Reply<Nothing>> Refuse(UserId user, bool disowned)
    {
        if (state.Scanner?.User != user)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        await AgeAsync();
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

    public async Task<Reply<string>> GetReturn(UserId user)
    {
        await AgeAsync();
        return state.Scanner is not { SameDevice: true } scanner || scanner.User != user ? new Refusal(RefusalCode.NotFound)
            : state.End is null ? new Refusal(RefusalCode.ReturnMismatch)
            : Platforms.PlatformReturns.Of(state.Command!.ReturnUrl!, this.GetPrimaryKey(), ReturnValue());
    }

    private PhoneSessionView PhoneView() => new(
        state.Command!.Kind, Phase, state.End, state.Platform!.Platform, state.Platform.Name, state.Platform.RecognitionGroup,
        state.Command.Enterprise, state.Command.Project, state.ExpiresAt, state.OpeningBidder ?? state.Command.OnlyFor)
    {
        SameDevice = state.Scanner?.SameDevice == true,
        OnlyCertificate = state.Command.Holder?.Certificate,
        EncryptionSerials = QrSessionRules.Serials(state.Command),
        Seals = QrSessionRules.Seals(state),
        Seal = QrSessionRules.SealOf(state),
    };
}
