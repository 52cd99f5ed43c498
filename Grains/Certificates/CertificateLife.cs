using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Grains.Applications;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;

namespace Bzt.Grains.Certificates;

/// <summary>
/// Renewal, and a new key for an old certificate: pure. A renewal certifies the same two keys anew and interrupts nothing. After a loss the signing
/// key is made anew, and every encryption key the holder ever had arrives again, each under the serial of every certificate it had, because that
/// is what files encrypted to it name.
/// </summary>
internal static class CertificateLife
{
    private const string RenewalPrefix = "renewal/";
    private const int FulfilledKept = 32;

    public static bool IsRenewalRequest(string requestId) => requestId.StartsWith(RenewalPrefix, StringComparison.Ordinal);

    /// <summary>Under which the phone opens the new request; null when there is no renewal.</summary>
    public static string? RenewalRequest(CertificateRecord record) => record.Renewal is { } renewal ? RenewalPrefix + renewal.ApplicationNumber : null;

    public static (CertificateRecord Record, Refusal? Refusal) Renew(CertificateRecord record, RenewCertificate command, DateTimeOffset now)
    {
        if (record.Created is not { } created || created.Holder != command.Caller.User)
        {
            return (record, new Refusal(RefusalCode.NotFound));
        }

        if (created.Device != command.Caller.Device)
        {
            return (record, new Refusal(RefusalCode.Forbidden));
        }

        if (record.Fulfilled.Contains(command.ApplicationNumber) || record.Renewal?.ApplicationNumber == command.ApplicationNumber)
        {
            return (record, null);
        }

        // Another application's renewal that the CA has answered is finished first.
        return record.StateAt(now) is CertificateState.Active or CertificateState.Locked && record.Renewal is not { Issued: not null }
            ? (record with { Renewal = new PendingRenewal(command.Application, command.ApplicationNumber, null, null) }, null)
            : (record, new Refusal(RefusalCode.CertificateUnusable));
    }

    /// <summary>A renewal whose request was signed goes on at the CA whatever becomes of the certificate; one that was not needs it alive.</summary>
    public static bool Finishes(CertificateRecord record, string applicationNumber, DateTimeOffset now) => record.Fulfilled.Contains(applicationNumber)
        || (record.Renewal is { } renewal && renewal.ApplicationNumber == applicationNumber
            && (renewal.Request is not null || record.StateAt(now) is CertificateState.Active or CertificateState.Locked))
        || record is { RevokedAt: null, AbandonedAt: null, HolderRemovedAt: null, Rekeying: { } rekeying } && rekeying.ApplicationNumber == applicationNumber;

    /// <summary>What the CA issued for a renewal that ends here is taken back, and who paid for it is told.</summary>
    public static Outbox AddEndOfRenewal(this Outbox outbox, CertificateRecord record, CertificateId id, string reason) => record.Renewal is not { } renewal ? outbox
        : outbox.AddRevocation(record.Created!.Ca, renewal).AddNotIssued(renewal.Application, new IssuanceFailure(id, reason));

    public static CertificateRecord SignRenewal(CertificateRecord record, CertificateId id, RoundEffect.SignaturesReleased released, DateTimeOffset now)
    {
        var form = (CsrForm)CertificateRules.Form(released.Documents[0]);
        var request = form.Assemble(released.Signatures[0]);
        var renewal = record.Renewal! with { Request = request };
        var next = (record with { Renewal = renewal }).With(id, EvidenceKind.RequestSigned, null, null, [form.Digest(record.PublicKey)], now);
        return next with
        {
            Outbox = next.Outbox.AddErrand(id, CertificateOutbox.Issue, record.Created!.Ca.Value, new IssueOrder(id, renewal.ApplicationNumber, request)),
        };
    }

