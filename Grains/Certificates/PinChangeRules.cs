using Bzt.Contracts.Phone;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Grains.Certificates;

/// <summary>What goes before a change of the PIN, and what a decision of the protocol's core means for it: pure.</summary>
internal static class PinChangeRules
{
    public static readonly TimeSpan ApprovalLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Messages that use the PIN or lead up to it: what a device's lock stops.</summary>
    public static bool UsesPin(PhoneRequest message) =>
        message is PinProvedRequest or SigningOpen or ProofOpen or DepositFetch or SessionDeposit or SessionSign;

    /// <summary>
    /// Whether this device may change the PIN now: with a fresh SMS code, or because the deposit was released to it. The latter is good for the
    /// deposit that follows the released one and no other.
    /// </summary>
    public static bool MayChange(CertificateRecord record, PhoneRequest message, DateTimeOffset now)
    {
        if (record.Pin?.Change is { Used: false } change && change.Device == record.Created!.Device.Value && now < change.NotAfter)
        {
            return true;
        }

        return record.Shares?.Approval is { IsReleased: true } approval && now < approval.NotAfter
            && (message is not PinChangeProof proof || proof.DepositNumber == approval.Number + 1);
    }

    public static Refusal? RefuseChange(CertificateRecord record, DateTimeOffset now) =>
        record.ActivatedAt is null || record.StateAt(now) is not (CertificateState.Active or CertificateState.Locked) ? new Refusal(RefusalCode.CertificateUnusable)
        : record.Shares!.Pin.IsLockedForGood ? new Refusal(RefusalCode.PinLockedForGood)
        : null;

    public static CertificateRecord Approve(CertificateRecord record, Guid operation, DateTimeOffset now) =>
        record.WithPin(pin => pin with { Change = new PinChangeApproval(operation, record.Created!.Device.Value, now + ApprovalLifetime) });

    /// <summary>The rest of the one write: <paramref name="next"/> is what the decision made of <paramref name="before"/>.</summary>
    public static CertificateRecord Follow(
        CertificateRecord before, CertificateRecord next, CertificateId id, PhoneRequest message, Decision decision, DateTimeOffset now)
    {
        next = PinResetRules.Follow(next, id, decision, now);
        if (message is DepositConfirm && next.Pin?.Change is { Used: false } change)
        {
            // Not with the change itself: its answer may be lost, and then the old PIN holds and the change is made again.
            next = next.WithPin(pin => pin with { Change = change with { Used = true } });
        }

        if (decision.Effect is RoundEffect.PinChanged && next.Pin?.Reset?.End is not PinResetEnd.Done)
        {
            next = next with { Outbox = next.Outbox.AddMessage(next.Created!.Holder, PinMessages.Changed(id, next.Created, decision.State!.Pending!.Epoch, now)) };
        }

        var failures = decision.State?.Pin.Failures ?? 0;
        return decision.Effect is RoundEffect.PinFailed || failures == (before.Shares?.Pin.Failures ?? 0) ? next : next with { Outbox = next.Outbox.AddDeviceCount(next.Created!, id, failures) };
    }

    public static CertificateRecord WithPin(this CertificateRecord record, Func<CertificatePin, CertificatePin> change) =>
        record with { Pin = change(record.Pin ?? new CertificatePin()) };
}
