using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;

namespace Bzt.Tests.Applications;

public sealed class EnterpriseChangeTests
{
    [Fact, Trait("Feature", "M039"), Trait("Surface", "api")]
    public async Task A_new_name_is_proven_reviewed_and_certified()
    {
        await using var system = await ClaimSteps.StartAsync();
        var (administrator, enterprise, first) = await Applying.AdministratorAsync(system);
        using var owned = administrator;
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var staff = await Applying.StaffAsync(system, reviewer, administrator, enterprise, first);
        var request = (await administrator.WithPapersAsync(ApplicationKind.EnterpriseChange, enterprise)) with { EnterpriseName = enterprise.Name + "（集团）" };

        // The administrator alone, with every paper.
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobUnknown, () => staff.Client.ApplyAsync(request));
        var theirs = (await staff.WithPapersAsync(ApplicationKind.EnterpriseChange, enterprise)) with { EnterpriseName = request.EnterpriseName };
        await ClaimSteps.RefusedAsync(ErrorCodes.Forbidden, () => staff.Client.ApplyAsync(theirs));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => administrator.Client.ApplyAsync(request with { FormBlobId = null }));

        var submitted = await administrator.Client.ApplyAsync(request);
        Assert.Equal((ApplicationState.CaReview, request.EnterpriseName), (submitted.State, submitted.EnterpriseName));
        await reviewer.RejectAsync(submitted.ApplicationId, "执照与申请书名称不一致");
        await administrator.UntilAsync(submitted.ApplicationId, ApplicationState.Rejected);
        Assert.Equal(enterprise.Name, (await administrator.Phone.FindAsync((enterprise.Name, enterprise.CreditCode))).Name);

        await system.RestartAsync();
        await administrator.ReconnectAsync();
        await staff.ReconnectAsync();
        using var again = await TestReviewer.LogInAsync(system, "审核员乙");
        await administrator.Client.CorrectAsync(submitted.ApplicationId, request with { OperationId = Guid.NewGuid() });
        var certificate = await administrator.ApprovedPaidAndDownloadedAsync(again, submitted.ApplicationId);
        Assert.Equal(request.EnterpriseName, certificate.EnterpriseName);

        // Everybody's membership says it, staff are told, and what is applied for from now on says it too.
        await Wait.UntilAsync(staff.Phone.MeAsync, me => me.Enterprises.Single().EnterpriseName == request.EnterpriseName);
        Assert.Equal(MessageKind.EnterpriseNameChanged, (await staff.Phone.MessageAsync("企业信息已变更")).Kind);
        await Wait.UntilAsync(() => administrator.Phone.FindAsync((request.EnterpriseName!, enterprise.CreditCode)), found => found.Name == request.EnterpriseName);
        var asked = await staff.Client.ApplyAsync(new ApplicationRequest(Guid.NewGuid(), ApplicationKind.EnterpriseCertificate)
        {
            CreditCode = enterprise.CreditCode, PlatformId = "yichang-ggzy", CaId = "yichang-ca", Years = 1, Permissions = [AuthorisationScope.Login],
        });
        Assert.Equal(request.EnterpriseName, asked.EnterpriseName);

        await system.RestartAsync();
        await administrator.ReconnectAsync();
        Assert.Equal(request.EnterpriseName, Assert.Single((await administrator.Phone.MeAsync()).Enterprises).EnterpriseName);
        Assert.Equal(MemberRole.Administrator, Assert.Single((await administrator.Phone.MeAsync()).Enterprises).Role);
    }

    [Fact, Trait("Feature", "X23"), Trait("Feature", "M039"), Trait("Surface", "api")]
    public async Task Bids_that_wait_for_their_opening_hold_a_change_back()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await Wait.UntilAsync(phone.Phone.MeAsync, me => me.Enterprises.Count == 1);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var project = new ProjectInfo("P-1", "某道路工程", new DateTimeOffset(2040, 1, 1, 1, 30, 0, TimeSpan.Zero));
        var serial = (await phone.Client.GetCertificateAsync(phone.Certificate)).EncryptionSerial!;
        var manifest = new BidManifestForm(
            CertifiedPhone.PlatformId, project.ProjectId, project.Name, project.OpeningTime, new byte[32], [new BidSection("唱标信息", 10, new byte[32])], [serial]);
        var opened = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Encrypt)
        {
            Project = project, Documents = [new DocumentRequest(SigningForms.BidManifest, manifest.Content)],
        });
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(await phone.Client.ScanAsync(opened), CertifiedPhone.Pin));

        var request = new ApplicationRequest(Guid.NewGuid(), ApplicationKind.EnterpriseChange)
        {
            EnterpriseName = phone.Enterprise.Name + "（集团）", CreditCode = phone.Enterprise.CreditCode,
            LegalRepresentativeName = phone.Phone.Person.Name, LegalRepresentativeIdNumber = phone.Phone.Person.IdNumber,
            LicenceBlobId = (await phone.Phone.UploadAsync("licence")).BlobId, FormBlobId = (await phone.Phone.UploadAsync("form")).BlobId,
            PlatformId = "yichang-ggzy", CaId = "yichang-ca", Years = 1,
        };
        await ClaimSteps.RefusedAsync(ErrorCodes.BidsUnopened, () => phone.Client.ApplyAsync(request));
        await system.RestartAsync();
        phone.Phone.Reconnect();
        await phone.ReconnectAsync();
        await ClaimSteps.RefusedAsync(ErrorCodes.BidsUnopened, () => phone.Client.ApplyAsync(request));
        Assert.Equal(ApplicationState.CaReview, (await phone.Client.ApplyAsync(request with { Insist = true })).State);
    }

    [Fact, Trait("Feature", "M040"), Trait("Surface", "api")]
    public async Task An_administrator_who_cannot_be_reached_is_replaced_by_paper()
    {
        await using var system = await ClaimSteps.StartAsync();
        var (unreachable, enterprise, _) = await Applying.AdministratorAsync(system);
        using var owned = unreachable;
        using var next = await Applying.PersonAsync(system);
        using var reviewer = await TestReviewer.LogInAsync(system);
        var request = await next.WithPapersAsync(ApplicationKind.AdministratorReplacement, enterprise);

        await ClaimSteps.RefusedAsync(ErrorCodes.EnterpriseMismatch, () => next.Client.ApplyAsync(request with { EnterpriseName = "宜昌别的有限公司" }));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => next.Client.ApplyAsync(request with { LegalRepresentativeIdNumber = "420500199001010000" }));
        var own = await unreachable.WithPapersAsync(ApplicationKind.AdministratorReplacement, enterprise);
        await ClaimSteps.RefusedAsync(ErrorCodes.AlreadyMember, () => unreachable.Client.ApplyAsync(own));

        // Until the certificate is there nothing has changed.
        var submitted = await next.Client.ApplyAsync(request);
        await reviewer.ApproveAsync(submitted.ApplicationId);
        await next.Phone.PayForAsync(system, submitted.ApplicationId);
        Assert.Equal(MemberRole.Administrator, Assert.Single((await unreachable.Phone.MeAsync()).Enterprises).Role);
        await system.RestartAsync();
        await next.ReconnectAsync();
        await unreachable.ReconnectAsync();
        await next.DownloadAsync(submitted.ApplicationId);

        // Never two: the former one is staff, and is told.
        await Wait.UntilAsync(next.Phone.MeAsync, me => me.Enterprises.SingleOrDefault()?.Role == MemberRole.Administrator);
        await Wait.UntilAsync(unreachable.Phone.MeAsync, me => me.Enterprises.Single().Role == MemberRole.Staff);
        await unreachable.Phone.MessageAsync("企业管理员已变更");
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => unreachable.Client.GetEnterpriseApplicationsAsync(enterprise.CreditCode));
        await system.RestartAsync();
        await next.ReconnectAsync();
        Assert.Equal(MemberRole.Administrator, Assert.Single((await next.Phone.MeAsync()).Enterprises).Role);
        Assert.Empty(await next.Client.GetEnterpriseApplicationsAsync(enterprise.CreditCode));
    }
}
