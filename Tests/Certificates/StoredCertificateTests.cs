using System.Collections.Immutable;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Evidence;
using Bzt.Grains.Foundations;
using Bzt.Grains.Sealing;
using Bzt.Protocol.Rounds;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Certificates;

/// <summary>What a release has stored, every later one reads: above all the shares.</summary>
public sealed class StoredCertificateTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");

    [Fact]
    public void Errands() => GoldenState.Verify("certificate-errand-v1", new StoredErrands
    {
        LastSequence = 7,
        Outbox = Outbox.Empty.Add(CertificateOutbox.Issue, "yichang-ca", new IssueOrder(new CertificateId(Id), "application-2", [51])),
    });

    [Fact]
    public void Certificate()
    {
        var certificate = new CertificateId(Id);
        var created = Created();
        var record = new CertificateRecord
        {
            Created = created,
            CreatedAt = At,
            Shares = Shares(),
            Request = [40],
            Issued = new IssuedCertificates([41], [42], [43], [[44], [45]]),
            ActivatedAt = At,
            RevokedAt = At,
            AbandonedAt = At,
            OpenBids = [new OpenBid(new PlatformId("yichang-ggzy"), "P-1", "某道路工程", At)],
            Evidence = new EvidenceLog(3, [46], [47]),
            Outbox = Outbox.Empty
                .AddIssue(certificate, created, [40])
                .AddNotIssued(new Bzt.Grains.ApplicationId(Id), new IssuanceFailure(certificate, CertificateMessages.NotOurs))
                .AddRevocation(new CaId("yichang-ca"), "0A"),
        };
        GoldenState.Loads("certificate-v1-before-tasks", record);
        record = record with
        {
            Tasks = [new CertificateTask(Id, "enterprise/transfer-signed", "91420500MA49ABCD28", [new TaskDocument("instruction", [48])], At)],
            SignedTasks = [Id],
            Noticed = new ExpiryNotice(At, 7),
            Past = [new PastCertificates([49], [50])],
            Renewal = new PendingRenewal(new Bzt.Grains.ApplicationId(Id), "application-2", [51], new IssuedCertificates([52], [53], [54], [[55]])),
            Rekeying = new Rekeying("application-3", [new RecoveredKey([56], [57])], KeysKnown: true),
            Recovered = [new RecoveredKey([58], [59])],
            Fulfilled = ["application-1"],
        };
        GoldenState.Loads("certificate-v1-before-sealings", record);
        GoldenState.Verify("certificate-restored-v1", record with { ProvenAfterRestore = 2 });
        GoldenState.Verify("certificate-pin-sealed-v1", record with { PinSeal = [60] });
        var bounds = new AskSealing(new SealingId(Id), new PlatformId("yichang-ggzy"), "宜昌公共资源电子交易平台", "P-1", "某道路工程", 50, true, At.AddHours(1));
        GoldenState.Verify("certificate-v1", record with
        {
            Sealings =
            [
                new SealingGrant(bounds, SealingSessionState.Proposed, 0, [], AskedUntil: At.AddMinutes(10)),
                new SealingGrant(bounds, SealingSessionState.Ended, 2, [new SessionId(Id)], SealingSessionEnd.StoppedByAdministrator, At),
            ],
            Outbox = record.Outbox.AddSealing(new SealingId(Id)),
        });
    }

    [Fact]
    public void Certificate_with_its_pin()
    {
        var reset = new PinReset(Id, Guid.Empty, At, At.AddDays(1), At.AddDays(4), Waived: true, PinResetEnd.Stopped);
        // As it was written before messages to the administrator named the member: it is delivered as it is.
        var asked = new Grains.Inbox.InboxEntry(
            $"certificate/{Id}/reset/{Id}/member", Grains.Inbox.MessageKind.PinResetAsked, "成员申请重置PIN码",
            "宜昌测试有限公司的成员申请重置其企业证书（宜昌CA）的PIN码，11月26日 16:00后生效。您可以阻止，也可以凭PIN码免除等待。", Id.ToString(), At);
        Assert.Equal(asked, new AdministratorNotice(new UserId(Id), asked).For("李*"));
        GoldenState.Verify("certificate-pin-v1", new CertificateRecord
        {
            CreatedAt = At,
            Shares = Shares() with { Approval = new DepositApproval("pin-reset/1", At, At.AddDays(1), IsReleased: true, Number: 1) },
            Pin = new CertificatePin
            {
                Change = new PinChangeApproval(Id, Id, At, Used: true),
                Reset = reset,
                Asked = [At],
                PausedUntil = At.AddDays(3),
            },
            Outbox = Outbox.Empty
                .AddDeviceCount(Created(), new CertificateId(Id), 3)
                .AddAdministratorMessage(Created(), asked)
                .AddSmsNotice(Created(), new CertificateId(Id), reset),
        });
    }

    [Fact]
    public void Certificate_whose_reset_was_asked_for_after_a_restore() => GoldenState.Verify("certificate-pin-restored-v1", new CertificateRecord
    {
        CreatedAt = At,
        Pin = new CertificatePin { Reset = new PinReset(Id, Guid.Empty, At, At.AddDays(1), At.AddDays(4), Restores: 2), Asked = [At] },
    });

    [Fact]
    public void Device_pins() => GoldenState.Verify("device-pins-v1", new DevicePinsState
    {
        Certificates = ImmutableSortedDictionary<Guid, DeviceFailures>.Empty.Add(Id, new DeviceFailures(3, 7, At)),
        LockedUntil = At.AddDays(1),
        Outbox = Outbox.Empty.AddMessage(new UserId(Id), PinMessages.DeviceLocked(new DeviceId(Id), At.AddDays(1), At)),
    });

    [Fact]
    public void Sms_notices() => GoldenState.Verify("sms-notice-v1", new SmsNoticeState
    {
        Taken = ["certificate/1/reset/2"],
        Outbox = Outbox.Empty.Add(SmsNoticeDelivery.Name, Id.ToString("D"), new SmsNotice("certificate/1/reset/2", SmsNoticeKind.PinResetAsked, "11月26日 16:00", At)),
    });

    [Fact]
    public void Cluster_keys() => GoldenState.Verify("cluster-keys-v1", new ClusterKeysRecord { Made = new MadeClusterKeys([1], [2], [3], [4], [5], [6], [7]) });

    private static CreateCertificate Created() => new CreateCertificate(
            new Bzt.Grains.ApplicationId(Id), "application-1", new UserId(Id), new DeviceId(Id), [4, 5], new CreditCode("91420500MA49ABCD28"), "宜昌测试有限公司",
            new CaId("yichang-ca"), "宜昌CA", "hubei", new CertificateSubject("宜昌测试有限公司", "宜昌测试有限公司", "91420500MA49ABCD28"));

    private static KeyShareState Shares() => new()
    {
        KeyId = Id.ToString("D"),
        DeviceId = Id.ToString("D"),
        PublicKey = [4, 1],
        Epoch = 7,
        SealedShare = [2],
        Pending = new PendingEpoch(8, [3], [4]),
        KeygenTranscript = [5],
        Established = true,
        IsFrozen = true,
        Pin = new PinCounter(5, At),
        EncryptionKeys = [new EncryptionKeyShare("0B", [4, 6], [7], [8]), new EncryptionKeyShare("0C", [4, 9], null, null)],
        Arrival = new EncryptionKeyArrivalGrant("envelope/0B", "0B", [4, 10]),
        Envelopes = [new EnvelopeUse([11], 2)],
        Answers = [new RecordedAnswer([12], [13], [14])],
        VoidedAttempts = [[15]],
        Deposits = [new PinDeposit(1, [16])],
        Approval = new DepositApproval("approval-1", At, At.AddDays(1), IsReleased: true),
    };
}
