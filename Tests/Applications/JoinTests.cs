using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Applications;

public sealed class JoinTests
{
    [Fact]
    [Trait("Feature", "M050"), Trait("Feature", "M051"), Trait("Feature", "M052"), Trait("Surface", "api")]
    public async Task Whoever_knows_the_administrator_asks_and_becomes_staff_by_a_sealed_letter()
    {
        await using var system = await ClaimSteps.StartAsync();
        var (administrator, enterprise, sealing) = await Applying.AdministratorAsync(system);
        using var owned = administrator;
        using var staff = await Applying.PersonAsync(system);
        using var reviewer = await TestReviewer.LogInAsync(system);
        var request = Applying.Join(enterprise, administrator);

        // An enterprise nobody has claimed, another name, no scope, a wrong administrator.
        var unclaimed = ClaimSteps.NextEnterprise();
        await ClaimSteps.RefusedAsync(ErrorCodes.EnterpriseUnclaimed, () => staff.Client.ApplyAsync(request with { EnterpriseName = unclaimed.Name, CreditCode = unclaimed.CreditCode }));
        await ClaimSteps.RefusedAsync(ErrorCodes.EnterpriseMismatch, () => staff.Client.ApplyAsync(request with { EnterpriseName = "宜昌别的有限公司" }));
        await ClaimSteps.RefusedAsync(ErrorCodes.PermissionsRequired, () => staff.Client.ApplyAsync(request with { Permissions = [] }));
        await ClaimSteps.RefusedAsync(ErrorCodes.AdministratorMismatch, () => staff.Client.ApplyAsync(request with { AdministratorName = "李四四" }));
        await ClaimSteps.RefusedAsync(ErrorCodes.AlreadyMember, () => administrator.Client.ApplyAsync(request with { OperationId = Guid.NewGuid() }));

        var asked = await staff.Client.ApplyAsync(request);
        Assert.Equal(ApplicationState.AdministratorReview, asked.State);
        var message = await administrator.Phone.MessageAsync("加入企业申请");
        Assert.Equal((MessageKind.JoinRequested, asked.ApplicationId.ToString()), (message.Kind, message.Subject));
        var seen = Assert.Single(await Wait.UntilAsync(() => administrator.Client.GetEnterpriseApplicationsAsync(enterprise.CreditCode), found => found.Count > 0));
        Assert.Equal(request.Permissions, seen.Permissions);
        Assert.NotEqual(staff.Phone.Person.Name, seen.HolderMaskedName);

        // The applicant does not agree to himself; nothing is sealed before the agreement; a refusal needs a reason.
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => staff.Client.AgreeAsync(asked.ApplicationId));
        await ClaimSteps.RefusedAsync(ErrorCodes.ApplicationStateWrong, () => administrator.Client.BeginSealAsync(asked.ApplicationId, sealing));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => administrator.Client.RefuseAsync(asked.ApplicationId, " "));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => administrator.Client.RefuseAsync(asked.ApplicationId, "权限\u202E过大"));
        await administrator.Client.RefuseAsync(asked.ApplicationId, "权限过大");
        Assert.Equal("权限过大", (await staff.UntilAsync(asked.ApplicationId, ApplicationState.Rejected)).RejectionReason);
        Assert.Contains("权限过大", (await staff.Phone.MessageAsync("证书申请失败")).Body, StringComparison.Ordinal);
        await ClaimSteps.RefusedAsync(ErrorCodes.ApplicationStateWrong, () => administrator.Client.AgreeAsync(asked.ApplicationId));

        // Asked for less, agreed, sealed, across restarts.
        await staff.Client.CorrectAsync(asked.ApplicationId, request with { OperationId = Guid.NewGuid(), Permissions = [AuthorisationScope.Login, AuthorisationScope.Seal] });
        Assert.Equal(ApplicationState.SealDue, (await administrator.Client.AgreeAsync(asked.ApplicationId)).State);
        await system.RestartAsync();
        await administrator.ReconnectAsync();
        await staff.ReconnectAsync();
        using var again = await TestReviewer.LogInAsync(system, "审核员乙");
        var form = await administrator.SealAsync(asked.ApplicationId, sealing);
        Assert.Equal(["登录", "签章"], form.Scope);
        Assert.DoesNotContain(staff.Phone.Person.Name, form.Grantee, StringComparison.Ordinal);
        Assert.Empty((await staff.Phone.MeAsync()).Enterprises);

        // The reviewer sees the letter, verified, and who it is for.
        var number = await again.FindAsync(asked.ApplicationId);
        var page = await again.Http.GetStringAsync(again.At($"/yichang-ca/applications/{number}"));
        Assert.Contains(staff.Phone.Person.IdNumber, page, StringComparison.Ordinal);
        Assert.Contains("签名有效", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        await again.ApproveAsync(asked.ApplicationId);
        Assert.Equal(MessageKind.ApplicationApproved, (await staff.Phone.MessageAsync("加入成功，请下载证书")).Kind);
        await ClaimSteps.RefusedAsync(ErrorCodes.PaymentRequired, () => staff.Phone.DownloadAsync(asked.ApplicationId));
        await staff.Phone.PayForAsync(system, asked.ApplicationId);
        var certificate = await staff.DownloadAsync(asked.ApplicationId);
        Assert.Equal((enterprise.Name, enterprise.CreditCode), (certificate.EnterpriseName, certificate.CreditCode));
        var membership = Assert.Single((await Wait.UntilAsync(staff.Phone.MeAsync, me => me.Enterprises.Count > 0)).Enterprises);
        Assert.Equal((enterprise.CreditCode, MemberRole.Staff), (membership.CreditCode, membership.Role));

        await system.RestartAsync();
        await administrator.ReconnectAsync();
        await staff.ReconnectAsync();
        Assert.Equal(ApplicationState.Completed, (await staff.Client.GetApplicationAsync(asked.ApplicationId)).State);
        Assert.Equal(MemberRole.Staff, Assert.Single((await staff.Phone.MeAsync()).Enterprises).Role);
        Assert.Equal(MemberRole.Administrator, Assert.Single((await administrator.Phone.MeAsync()).Enterprises).Role);
    }

    [Fact]
    [Trait("Feature", "M054"), Trait("Feature", "M041"), Trait("Feature", "M042"), Trait("Feature", "M043"), Trait("Surface", "api")]
    public async Task Staff_ask_for_another_certificate_and_the_administrator_gives_one_unasked()
    {
        await using var system = await ClaimSteps.StartAsync();
        var (administrator, enterprise, sealing) = await Applying.AdministratorAsync(system);
        using var owned = administrator;
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var staff = await Applying.StaffAsync(system, reviewer, administrator, enterprise, sealing);

        // 新增企业证书 by staff (M054): the administrator hears of it, agrees, seals.
        var request = new ApplicationRequest(Guid.NewGuid(), ApplicationKind.EnterpriseCertificate)
        {
            CreditCode = enterprise.CreditCode, PlatformId = "enshi-ggzy", CaId = "hubei-ca", Years = 1, Permissions = [AuthorisationScope.Login],
        };
        await ClaimSteps.RefusedAsync(ErrorCodes.PermissionsRequired, () => staff.Client.ApplyAsync(request with { Permissions = null }));
        var asked = await staff.Client.ApplyAsync(request);
        Assert.Equal((ApplicationKind.StaffCertificate, ApplicationState.AdministratorReview), (asked.Kind, asked.State));
        Assert.Equal(MessageKind.CertificateRequested, (await administrator.Phone.MessageAsync("证书授权")).Kind);
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => staff.Client.RefuseAsync(asked.ApplicationId, "不同意"));
        await administrator.Client.AgreeAsync(asked.ApplicationId);
        await administrator.SealAsync(asked.ApplicationId, sealing);
        var second = await staff.ApprovedPaidAndDownloadedAsync(reviewer, asked.ApplicationId);
        Assert.Equal("hubei-ca", second.CaId);

        // 新增授权 (M041): the administrator's own initiative; only for members, only with a scope, only by the administrator.
        var grant = new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Authorisation)
        {
            CreditCode = enterprise.CreditCode, Member = staff.UserId, PlatformId = "jingzhou-ggzy", CaId = "yichang-ca", Years = 1,
            Permissions = [AuthorisationScope.Seal, AuthorisationScope.Decrypt],
        };
        using var outsider = await Applying.PersonAsync(system);
        await ClaimSteps.RefusedAsync(ErrorCodes.NotMember, () => administrator.Client.ApplyAsync(grant with { Member = outsider.UserId }));
        await ClaimSteps.RefusedAsync(ErrorCodes.PermissionsRequired, () => administrator.Client.ApplyAsync(grant with { Permissions = [] }));
        await ClaimSteps.RefusedAsync(ErrorCodes.Forbidden, () => staff.Client.ApplyAsync(grant));
        var granted = await administrator.Client.ApplyAsync(grant);
        Assert.Equal(ApplicationState.SealDue, granted.State);

        // The member sees it, and neither seals nor hands it in.
        Assert.Equal(granted.ApplicationId, (await staff.Client.GetApplicationAsync(granted.ApplicationId)).ApplicationId);
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => staff.Client.BeginSealAsync(granted.ApplicationId, second.CertificateId));
        await system.RestartAsync();
        await administrator.ReconnectAsync();
        await staff.ReconnectAsync();
        using var again = await TestReviewer.LogInAsync(system, "审核员乙");
        Assert.Equal(["签章", "解密"], (await administrator.SealAsync(granted.ApplicationId, sealing)).Scope);

        // M043: the person gets the message, and the certificate; the administrator cannot take it.
        await again.ApproveAsync(granted.ApplicationId);
        Assert.Equal(granted.ApplicationId.ToString(), (await Wait.UntilAsync(
            () => staff.Phone.MessageAsync("证书申请已通过，请下载证书"), message => message.Subject == granted.ApplicationId.ToString())).Subject);
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => administrator.Phone.DownloadAsync(granted.ApplicationId));
        await staff.Phone.PayForAsync(system, granted.ApplicationId);
        await staff.DownloadAsync(granted.ApplicationId);

        await system.RestartAsync();
        await staff.ReconnectAsync();
        Assert.Equal(ApplicationState.Completed, (await staff.Client.GetApplicationAsync(granted.ApplicationId)).State);
        Assert.Equal(3, (await staff.Client.GetCertificatesAsync()).Count(certificate => certificate.State == CertificateState.Active));
    }
}
