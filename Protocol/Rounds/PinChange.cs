using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>
/// The phone's side of a PIN change, steps P0 to P4. The old PIN is proved online first: a mistyped one would
/// silently destroy the share. The new blinding is stored together with the refresh and never without it: two stored
/// states of one epoch give both PINs away, by meeting in the middle.
/// </summary>
internal sealed class PinChangeRound(string keyId, string deviceId, string requestId, StretchedPin replacement, IRandomSource random)
    : PinProvedRound(requestId)
{
    private readonly byte[] mask = random.Bytes(StretchedPin.Length);
    private PhoneKeyRecord? record;
    private byte[] nonce = [];

    public override int Epoch => record!.Epoch;

    public int DepositNumber => record!.MaskNumber + 1;

    public override async ValueTask<SiloAnswer?> OpenAsync(PhoneKeyRecord current)
    {
        var answer = await Conversation!.SendAsync(new ProofOpen(RequestId, current.Epoch, ProofPurpose.PinChange));
        if (answer is not ProofOpened opened)
        {
            return answer;
        }

        (record, nonce, IsOpen) = (current, opened.Nonce, true);
        return null;
    }

    public override PinProvedRequest Finish(StretchedPin pin, byte[] alpha)
    {
        var deposit = replacement.Masked(mask);
        var context = PinProof.Context(
            ProofPurpose.PinChange, keyId, deviceId, Epoch, RequestId, alpha, nonce, TaggedHash.Part(DepositNumber), deposit);
        return new PinChangeProof(
            RequestId, Epoch, alpha, nonce, DepositNumber, deposit, PinProof.Prove(pin, record!, context, random));
    }

    public override bool Verify(SiloAnswer answer) => answer is not (Signed or EnvelopePartial);

    public override Func<PhoneKeyRecord, PhoneKeyRecord> Alongside(StretchedPin pin) => moved => moved.Reblind(pin, replacement, mask);
}

public sealed partial class KeyShareServer
{
    private Decision Handle(KeyShareState state, OpenRounds rounds, PinChangeProof request, DateTimeOffset now)
    {
        if (Precheck(state, rounds, request, now) is { } early)
        {
            return early;
        }

        if (Take(rounds, request, request.Nonce, ProofPurpose.PinChange) is null)
        {
            return DeclareVoid(state, rounds, request.RequestId, request.Attempt);
        }

        using var d2 = UnsealShare(state, request.Epoch);
        var context = PinProof.Context(
            ProofPurpose.PinChange, keyId, deviceId, request.Epoch, request.RequestId, request.Alpha, request.Nonce,
            TaggedHash.Part(request.DepositNumber), request.Deposit);
        if (!PinProof.Verify(request.Proof, d2, PublicKeyOf(state), context))
        {
            return CountWrongPin(state, rounds, request, now);
        }

        // P3.1 The old deposit stays until the phone confirms that its mask is the new one: the answer may be lost. So does
        // an approval under which it was released; it is good for that deposit alone.
        var next = state with
        {
            Deposits =
            [
                .. state.Deposits.Where(deposit => deposit.Number == request.DepositNumber - 1),
                SealDeposit(request.DepositNumber, request.Deposit),
            ],
            Approval = state.Approval is { IsReleased: true } released ? released : null,
        };
        return Succeed(next, rounds, request, d2, grant => new Proved(grant), new RoundEffect.PinChanged(request.RequestId));
    }

    private static Decision Handle(KeyShareState state, DepositConfirm request)
    {
        // P5 Confirming a number that is not there would delete the only deposit: it is ignored.
        return state.Deposits.Count > 1 && state.Deposits.Any(deposit => deposit.Number == request.Number)
            ? new(
                state with
                {
                    Deposits = [.. state.Deposits.Where(deposit => deposit.Number == request.Number)],
                    Approval = state.Approval is { IsReleased: true } ? null : state.Approval,
                },
                new Acknowledged())
            : new(state, new Acknowledged());
    }

    private Decision Handle(KeyShareState state, DepositFetch request, DateTimeOffset now)
    {
        // F1.1 No lock in force; approved, under this very request, the waiting time over, not yet expired.
        if (state.Pin.LockAt(now) is { } pinLock)
        {
            return new(state, new Locked(pinLock));
        }

        if (state.Approval is not { } approval || approval.RequestId != request.RequestId || now < approval.NotBefore || now >= approval.NotAfter ||
            approval.Number is { } bound && bound != request.Number || state.Deposits.FirstOrDefault(deposit => deposit.Number == request.Number) is not { } stored)
        {
            return new(state, new Failed(ProtocolFailure.DepositUnavailable));
        }

        // F1.2 The release is on record before it happens. A repeat within the approval is the same release: a lost
        // answer must not cost the key. From the first one on the approval is good for this deposit alone, and the phone's
        // confirmation of the next one ends it.
        using var deposit = sealer.Unseal(stored.Sealed, SealData("deposit", stored.Number, ""));
        var answer = new DepositReleased(stored.Number, deposit.Span.ToArray());
        return approval.IsReleased
            ? new(state, answer)
            : new(state with { Approval = approval with { IsReleased = true, Number = stored.Number } }, answer, new RoundEffect.DepositReleased(request.RequestId));
    }
}
