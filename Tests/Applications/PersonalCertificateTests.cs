using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Protocol.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Applications;

[Trait("Feature", "M053"), Trait("Surface", "api")]
public sealed class PersonalCertificateTests
{
    [Fact]
    public async Task A_persons_certificate_names_the_person_and_no_enterprise()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var person = await Applying.PersonAsync(system);
        using var reviewer = await TestReviewer.LogInAsync(system);
        var request = new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Personal) { PlatformId = "yichang-ggzy", CaId = "hubei-ca", Years = 1 };

        // Refused: what is not on offer, a kind that goes another way, a person without a real name.
        await ClaimSteps.RefusedAsync(ErrorCodes.OfferUnknown, () => person.Client.ApplyAsync(request with { Years = 5 }));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => person.Client.ApplyAsync(request with { Kind = ApplicationKind.Claim }));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => person.Client.ApplyAsync(request with { CaId = null }));
        using var stranger = await system.LoggedInPhoneAsync();
        await ClaimSteps.RefusedAsync(ErrorCodes.RealNameRequired, () => stranger.Http.PostAsync(
            Routes.Phone.Applications, request, BztJson.Default.ApplicationRequest, BztJson.Default.ApplicationInfo));

        var submitted = await person.Client.ApplyAsync(request);
        Assert.Equal((ApplicationState.CaReview, ApplicationKind.Personal, 10000, ""), (submitted.State, submitted.Kind, submitted.FeeFen, submitted.CreditCode));
        Assert.Equal(submitted.ApplicationId, (await person.Client.ApplyAsync(request)).ApplicationId);
        await ClaimSteps.RefusedAsync(ErrorCodes.IdempotencyConflict, () => person.Client.ApplyAsync(request with { Years = 2 }));

        // The reviewer sees whose it is; a rejection names its reason, and the correction is reviewed again.
        var number = await reviewer.FindAsync(submitted.ApplicationId);
        Assert.Contains(person.Phone.Person.IdNumber, await reviewer.Http.GetStringAsync(reviewer.At($"/hubei-ca/applications/{number}")), StringComparison.Ordinal);
        await reviewer.RejectAsync(submitted.ApplicationId, "请选择两年期");
        await person.UntilAsync(submitted.ApplicationId, ApplicationState.Rejected);
        Assert.Equal(MessageKind.ApplicationRejected, (await person.Phone.MessageAsync("证书申请失败")).Kind);
        var corrected = await person.Client.CorrectAsync(submitted.ApplicationId, request with { OperationId = Guid.NewGuid(), Years = 2 });
        Assert.Equal((ApplicationState.CaReview, 18000), (corrected.State, corrected.FeeFen));

        await system.RestartAsync();
        await person.ReconnectAsync();
        using var again = await TestReviewer.LogInAsync(system, "审核员乙");
        var certificate = await person.ApprovedPaidAndDownloadedAsync(again, submitted.ApplicationId);
        Assert.Equal((person.Phone.Person.Name, ""), (certificate.EnterpriseName, certificate.CreditCode));
        Assert.True(Sm2Certificate.TryParse(certificate.SigningCertificate, out var signing));
        Assert.Equal((person.Phone.Person.Name, null), (signing.CommonName, signing.Organization));
        Assert.Empty((await person.Phone.MeAsync()).Enterprises);

        await system.RestartAsync();
        await person.ReconnectAsync();
        Assert.Equal(ApplicationState.Completed, (await person.Client.GetApplicationAsync(submitted.ApplicationId)).State);
        Assert.Equal(CertificateState.Active, (await person.Client.GetCertificateAsync(certificate.CertificateId)).State);
    }
}
