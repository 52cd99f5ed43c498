using Bzt.Grains.Applications;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;

namespace Bzt.Grains.Certificates;

/// <summary>
/// How a certificate that was never active ends or begins anew: pure. In either case nothing of its key is left on this side, so the
/// phone that began it cannot go on; and the CA takes back what it issued for it.
/// </summary>
internal static class CertificateEndings
{
    /// <summary>The state unchanged when the command is the one that began it; a refusal when it may not begin again.</summary>
    public static (CertificateRecord Record, Refusal? Refusal) BeginAgain(
        CertificateRecord record, CertificateId id, CreateCertificate command, DateTimeOffset now)
    {
        var created = record.Created!;
        if (CertificateRules.IsSame(created, command))
        {
            return record.AbandonedAt is null ? (record, null) : (record, new Refusal(RefusalCode.ApplicationStateWrong));
        }

        var onAnotherDevice = CertificateRules.IsSame(created, command with { Device = created.Device, DevicePublicKey = created.DevicePublicKey });
        return onAnotherDevice && MayEnd(record)
            ? (WithoutKey(record, id, now) with { Created = command }, null)
            : (record, new Refusal(RefusalCode.IdempotencyConflict));
    }

    public static (CertificateRecord Record, Refusal? Refusal) Abandon(CertificateRecord record, CertificateId id, DateTimeOffset now) => record switch
    {
        { Created: null } => (record, new Refusal(RefusalCode.NotFound)),
        { AbandonedAt: not null } => (record, null),
        _ when MayEnd(record) => (WithoutKey(record, id, now) with { AbandonedAt = now }, null),
        _ => (record, new Refusal(RefusalCode.ApplicationStateWrong)),
    };

    /// <summary>The CA does not issue, or not what was asked for.</summary>
    /// <param name="record">Before; its request is the one that was answered.</param>
    /// <param name="id">Whose record.</param>
    /// <param name="request">Which was answered.</param>
    /// <param name="reason">What the user is told.</param>
    /// <param name="now">When.</param>
    public static CertificateRecord NotIssued(CertificateRecord record, CertificateId id, byte[] request, string reason, DateTimeOffset now)
    {
        // A renewal that fails leaves the certificate as it is; a lost key that is not certified anew may be made anew once more.
        var (ended, application) = IssuanceRules.IsRenewal(record, request) ? (record with { Renewal = null }, record.Renewal!.Application)
            : record.Rekeying is null ? (WithoutKey(record, id, now) with { AbandonedAt = now }, record.Created!.Application)
            : (WithoutKey(record, id, now), record.Created!.Application);
        return ended with { Outbox = ended.Outbox.AddNotIssued(application, new IssuanceFailure(id, reason)).AddWakeUp(record.Created!.Holder) };
    }

    /// <summary>The holder does not belong to the enterprise any more. The key stays for what was encrypted to it; nobody uses it meanwhile.</summary>
    public static CertificateRecord RemoveHolder(CertificateRecord record, CertificateId id, CreditCode enterprise, DateTimeOffset now)
    {
        if (record is not { Created: { } created, RevokedAt: null, AbandonedAt: null, HolderRemovedAt: null } || created.CreditCode != enterprise)
        {
            return record;
        }

        var outbox = record.SigningCertificate is { } issued ? record.Outbox.AddRevocation(created.Ca, issued.Serial) : record.Outbox;
        outbox = outbox.AddEndOfRenewal(record, id, CertificateMessages.HolderRemoved);
        outbox = record.Rekeying is null ? outbox : outbox.AddNotIssued(created.Application, new IssuanceFailure(id, CertificateMessages.HolderRemoved));
        var removed = record with { HolderRemovedAt = now, Tasks = [], Renewal = null, Outbox = outbox.AddWakeUp(created.Holder) };
        return record.ActivatedAt is null ? removed : removed with { Outbox = removed.Outbox.Project(CertificateProjector.Row(id, removed)) };
    }

    private static bool MayEnd(CertificateRecord record) => record is { ActivatedAt: null, RevokedAt: null, AbandonedAt: null, Rekeying: null };

    private static CertificateRecord WithoutKey(CertificateRecord record, CertificateId id, DateTimeOffset now)
    {
        // The CA is not asked any more, if it was not yet: the application's number may still serve another key.
        var outbox = record.Outbox with { Items = record.Outbox.Items.RemoveAll(item => item.Kind == CertificateOutbox.Issue) };
        outbox = record.SigningCertificate is { } issued ? outbox.AddRevocation(record.Created!.Ca, issued.Serial) : outbox;
        return (record with { Shares = null, Request = null, Issued = null, Outbox = outbox }).With(id, EvidenceKind.Abandoned, null, null, [], now);
    }
}
