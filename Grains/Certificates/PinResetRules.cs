using System.Collections.Immutable;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Rounds;

namespace Bzt.Grains.Certificates;

/// <summary>
/// 忘记原PIN码, without the PIN: a stolen SIM alone gets nothing, a stolen phone has to wait under everybody's eyes. The release itself is the
/// protocol core's (F0, F1), under the approval these rules put into the shares; the two are one write. Pure.
/// </summary>
internal static class PinResetRules
{
    /// <summary>The owner's time to object.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromHours(24);

    /// <summary>How long the phone may come for it afterwards; longer than any timed lock.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(72);

    public static readonly TimeSpan ProofLifetime = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan PauseAfterObjection = TimeSpan.FromHours(72);
    public const int PerMonth = 3;

    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    /// <summary>What the phone names when it comes for the deposit.</summary>
    public static string RequestOf(Guid operation) => $"pin-reset/{operation:D}";

    /// <summary>Whether the request is still on its way.</summary>
    public static bool IsOpen(PinReset? reset, DateTimeOffset now) => reset is { End: null } && now < reset.NotAfter;

    /// <summary>Why a new request cannot be made; nothing is used up by asking.</summary>
    /// <param name="provenAt">When the registered device last proved the real name; null: never.</param>
    public static Refusal? Refuse(CertificateRecord record, DateTimeOffset? provenAt, DateTimeOffset now)
    {
        // 1. A PIN that can be reset. The lock for good has deleted the deposit: only recovery is left.
        if (PinChangeRules.RefuseChange(record, now) is { } unusable)
        {
            return unusable;
        }

        // 2. One at a time, a pause after an objection, a few in a month.
        var pin = record.Pin ?? new CertificatePin();
        if (IsOpen(pin.Reset, now))
        {
            return new Refusal(RefusalCode.PinResetRunning, pin.Reset!.NotBefore);
        }

        if (pin.PausedUntil > now)
        {
            return new Refusal(RefusalCode.PinResetPaused, pin.PausedUntil);
        }

        if (LastMonth(pin, now) is { Length: >= PerMonth } asked)
        {
            return new Refusal(RefusalCode.PinResetTooMany, asked[^PerMonth] + Month);
        }

        // 3. Whoever holds the phone and the number is still not known to be the person.
        return provenAt is { } at && now - at <= ProofLifetime ? null : new Refusal(RefusalCode.PinResetNeedsProof);
    }

    /// <param name="declared">Restores of the store so far.</param>
    public static CertificateRecord Begin(CertificateRecord record, CertificateId id, Guid operation, Guid waiver, int declared, DateTimeOffset now)
    {
        var created = record.Created!;
        var reset = new PinReset(operation, waiver, now, now + Wait, now + Wait + Window, Restores: declared > 0 ? declared : null);
        var next = record.WithPin(pin => pin with { Reset = reset, Asked = LastMonth(pin, now).Add(now) }) with
        {
            Shares = record.Shares! with { Approval = new DepositApproval(RequestOf(operation), reset.NotBefore, reset.NotAfter) },
        };
        next = next.With(id, EvidenceKind.PinResetAsked, null, null, [], now);
        return next with
        {
            Outbox = next.Outbox
                .AddMessage(created.Holder, PinMessages.ResetAsked(id, created, reset, now))
                .AddAdministratorMessage(created, PinMessages.MemberAsked(id, created, record.SigningCertificate?.Serial, reset, now))
                .AddSmsNotice(created, id, reset),
        };
    }