    public static (CertificateRecord Record, Refusal? Refusal) Rekey(CertificateRecord record, CertificateId id, RekeyCertificate command, DateTimeOffset now)
    {
        if (record.Created is not { } created || created.Holder != command.Caller.User)
        {
            return (record, new Refusal(RefusalCode.NotFound));
        }

        if (record.RevokedAt is not null || record.AbandonedAt is not null || record.HolderRemovedAt is not null)
        {
            return (record, new Refusal(RefusalCode.CertificateUnusable));
        }

        var here = created.Device == command.Caller.Device && created.DevicePublicKey.AsSpan().SequenceEqual(command.DevicePublicKey);
        if (record.Fulfilled.Contains(command.ApplicationNumber) || (record.Rekeying?.ApplicationNumber == command.ApplicationNumber && here))
        {
            return (record, null);
        }

        if (record.ActivatedAt is null && record.Rekeying is null)
        {
            return (record, new Refusal(RefusalCode.ApplicationStateWrong));
        }

        // Another name is a change the CA has reviewed; another enterprise, or none, would be another certificate.
        if (command.Subject.CreditCode != created.Subject.CreditCode)
        {
            return (record, new Refusal(RefusalCode.IdempotencyConflict));
        }

        var begun = (record with
        {
            Created = created with
            {
                Application = command.Application, ApplicationNumber = command.ApplicationNumber, Device = command.Caller.Device,
                DevicePublicKey = command.DevicePublicKey, Subject = command.Subject, EnterpriseName = command.Subject.Organization ?? created.EnterpriseName,
            },
            Past = record is { ActivatedAt: not null, Issued: { } issued }
                ? record.Past.Add(new PastCertificates(issued.SigningCertificate, issued.EncryptionCertificate))
                : record.Past,
            Shares = null,
            Request = null,
            Issued = null,
            ActivatedAt = null,
            Renewal = null,
            Noticed = null,
            Tasks = [],
            Pin = null,
            Recovered = [],
            Rekeying = new Rekeying(command.ApplicationNumber, [], KeysKnown: false),
            Outbox = (record.Outbox with { Items = record.Outbox.Items.RemoveAll(item => item.Kind == CertificateOutbox.Issue) })
                .AddEndOfRenewal(record, id, CertificateMessages.RenewalOvertaken),
        }).With(id, EvidenceKind.Rekeyed, null, null, [], now);
        return (begun with
        {
            Outbox = begun.Outbox.AddMessage(created.Holder, CertificateMessages.Rekeyed(id, begun.Created!, command.ApplicationNumber, now)).AddWakeUp(created.Holder),
        }, null);
    }

    /// <summary>The CA's word on which keys there are. What does not verify is left out: a key that is not the certified one opens nothing.</summary>
    public static CertificateRecord AcceptKeys(
        CertificateRecord record, CertificateId id, string applicationNumber, IReadOnlyList<RecoveredKey> keys, DateTimeOffset now)
    {
        if (record.Rekeying is not { KeysKnown: false } rekeying || rekeying.ApplicationNumber != applicationNumber || record.Issued is not { } issued)
        {
            return record;
        }

        var known = keys.Append(new RecoveredKey(issued.EncryptionCertificate, issued.EncryptionEnvelope)).Where(key => IsWhole(key, issued)).ToArray();

        // Files name the serial of the certificate they were encrypted to, so each past one gets its key too.
        var past = record.Past
            .Select(certificates => known.FirstOrDefault(key => KeyOf(key.EncryptionCertificate) == KeyOf(certificates.EncryptionCertificate)) is { } key
                ? key with { EncryptionCertificate = certificates.EncryptionCertificate }
                : null)
            .OfType<RecoveredKey>();
        var next = record with
        {
            Rekeying = rekeying with { Keys = [.. known.Concat(past).DistinctBy(key => SerialOf(key.EncryptionCertificate))], KeysKnown = true },
            Outbox = record.Outbox.AddWakeUp(record.Created!.Holder),
        };
        return Finish(next, id, now);
    }

    /// <summary>An encryption key arrived at the phone: that may be all, or the end of a renewal.</summary>
    public static CertificateRecord Arrived(CertificateRecord record, CertificateId id, DateTimeOffset now)
    {
        if (record.Renewal is { Issued: { } renewed } renewal)
        {
            return Has(record, SerialOf(renewed.EncryptionCertificate)!) ? CompleteRenewal(record, id, renewal, renewed, now) : record;
        }

        return record.ActivatedAt is not null ? record
            : record.Rekeying is null ? CertificateRules.Activate(record, id, now)
            : Finish(record, id, now);
    }

    /// <summary>The key that is next to arrive, by the serial it will go by.</summary>
    public static (string Serial, RecoveredKey Key)? Arrival(CertificateRecord record) => Waiting(record) is [var next, ..] ? next : null;

    /// <summary>
    /// Further serials that wait for the key in this very envelope. All of them come with one arrival: an envelope is opened ten times at most, and a
    /// certificate may have been renewed more often.
    /// </summary>
    public static IReadOnlyList<(string Serial, RecoveredKey Key)> Further(CertificateRecord record, RecoveredKey key) =>
    [
        .. Waiting(record).Where(waiting => waiting.Key.EncryptionEnvelope.AsSpan().SequenceEqual(key.EncryptionEnvelope) && waiting.Serial != SerialOf(key.EncryptionCertificate)),
    ];

    /// <summary>A key that is arriving or has arrived, by its serial.</summary>
    public static RecoveredKey? FindKey(CertificateRecord record, string serial)
    {
        IEnumerable<RecoveredKey> all =
        [
            .. Of(record.Renewal?.Issued), .. Of(record.Issued), .. record.Rekeying?.Keys ?? [], .. record.Recovered,
        ];
        return record.Shares is null ? null : all.FirstOrDefault(key => SerialOf(key.EncryptionCertificate) == serial);

        static IEnumerable<RecoveredKey> Of(IssuedCertificates? issued) =>
            issued is null ? [] : [new RecoveredKey(issued.EncryptionCertificate, issued.EncryptionEnvelope)];
    }

