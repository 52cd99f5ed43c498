using Bzt.Contracts.Phone;
using Bzt.MobileApp.Screens.Applications;
using Bzt.MobileApp.Screens.Certificates;

namespace Bzt.Tests.MobileApp;

/// <summary>Each state of a certificate's card says what it is, who lifts it, how, and at what fee; each application, where it stands.</summary>
public sealed class CertificateLookTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019aa000-0000-7000-8000-00000000000c");
    private static readonly Catalogue Catalogue = new([new("湖北省", [new("yichang-ggzy", "宜昌公共资源电子交易平台", "hubei",
        [new("hubei-ca", "湖北CA", [new(1, 30000) { PersonalFeeFen = 10000, RenewalFeeFen = 20000 }, new(2, 56000) { PersonalFeeFen = 18000, RenewalFeeFen = 38000 }]) { RecoveryFeeFen = 5000 }])])]);

    private static readonly CertificateInfo Active = new(
        Id, CertificateState.Active, "宜昌测试有限公司", "91420500MA49ABCD28", "hubei-ca", "湖北CA", "hubei", true, 5, null, "0A1B2C3D", "0A1B2C3E", Now.AddDays(-100), Now.AddDays(265), null, null, []);

    public static TheoryData<ApplicationState, string, string> Applications => new()
    {
        { ApplicationState.AdministratorReview, "待管理员审核", "由企业管理员审核，同意并盖章后提交CA，不收费。" },
        { ApplicationState.SealDue, "待盖章", "由企业管理员在授权书上盖章并提交CA，不收费。" },
        { ApplicationState.CaReview, "待CA审核", "由湖北CA审核，结果会发到【消息】。通过后付 ¥300.00。" },
        { ApplicationState.Rejected, "申请失败", "原因：照片模糊。由您更正后重新申请，不另收费。" },
        { ApplicationState.PrepaymentDue, "待付费", "由您支付 ¥300.00 后提交CA审核，未通过的原路退回。" },
        { ApplicationState.PaymentDue, "待付费", "CA已审核通过，由您支付 ¥300.00 后下载。" },
        { ApplicationState.DownloadReady, "待下载", "由您在这台手机下载并设置PIN码，不再收费。" },
    };

    [Theory, MemberData(nameof(Applications))]
    [Trait("Feature", "M061"), Trait("Surface", "screen")]
    public void What_is_applied_for_says_whose_turn_it_is(ApplicationState state, string word, string why)
    {
        var look = CertificateLook.Of(Application(ApplicationKind.EnterpriseCertificate, state) with { RejectionReason = state == ApplicationState.Rejected ? "照片模糊" : null }, Catalogue);
        Assert.Equal((word, why), (look.Word, look.Why));
        Assert.NotNull(look.Action);
    }

    [Fact]
    [Trait("Feature", "M061"), Trait("Surface", "screen")]
    public void What_is_held_says_who_lifts_its_state_and_at_what_fee()
    {
        var look = Look(Active);
        Assert.Equal(("生效中", "有效期至 2027-08-17", null), (look.Word, look.Why, look.Action));

        look = Look(Active with { NotAfter = Now.AddDays(25), ExpiresSoon = true, Remedy = new(RemedyKind.Renewal, NeedsAdministrator: true, null, null) });
        Assert.Equal(("即将过期", "有效期至 2026-12-20，还有 25 天。由您申请、管理员同意后续期，密钥不变，原有文件仍可解密，费用 ¥200.00 起。"), (look.Word, look.Why));

        look = Look(Active with { State = CertificateState.Locked, LockedUntil = Now.AddMinutes(27) });
        Assert.Equal(("已锁定", "PIN码连续输错。27:00 后自动解锁，不收费。签章、解密均不可用。"), (look.Word, look.Why));

        look = Look(Active with { State = CertificateState.Locked, LockedForGood = true, Recoverable = true, Remedy = Recovery });
        Assert.Equal(("已锁定", "连续输错 10 次，证书已永久锁定，需找回证书。由您本人重新实名认证后办理，费用 ¥50.00。"), (look.Word, look.Why));

        look = Look(Active with { State = CertificateState.Frozen, Recoverable = true, Remedy = Recovery });
        Assert.Equal(("已冻结", "这张证书可能被复制到另一台手机，现已停止使用。须由您本人重新实名认证后恢复，费用 ¥50.00。"), (look.Word, look.Why));

        look = Look(Active with { HeldHere = false, Recoverable = true, Remedy = Recovery });
        Assert.Equal(("可找回", $"certificates/{Id}/recover"), (look.Word, look.Action!.Value.Address));
        Assert.Equal("密钥在您的另一台手机里，这里不能使用。由您本人重新实名认证后找回，费用 ¥50.00。", look.Why);

        look = Look(Active with { State = CertificateState.Expired, NotAfter = Now.AddDays(-1) });
        Assert.Equal(("已失效", "2026-11-24 到期。由您重新申请，须上传新的授权书，原有文件仍可解密，费用 ¥300.00 起。", true), (look.Word, look.Why, look.Ended));
        look = Look(Active with { State = CertificateState.Expired, NotAfter = Now.AddDays(-1), Remedy = new(RemedyKind.Reapplication, NeedsAdministrator: true, null, null) });
        Assert.Contains("须管理员同意并盖章", look.Why, StringComparison.Ordinal);

        look = Look(Active with { State = CertificateState.Revoked });
        Assert.Equal(("已注销", "已注销，不能恢复。如需使用，请新增证书。", null), (look.Word, look.Why, look.Action));

        // What is under way for it is looked at, not asked for again.
        var open = Application(ApplicationKind.Renewal, ApplicationState.PaymentDue);
        look = CertificateLook.Of(Active with { NotAfter = Now.AddDays(25), ExpiresSoon = true }, Now, Catalogue, open);
        Assert.Equal($"applications/{open.ApplicationId}?from=certificates", look.Action!.Value.Address);
        Assert.EndsWith("企业证书续期待付费。", look.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_timeline_has_the_steps_of_its_kind_and_stands_where_the_application_stands()
    {
        // Every kind in every state it can have: a step is now, or everything is over.
        foreach (var kind in Enum.GetValues<ApplicationKind>())
        {
            foreach (var state in Grains.Applications.ApplicationWay.Of(kind, Grains.Applications.FeeDue.AfterReview).States)
            {
                var steps = ApplicationProgress.Steps(Application(kind, state), paidBefore: false);
                Assert.Equal(state == ApplicationState.Completed ? 0 : 1, steps.Count(step => step.State == "now"));
                Assert.Equal("done", steps[0].State);
            }
        }

        string[] States(ApplicationInfo application, bool paidBefore = false) => [.. ApplicationProgress.Steps(application, paidBefore).Select(step => $"{step.Title} {step.State}")];
        Assert.Equal(["提交申请 done", "管理员审核 done", "授权书盖章 now", "CA审核 todo", "付费 todo", "续期证书 todo"], States(Application(ApplicationKind.StaffRenewal, ApplicationState.SealDue)));
        Assert.Equal(["提交申请 done", "付费 done", "CA审核 now", "下载证书 todo"], States(Application(ApplicationKind.Personal, ApplicationState.CaReview), paidBefore: true));
        Assert.Equal(["提交申请 done", "CA审核 now", "下载证书 todo"], States(Application(ApplicationKind.Recovery, ApplicationState.CaReview) with { FeeFen = 0 }));

        var rejected = Application(ApplicationKind.Claim, ApplicationState.Rejected) with
        {
            Timeline = [new(ApplicationState.CaReview, Now, null), new(ApplicationState.Rejected, Now, "照片模糊")],
        };
        Assert.Equal(["提交申请 done", "CA审核 bad", "付费 todo", "下载证书 todo"], States(rejected));
    }

    private static readonly CertificateRemedy Recovery = new(RemedyKind.Recovery, false, null, 5000);

    private static CertificateLook Look(CertificateInfo certificate) => CertificateLook.Of(certificate, Now, Catalogue, null);

    private static ApplicationInfo Application(ApplicationKind kind, ApplicationState state) => new(
        Guid.NewGuid(), kind, state, "宜昌测试有限公司", "91420500MA49ABCD28", "yichang-ggzy", "hubei-ca", 1, 30000, null, null, Id, [new(state, Now, null)]);
}
