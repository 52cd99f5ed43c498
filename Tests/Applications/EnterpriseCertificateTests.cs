using System.Text;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Applications;

public sealed class EnterpriseCertificateTests
{
    [Fact, Trait("Feature", "M046"), Trait("Surface", "api")]
    public async Task The_administrators_second_certificate_goes_through_a_sealed_letter()
    {
        await using var system = await ClaimSteps.StartAsync();
        var (administrator, enterprise, first) = await Applying.AdministratorAsync(system);
        using var owned = administrator;
        using var other = await Applying.PersonAsync(system);
        using var reviewer = await TestReviewer.LogInAsync(system);
        var request = new ApplicationRequest(Guid.NewGuid(), ApplicationKind.EnterpriseCertificate)
        {
            CreditCode = enterprise.CreditCode, PlatformId = "jingzhou-ggzy", CaId = "hubei-ca", Years = 1,
        };

        // Nobody applies for an enterprise he does not belong to, or sees what others applied for.
        await ClaimSteps.RefusedAsync(ErrorCodes.NotMember, () => other.Client.ApplyAsync(request));
        var submitted = await administrator.Client.ApplyAsync(request);
        Assert.Equal((ApplicationState.SealDue, enterprise.Name), (submitted.State, submitted.EnterpriseName));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.Client.GetApplicationAsync(submitted.ApplicationId));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.Client.BeginSealAsync(submitted.ApplicationId, first));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.Client.GetLetterAsync(submitted.ApplicationId));
        var waiting = await Wait.UntilAsync(() => administrator.Client.GetEnterpriseApplicationsAsync(enterprise.CreditCode), found => found.Count == 1);
        Assert.Equal(submitted.ApplicationId, waiting[0].ApplicationId);

        // Nothing to hand to the CA before the seal; no seal with a certificate that is not the administrator's; none under a wrong PIN.
        await ClaimSteps.RefusedAsync(ErrorCodes.LetterNotSealed, () => administrator.Phone.Http.PostAsync(
            Routes.Phone.ApplicationConfirmation.Replace("{applicationId}", submitted.ApplicationId.ToString(), StringComparison.Ordinal), BztJson.Default.ApplicationInfo));
        await ClaimSteps.RefusedAsync(ErrorCodes.CertificateNotEligible, () => administrator.Client.BeginSealAsync(submitted.ApplicationId, Guid.NewGuid()));
        var (wrong, _) = await administrator.Client.SealAndConfirmAsync(submitted.ApplicationId, first, CertifiedPhone.WrongPin, _ => true);
        Assert.IsType<PinOutcome.WrongPin>(wrong);
        Assert.Equal(ApplicationState.SealDue, (await administrator.Client.GetApplicationAsync(submitted.ApplicationId)).State);

        await system.RestartAsync();
        await administrator.ReconnectAsync();
        var form = await administrator.SealAsync(submitted.ApplicationId, first);
        Assert.Equal((enterprise.Name, enterprise.CreditCode, "荆州公共资源交易中心"), (form.EnterpriseName, form.CreditCode, form.Platform));
        Assert.Contains("签章", form.Scope);

        // The sealed letter begins with the letter that was authorised, and carries a signature.
        var letter = await administrator.Client.GetLetterAsync(submitted.ApplicationId);
        Assert.StartsWith("%PDF-", Encoding.ASCII.GetString(letter, 0, 5), StringComparison.Ordinal);
        Assert.Contains(Enumerable.Range(1, letter.Length).Where(end => letter[end - 1] == '\n'), end => Sm3.Hash(letter.AsSpan(0, end)).SequenceEqual(form.LetterDigest));
        Assert.Contains("/ByteRange", Encoding.Latin1.GetString(letter), StringComparison.Ordinal);

        using var again = await TestReviewer.LogInAsync(system, "审核员乙");
        var number = await again.FindAsync(submitted.ApplicationId);
        Assert.Equal(letter, await again.Http.GetByteArrayAsync(again.At($"/hubei-ca/applications/{number}/files/letter")));
        var second = await administrator.ApprovedPaidAndDownloadedAsync(again, submitted.ApplicationId);
        Assert.Equal(("hubei-ca", enterprise.CreditCode), (second.CaId, second.CreditCode));
        Assert.NotEqual(first, second.CertificateId);
        Assert.Equal(MemberRole.Administrator, Assert.Single((await administrator.Phone.MeAsync()).Enterprises).Role);

        await system.RestartAsync();
        await administrator.ReconnectAsync();
        Assert.Equal(2, (await administrator.Client.GetCertificatesAsync()).Count(certificate => certificate.State == CertificateState.Active));
        Assert.Empty(await administrator.Client.GetEnterpriseApplicationsAsync(enterprise.CreditCode));
    }
}