    /// <param name="withdrawal">From the device that asked.</param>
    public static (CertificateRecord Record, Refusal? Refusal) Stop(CertificateRecord record, CertificateId id, bool withdrawal, DateTimeOffset now)
    {
        // Released and never followed by a new PIN: there is something to stop for ever.
        var reset = record.Pin?.Reset;
        var released = record.Shares?.Approval is { IsReleased: true };
        switch (reset)
        {
            case { End: PinResetEnd.Stopped }:
            case { End: PinResetEnd.Withdrawn } when withdrawal:
                return (record, null);
            case { End: PinResetEnd.Done }:
                return (record, new Refusal(RefusalCode.PinResetTooLate));
            case { End: null } when released:
                break;
            case var _ when !IsOpen(reset, now):
                return (record, new Refusal(RefusalCode.PinResetNone));
        }

        var created = record.Created!;
        if (withdrawal)
        {
            return released ? (record, new Refusal(RefusalCode.PinResetTooLate)) : (record.Ended(PinResetEnd.Withdrawn), null);
        }

        var next = record.Ended(PinResetEnd.Stopped).WithPin(pin => pin with { PausedUntil = now + PauseAfterObjection });
        next = next.With(id, EvidenceKind.PinResetStopped, null, null, [], now);
        next = next with
        {
            Outbox = next.Outbox
                .AddMessage(created.Holder, PinMessages.ResetStopped(id, created, reset!, now))
                .AddAdministratorMessage(created, PinMessages.MembersStopped(id, created, record.SigningCertificate?.Serial, reset!, now)),
        };
        if (!released)
        {
            return (next, null);
        }

        // The phone has the stretched PIN, and no new one was set: whoever holds it can sign. Nothing but stopping the key undoes that.
        next = (next with { Shares = next.Shares! with { IsFrozen = true } }).With(id, EvidenceKind.Frozen, null, null, [], now);
        return (next with
        {
            Outbox = next.Outbox
                .AddMessage(created.Holder, PinMessages.ResetFroze(id, created, reset!, now))
                .AddAdministratorMessage(created, CertificateMessages.MembersFrozen(id, created, record.SigningCertificate?.Serial, next.Evidence!.Sequence, now)),
        }, null);
    }

    /// <summary>
    /// A request of before the store was put back: what was said to it since, an objection above all, is lost. It ends, and is asked for again by whoever needs
    /// it. Unchanged when there is none.
    /// </summary>
    /// <param name="declared">Restores of the store so far.</param>
    public static CertificateRecord EndRestored(CertificateRecord record, CertificateId id, int declared, DateTimeOffset now)
    {
        if (record.Pin?.Reset is not { } reset || !IsOpen(reset, now) || (reset.Restores ?? 0) >= declared)
        {
            return record;
        }

        var next = record.Ended(PinResetEnd.Overtaken).With(id, EvidenceKind.PinResetStopped, null, null, [], now, ("reason", "store-restored"));
        return next with { Outbox = next.Outbox.AddMessage(record.Created!.Holder, PinMessages.ResetRestored(id, record.Created, reset, now)) };
    }

    /// <summary>What the administrator signs; null when nothing waits.</summary>
    /// <param name="member">The holder's masked name.</param>
    public static CertificateTask? Waiver(CertificateRecord record, CertificateId id, string? member, DateTimeOffset now)
    {
        if (record.Pin?.Reset is not { } reset || !IsOpen(reset, now) || now >= reset.NotBefore)
        {
            return null;
        }

        // Whole seconds: the form says no fractions, and what it says is when the task ends.
        var expires = DateTimeOffset.FromUnixTimeSeconds(reset.NotBefore.ToUnixTimeSeconds());
        var form = new InstructionForm(
            "waive-pin-reset", "免除PIN码重置等待",
            [
                new("企业", record.Created!.EnterpriseName), new("成员", member ?? "—"), new("证书", record.SigningCertificate!.Serial),
                new("申请时间", PinMessages.Time(reset.AskedAt)),
            ],
            reset.Waiver, expires);
        return new CertificateTask(reset.Waiver, PinOutbox.Waived, id.ToString(), [new TaskDocument(SigningForms.Instruction, form.Content)], expires);
    }

