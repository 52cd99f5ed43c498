using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Applications;

public sealed class ReapplicationTests
{
    [Fact]
    [Trait("Feature", "M048"), Trait("Feature", "M056"), Trait("Surface", "api")]
    public async Task Expired_certificates_are_applied_for_again_by_paper_and_by_the_administrators_seal()
    {
        await using var system = await ClaimSteps.StartAsync();
        var (administrator, enterprise, first) = await Applying.AdministratorAsync(system);
        using var owned = administrator;
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var staff = await Applying.StaffAsync(system, reviewer, administrator, enterprise, first);
        var theirs = Assert.Single(await staff.Client.GetCertificatesAsync()).CertificateId;
        var request = new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Reapplication) { CertificateId = first, Years = 2 };

        // Not while it is valid, and never another's.
        var form = (await administrator.Phone.UploadAsync("form")).BlobId;
        await ClaimSteps.RefusedAsync(ErrorCodes.CertificateNotRenewable, () => administrator.Client.ApplyAsync(request with { FormBlobId = form }));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => staff.Client.ApplyAsync(request));

        system.Clock.Advance(TimeSpan.FromDays(400));
        await system.RestartAsync();
        await administrator.LogInAgainAsync();
        await staff.LogInAgainAsync();
        using var again = await TestReviewer.LogInAsync(system, "审核员乙");
        Assert.Equal(CertificateState.Expired, (await administrator.Client.GetCertificateAsync(first)).State);

        // The administrator's: a photographed form in place of a seal nobody can make any more.
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobUnknown, () => administrator.Client.ApplyAsync(request));
        var paper = await administrator.Client.ApplyAsync(request with { FormBlobId = form });
        Assert.Equal((ApplicationKind.Reapplication, ApplicationState.CaReview, 56000), (paper.Kind, paper.State, paper.FeeFen));
        var number = await again.FindAsync(paper.ApplicationId);
        Assert.Equal(ClaimSteps.Picture, await again.Http.GetByteArrayAsync(again.At($"/yichang-ca/applications/{number}/files/form")));
        var renewed = await administrator.ApprovedPaidAndDownloadedAsync(again, paper.ApplicationId);
        Assert.Equal((first, CertificateState.Active), (renewed.CertificateId, renewed.State));

        // The staff's: through the administrator, who seals with the certificate that is valid again and not with another's. Nobody is asked for the scope again.
        var asked = await staff.Client.ApplyAsync(new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Reapplication) { CertificateId = theirs, Years = 1 });
        Assert.Equal((ApplicationKind.StaffReapplication, ApplicationState.AdministratorReview), (asked.Kind, asked.State));
        Assert.Equal(5, asked.Permissions.Count);
        await Wait.UntilAsync(() => administrator.Phone.MessageAsync("证书授权"), message => message.Subject == asked.ApplicationId.ToString());
        await administrator.Client.AgreeAsync(asked.ApplicationId);
        await ClaimSteps.RefusedAsync(ErrorCodes.CertificateNotEligible, () => administrator.Client.BeginSealAsync(asked.ApplicationId, theirs));
        await administrator.SealAsync(asked.ApplicationId, renewed.CertificateId);
        var second = await staff.ApprovedPaidAndDownloadedAsync(again, asked.ApplicationId);
        Assert.Equal((theirs, enterprise.CreditCode), (second.CertificateId, second.CreditCode));

        await system.RestartAsync();
        await staff.ReconnectAsync();
        var held = Assert.Single(await staff.Client.GetCertificatesAsync());
        Assert.Equal((CertificateState.Active, second.SigningSerial), (held.State, held.SigningSerial));
    }
}