    public static ArrivingKey? Arriving(CertificateRecord record) => Arrival(record) is var (serial, key) && (record.Renewal?.Issued ?? record.Issued) is { } certificates
        ? new ArrivingKey(
            serial, key.EncryptionCertificate, certificates.SigningCertificate, certificates.Chain, [.. Further(record, key).Select(further => further.Key.EncryptionCertificate)])
        : null;

    public static RenewalView? View(CertificateRecord record) => record.Renewal is not { } renewal ? null : new RenewalView(
        RenewalRequest(record)!,
        renewal.Request is null ? RenewalStep.Request : renewal.Issued is null ? RenewalStep.Issuance : RenewalStep.Arrival);

    /// <summary>可找回: not usable on the calling device, and not ended for good.</summary>
    public static bool IsRecoverable(CertificateRecord record, bool here, DateTimeOffset now) =>
        (record.ActivatedAt is not null || record.Rekeying is not null)
        && record.StateAt(now) is var state and not (CertificateState.Revoked or CertificateState.Abandoned or CertificateState.Expired)
        && (!here || state == CertificateState.Frozen || (record.Shares?.Pin.LockAt(now) is { Until: null }));

    /// <summary>What has not arrived yet, by serial, in order.</summary>
    private static List<(string Serial, RecoveredKey Key)> Waiting(CertificateRecord record)
    {
        if (record.Shares is null)
        {
            return [];
        }

        IEnumerable<RecoveredKey> expected = record switch
        {
            { Renewal.Issued: { } renewed } => [new RecoveredKey(renewed.EncryptionCertificate, renewed.EncryptionEnvelope)],
            { ActivatedAt: null, Issued: { } issued } =>
                [new RecoveredKey(issued.EncryptionCertificate, issued.EncryptionEnvelope), .. record.Rekeying?.Keys ?? []],
            _ => [],
        };
        var waiting = new List<(string Serial, RecoveredKey Key)>();
        foreach (var key in expected)
        {
            if (SerialOf(key.EncryptionCertificate) is { } serial && !Has(record, serial) && waiting.All(known => known.Serial != serial))
            {
                waiting.Add((serial, key));
            }
        }

        return waiting;
    }

    private static CertificateRecord CompleteRenewal(
        CertificateRecord record, CertificateId id, PendingRenewal renewal, IssuedCertificates renewed, DateTimeOffset now)
    {
        var next = (record with
        {
            Past = record.Past.Add(new PastCertificates(record.Issued!.SigningCertificate, record.Issued.EncryptionCertificate)),
            Issued = renewed,
            Request = renewal.Request,
            Renewal = null,
            Noticed = null,
            Fulfilled = Remember(record, renewal.ApplicationNumber),
        }).With(id, EvidenceKind.Renewed, null, null, [Sm3.Hash(renewed.SigningCertificate), Sm3.Hash(renewed.EncryptionCertificate)], now);
        return next with
        {
            Outbox = next.Outbox
                .Project(CertificateProjector.Row(id, next))
                .AddActivated(id, renewal.Application)
                .AddMessage(record.Created!.Holder, CertificateMessages.Renewed(id, record.Created, next.SigningCertificate!.NotAfter, now))
                .AddWakeUp(record.Created.Holder),
        };
    }

    /// <summary>Active again once the CA has said which keys there are and all of them have arrived.</summary>
    private static CertificateRecord Finish(CertificateRecord record, CertificateId id, DateTimeOffset now) =>
        record.Rekeying is { KeysKnown: true } rekeying && record.Shares is not null && Arrival(record) is null
            ? CertificateRules.Activate(record with { Rekeying = null, Recovered = rekeying.Keys, Fulfilled = Remember(record, rekeying.ApplicationNumber) }, id, now)
            : record;

    private static ImmutableArray<string> Remember(CertificateRecord record, string applicationNumber) =>
        [.. record.Fulfilled.TakeLast(FulfilledKept - 1), applicationNumber];

    private static bool Has(CertificateRecord record, string serial) => record.Shares!.EncryptionKeys.Any(key => key.Id == serial);

    private static bool IsWhole(RecoveredKey key, IssuedCertificates issued) =>
        Sm2Certificate.TryParse(key.EncryptionCertificate, out var certificate) && certificate.MayEncrypt
        && Sm2EnvelopedKey.TryParse(key.EncryptionEnvelope, out var envelope) && envelope!.PublicKey == certificate.PublicKey
        && issued.Chain.Count > 0
        && Sm2CertificatePath.Verify(certificate, issued.Chain, [issued.Chain[^1]], certificate.NotBefore) is PathFault.None;

    private static string? SerialOf(byte[] certificate) => Sm2Certificate.TryParse(certificate, out var parsed) ? parsed.Serial : null;

    private static Protocol.Arithmetic.Point? KeyOf(byte[] certificate) => Sm2Certificate.TryParse(certificate, out var parsed) ? parsed.PublicKey : null;
}