    /// <summary>Unchanged when nothing waits for this waiver any more.</summary>
    public static CertificateRecord Waive(CertificateRecord record, CertificateId id, Guid waiver, DateTimeOffset now)
    {
        if (record.Pin?.Reset is not { } reset || reset.Waiver != waiver || !IsOpen(reset, now) || now >= reset.NotBefore || record.Shares?.Approval is not { } approval)
        {
            return record;
        }

        var waived = reset with { NotBefore = now, NotAfter = now + Window, Waived = true };
        var next = record.WithPin(pin => pin with { Reset = waived }) with
        {
            Shares = record.Shares with { Approval = approval with { NotBefore = waived.NotBefore, NotAfter = waived.NotAfter } },
        };
        next = next.With(id, EvidenceKind.PinResetWaived, null, null, [], now);
        return next with { Outbox = next.Outbox.AddMessage(record.Created!.Holder, PinMessages.ResetReady(id, record.Created, waived, now)) };
    }

    /// <summary>What a decision of the core means for an open request. The core ends its approval itself.</summary>
    public static CertificateRecord Follow(CertificateRecord record, CertificateId id, Decision decision, DateTimeOffset now)
    {
        if (decision.Effect is RoundEffect.DepositReleased)
        {
            var released = record.With(id, EvidenceKind.PinResetReleased, null, null, [], now);
            return released with
            {
                Outbox = released.Outbox.AddMessage(record.Created!.Holder, PinMessages.ResetReleased(id, record.Created, record.Pin!.Reset!, now)),
            };
        }

        if (!IsOpen(record.Pin?.Reset, now))
        {
            return record;
        }

        var created = record.Created!;
        return decision.Effect switch
        {
            // The core keeps the approval only of a deposit that was released: this change was made with it.
            RoundEffect.PinChanged when decision.State!.Approval is { IsReleased: true } =>
                record.Ended(PinResetEnd.Done, approval: true) is var done
                    ? done with { Outbox = done.Outbox.AddMessage(created.Holder, PinMessages.ResetDone(id, created, record.Pin!.Reset!, now)) }
                    : done,
            RoundEffect.PinChanged or RoundEffect.SignaturesReleased or RoundEffect.DecryptionReleased or RoundEffect.EnvelopeOpened
                or RoundEffect.CopySuspected or RoundEffect.PinFailed { Lock.Until: null } => record.Ended(PinResetEnd.Overtaken),
            _ => record,
        };
    }

    public static PinResetView? View(CertificateRecord record, DateTimeOffset now)
    {
        if (record.Pin is not { Reset: { } reset } pin)
        {
            return null;
        }

        var phase = reset.End switch
        {
            PinResetEnd.Done => PinResetPhase.Done,
            PinResetEnd.Stopped => PinResetPhase.Stopped,
            PinResetEnd.Withdrawn => PinResetPhase.Withdrawn,
            PinResetEnd.Overtaken => PinResetPhase.Overtaken,
            _ when now >= reset.NotAfter => PinResetPhase.Lapsed,
            _ when now >= reset.NotBefore => PinResetPhase.Ready,
            _ => PinResetPhase.Waiting,
        };
        return new PinResetView(reset.Operation, phase, reset.AskedAt, reset.NotBefore, reset.NotAfter, reset.Waived, AgainFrom(pin, now));
    }

    private static DateTimeOffset? AgainFrom(CertificatePin pin, DateTimeOffset now)
    {
        var limit = LastMonth(pin, now) is { Length: >= PerMonth } asked ? asked[^PerMonth] + Month : (DateTimeOffset?)null;
        var pause = pin.PausedUntil > now ? pin.PausedUntil : null;
        return limit is null || pause > limit ? pause : limit;
    }

    private static ImmutableArray<DateTimeOffset> LastMonth(CertificatePin pin, DateTimeOffset now) => pin.Asked.RemoveAll(at => at <= now - Month);

    private static CertificateRecord Ended(this CertificateRecord record, PinResetEnd end, bool approval = false)
    {
        var ended = record.WithPin(pin => pin with { Reset = pin.Reset! with { End = end } });
        return approval || ended.Shares is not { } shares ? ended : ended with { Shares = shares with { Approval = null } };
    }
}
