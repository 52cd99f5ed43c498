using System.Collections.Immutable;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.CaVendors.Embedded;
using Bzt.Grains.CaVendors.Registration;
using Bzt.Grains.Foundations;
using Bzt.Tests.Storage;

namespace Bzt.Tests.CaVendors;

/// <summary>What a release has stored, every later one reads.</summary>
public sealed class StoredCaStateTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");

    /// <summary>The first release, with a whole CA in the adapter's row.</summary>
    [Fact]
    public void Adapter_of_the_first_release() => GoldenState.Loads("ca-adapter-v1", new StoredCaAdapter
    {
        Queue = [new QueuedSubmission(Order(), At, SubmissionStage.InReview, 1, At)],
        EmbeddedCa = new EmbeddedCaState(
            "yichang-ca", new([1], [2]), new([3], [4]),
            ImmutableDictionary<string, CaFile>.Empty.Add("A1", File()),
            [Key()],
            ImmutableDictionary<string, CertificateRevocation>.Empty.Add("0A", new(At, RevocationReason.Superseded))),
        Audited = 7,
        Outbox = Outbox.Empty.Add(CaAdapterRules.Audit, "yichang-ca/0", new CaAuditRecord(7, At, "审核员甲", CaAuditAction.Rejected, "A1", "宜昌测试有限公司", "不符")),
    });

    [Fact]
    public void Adapter() => GoldenState.Verify("ca-adapter-v2", new StoredCaAdapter
    {
        Queue =
        [
            new QueuedSubmission(Order(), At, SubmissionStage.Sending, 2, At),
            new QueuedSubmission(Order(), At, SubmissionStage.Decided, 0, At, "不符"),
        ],
        Revocations = [new QueuedRevocation(new CaRevocationOrder("0A", RevocationReason.KeyCompromise, new CaNotify("kind", "target")), At, 3, At)],
        Audited = 7,
        Outbox = Outbox.Empty.Add("kind", "target", new CaRevocationOutcome("0A", At, null)).Add("kind", "target", new CaRevocationOutcome("0B", null, CaRefusal.Unknown)),
    });

    [Fact]
    public void Audit() => GoldenState.Verify("ca-audit-v1", new StoredCaAudit
    {
        Records = [new CaAuditRecord(1, At, "审核员甲", CaAuditAction.Inspected, "A1", "宜昌测试有限公司", null)],
    });

    [Fact]
    public void Holder() => GoldenState.Verify("ca-holder-v1", new StoredCaHolder
    {
        Files = ImmutableDictionary<string, CaFile>.Empty.Add("A1", File()),
        Escrow = [Key()],
        Revoked = ImmutableDictionary<string, CertificateRevocation>.Empty.Add("0A", new(At, RevocationReason.Superseded)),
        Outbox = Outbox.Empty
            .Add(CaHolderOutbox.Issued, "yichang-ca/0A", "holder")
            .Add(CaHolderOutbox.Revoked, "yichang-ca", new CaRevokedSerial("0A", At, RevocationReason.Superseded, At)),
    });

    [Fact]
    public void Authority() => GoldenState.Verify("ca-authority-v1", new StoredCaAuthority { Root = new([1], [2]), Issuing = new([3], [4]), Responder = new([5], [6]), ListNumber = 8 });

    [Fact]
    public void Services() => GoldenState.Verify("ca-authority-services-v1", new StoredCaAuthority
    {
        Root = new([1], [2]), Issuing = new([3], [4]), Responder = new([5], [6]), TimeStamping = new([7], [8]), SealMaking = new([9], [10]), ListNumber = 8,
    });

    [Fact]
    public void Registration() => GoldenState.Verify("ca-registration-v1", new StoredCaRegistration
    {
        Application = Application(), Status = CaFileStatus.Approved, SigningKey = "AB", Dialogue = [7], Issued = new IssuedCertificates([1], [2], [3], [[4], [5]]),
    });

    [Fact]
    public void Superfluous() => GoldenState.Verify("ca-superfluous-v1", new StoredSuperfluous
    {
        Certificates = [[1], [2]],
        Outbox = Outbox.Empty.Add(CaAdapterRules.Superfluous, "yichang-ca", new CaRevocationOrder("0A", RevocationReason.Superseded, null)),
    });

    [Fact]
    public void Records()
    {
        GoldenState.Verify("ca-claim-v1", new StoredCaClaim { Owner = "holder" });
        GoldenState.Verify("ca-serial-v1", new StoredCaSerial { Holder = "holder", Revocation = new(At, RevocationReason.AffiliationChanged) });
        GoldenState.Verify("ca-revocations-v1", new StoredCaRevocations { Revoked = [new CaRevokedSerial("0A", At, RevocationReason.CessationOfOperation, At)] });
    }

    private static CaSubmissionOrder Order() => new(
        Application(), new Bzt.Grains.ApplicationId(Id), new CaApplicationFile("宜昌公共资源电子交易平台", 1, new UserId(Id), "张*", "138****0000", "blob-1", "blob-2"));

    private static CaApplication Application() => new(
        "A1", CaApplicationKind.Recover, "holder", new CaSubject("宜昌测试有限公司", "宜昌测试有限公司", "投标部", "湖北省", "宜昌市", "91420500MA49ABCD28"), TimeSpan.FromDays(366));

    private static CaFile File() => new(Application(), CaFileStatus.Approved, null, new CaIssue(1, [4, 1], "0A", "0B", Id, At, At, new IssuedCertificates([1], [2], [3], [[4], [5]])));

    private static EscrowedKey Key() => new(Id, "holder", [4, 2], [7]);
}
