using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.Foundations;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Applications;

/// <summary>What a release has stored, every later one reads.</summary>
public sealed class StoredApplicationTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");
    private static readonly CreditCode Code = new("91420500MA49ABCD28");

    /// <summary>As it was before there was any kind but the claim.</summary>
    [Fact]
    public void Claim() => GoldenState.Verify("application-v1-claim", new StoredApplication { Application = Application(ApplicationKind.Claim) });

    [Fact]
    public void Every_member() => GoldenState.Verify("application-v1", new StoredApplication
    {
        Application = Application(ApplicationKind.StaffRenewal) with
        {
            SubmittedBy = new UserId(Id),
            Predecessor = new CertificateId(Id),
            Permissions = [AuthorisationScope.Login, AuthorisationScope.Seal],
            Letter = new AuthorisationLetter(Id, new CertificateId(Id), new UserId(Id), "letter", [4], [7], At, At) { Sealed = new SealedLetter("sealed", [5], [6], At) },
            ValidUntil = At,
            ExpiresAt = At,
        },
        Outbox = Outbox.Empty.Add(ApplicationOutbox.Contend, Code.Value, new Bzt.Grains.ApplicationId(Id)),
    });

    [Fact]
    public void Claimant() => GoldenState.Verify("claimant-v1", new StoredClaimant { Application = new Bzt.Grains.ApplicationId(Id) });

    private static ApplicationRecord Application(ApplicationKind kind) => new(
        kind, ApplicationState.Downloading, 2, Id, "fingerprint", new Applicant(new UserId(Id), "张**", "138****0001"),
        new ClaimFacts("湖北江汉建设工程有限公司", Code, [1], [2], [3], "licence", "form"),
        new ChosenOffer("湖北省", new PlatformId("yichang-ggzy"), "宜昌公共资源电子交易平台", "hubei", new CaId("hubei-ca"), "湖北CA", 1, 30000),
        new CertificateId(Id), new OrderId(Id), new DownloadDevice(new DeviceId(Id), [4, 5]), "原因",
        [new ApplicationStep(ApplicationState.CaReview, At, null), new ApplicationStep(ApplicationState.Rejected, At, "原因")]);
}
