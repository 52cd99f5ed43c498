using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Foundations;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Applications;

public sealed class ClaimTests
{
    [Fact, Trait("Feature", "M024"), Trait("Surface", "api")]
    public async Task An_enterprise_nobody_claimed_is_found_as_such()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        var enterprise = ClaimSteps.NextEnterprise();
        var found = await phone.FindAsync(enterprise);
        Assert.False(found.Claimed);
        Assert.Null(found.AdministratorMaskedName);

        // One character off is no credit code; a name must be given; without real name nothing is found at all (M014).
        var wrong = enterprise.CreditCode[..^1] + (enterprise.CreditCode[^1] == '0' ? '1' : '0');
        await ClaimSteps.RefusedAsync(ErrorCodes.CreditCodeInvalid, () => phone.FindAsync((enterprise.Name, wrong)));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => phone.FindAsync(("", enterprise.CreditCode)));
        using var stranger = await system.LoggedInPhoneAsync();
        await ClaimSteps.RefusedAsync(ErrorCodes.RealNameRequired, () => stranger.FindAsync(enterprise));

        await system.RestartAsync();
        phone.Reconnect();
        Assert.False((await phone.FindAsync(enterprise)).Claimed);
    }

    [Fact, Trait("Feature", "M028"), Trait("Surface", "api")]
    public async Task Whose_applications_fill_the_CAs_queue_is_told_before_he_hands_in_one_more()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        var one = await phone.ClaimAsync(ClaimSteps.NextEnterprise());
        var first = await phone.SubmitAsync(one);
        for (var i = 1; i < CaAdapterRules.MostOfOne; i++)
        {
            await reviewer.FindAsync((await phone.SubmitAsync(Another())).ApplicationId);
        }

        await ClaimSteps.RefusedAsync(ErrorCodes.ApplicationsTooMany, () => phone.SubmitAsync(Another()));

        // Not what he handed in before, not anybody else, not another CA; and not he, once the CA has spoken.
        Assert.Equal(first.ApplicationId, (await phone.SubmitAsync(one)).ApplicationId);
        using var other = await system.RealNamedPhoneAsync();
        await other.SubmitAsync(await other.ClaimAsync(ClaimSteps.NextEnterprise()));
        await phone.SubmitAsync(Another() with { CaId = "yichang-ca" });
        await reviewer.ApproveAsync(first.ApplicationId);
        await phone.UntilAsync(first.ApplicationId, ApplicationState.PaymentDue);
        await phone.SubmitAsync(Another());

        ClaimRequest Another()
        {
            var enterprise = ClaimSteps.NextEnterprise();
            return one with { OperationId = Guid.NewGuid(), EnterpriseName = enterprise.Name, CreditCode = enterprise.CreditCode };
        }
    }

    [Fact, Trait("Feature", "M028"), Trait("Surface", "api")]
    public async Task What_was_withdrawn_waits_for_no_CA_and_takes_up_no_place()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        var one = await phone.ClaimAsync(ClaimSteps.NextEnterprise());
        for (var i = 0; i < CaAdapterRules.MostOfOne; i++)
        {
            var application = (await phone.SubmitAsync(one with { OperationId = Guid.NewGuid() })).ApplicationId;
            await phone.WithdrawAsync(application);
            await system.Grains.Application(new Bzt.Grains.ApplicationId(application)).AsReference<IOutboxOwner>().DrainOutbox();
        }

        var last = await phone.SubmitAsync(one with { OperationId = Guid.NewGuid() });
        Assert.Equal(ApplicationState.CaReview, last.State);
        await reviewer.FindAsync(last.ApplicationId);
        Assert.Single(await system.Grains.CaAdapter(new CaId("hubei-ca")).GetDesk());
    }

    [Fact, Trait("Feature", "M028"), Trait("Surface", "api")]
    public async Task A_claim_is_taken_once_and_only_with_what_it_needs()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        var claim = await phone.ClaimAsync(ClaimSteps.NextEnterprise());

        // Refused: no picture, another's picture, what is no ID number, what is not on offer.
        using var other = await system.RealNamedPhoneAsync();
        var theirs = await other.UploadAsync("licence");
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobUnknown, () => phone.SubmitAsync(claim with { FormBlobId = theirs.BlobId }));
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobUnknown, () => phone.SubmitAsync(claim with { LicenceBlobId = "../../etc/passwd" }));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => phone.SubmitAsync(claim with { LegalRepresentativeIdNumber = "420500199001010000" }));
        await ClaimSteps.RefusedAsync(ErrorCodes.CreditCodeInvalid, () => phone.SubmitAsync(claim with { CreditCode = "91420500MA0000000" }));
        await ClaimSteps.RefusedAsync(ErrorCodes.OfferUnknown, () => phone.SubmitAsync(claim with { Years = 4 }));
        await ClaimSteps.RefusedAsync(ErrorCodes.OfferUnknown, () => phone.SubmitAsync(claim with { PlatformId = "beijing" }));

        var first = await phone.SubmitAsync(claim);
        Assert.Equal((ApplicationState.CaReview, 30000, claim.CreditCode), (first.State, first.FeeFen, first.CreditCode));
        Assert.Equal(first.ApplicationId, (await phone.SubmitAsync(claim)).ApplicationId);
        await ClaimSteps.RefusedAsync(ErrorCodes.IdempotencyConflict, () => phone.SubmitAsync(claim with { Years = 2 }));

        // Nobody else sees it.
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.ApplicationAsync(first.ApplicationId));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.WithdrawAsync(first.ApplicationId));

        await system.RestartAsync();
        phone.Reconnect();
        Assert.Equal(ApplicationState.CaReview, (await phone.ApplicationAsync(first.ApplicationId)).State);
        Assert.Equal(first.ApplicationId, (await phone.SubmitAsync(claim)).ApplicationId);
        var listed = await Wait.UntilAsync(
            () => phone.Http.GetAsync(Routes.Phone.Applications, BztJson.Default.IReadOnlyListApplicationInfo), list => list.Count > 0);
        Assert.Equal(first.ApplicationId, Assert.Single(listed).ApplicationId);
    }

    [Fact, Trait("Feature", "M028"), Trait("Surface", "api")]
    public async Task Only_pictures_and_pdfs_are_kept_and_none_too_large()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        var stored = await phone.UploadAsync("licence");
        Assert.Equal(ClaimSteps.Picture.Length, stored.Size);
        Assert.Equal(stored.BlobId, (await phone.UploadAsync("licence")).BlobId);
        Assert.Equal(5 + 3, (await phone.UploadAsync("form", "%PDF-1.7"u8.ToArray(), "application/pdf")).Size);

        // What it says it is, counts for nothing.
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobTypeNotAllowed, () => phone.UploadAsync("licence", "<svg onload='alert(1)'/>"u8.ToArray()));
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobTypeNotAllowed, () => phone.UploadAsync("licence", []));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => phone.UploadAsync("portrait"));
        var large = new byte[(10 * 1024 * 1024) + 1];
        ClaimSteps.Picture.CopyTo(large, 0);
        await ClaimSteps.RefusedAsync(ErrorCodes.BodyTooLarge, () => phone.UploadAsync("licence", large));
    }

    [Fact, Trait("Feature", "M029"), Trait("Surface", "api")]
    public async Task The_catalogue_is_the_manuals_and_is_shown_to_who_is_logged_in()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var before = await phone.Http.GetAsync(Routes.Phone.Catalogue, BztJson.Default.Catalogue);
        Assert.Equal(5, Assert.Single(before.Provinces).Platforms.Count);
        Assert.All(before.Provinces[0].Platforms, platform => Assert.Equal(["宜昌数字认证中心", "湖北CA"], platform.CertificateAuthorities.Select(ca => ca.Name)));
        Assert.Equal([(1, 30000), (2, 56000), (3, 80000)], before.Provinces[0].Platforms[0].CertificateAuthorities[1].Offers.Select(offer => (offer.Years, offer.FeeFen)));
        using var stranger = system.NewPhone();
        await ClaimSteps.RefusedAsync(ErrorCodes.Unauthenticated, () => stranger.Http.GetAsync(Routes.Phone.Catalogue, BztJson.Default.Catalogue));
        await system.RestartAsync();
        phone.Reconnect();
        Assert.Equivalent(before, await phone.Http.GetAsync(Routes.Phone.Catalogue, BztJson.Default.Catalogue));
    }

    [Fact, Trait("Feature", "M031"), Trait("Feature", "M032"), Trait("Surface", "api")]
    public async Task A_rejected_claim_names_its_reason_and_comes_back_corrected()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        var claim = await phone.ClaimAsync(ClaimSteps.NextEnterprise());
        var submitted = await phone.SubmitAsync(claim);

        // Nothing to correct while it is in review.
        await ClaimSteps.RefusedAsync(ErrorCodes.ApplicationStateWrong, () => phone.ResubmitAsync(submitted.ApplicationId, claim with { OperationId = Guid.NewGuid() }));
        await reviewer.RejectAsync(submitted.ApplicationId, "营业执照看不清");
        var rejected = await phone.UntilAsync(submitted.ApplicationId, ApplicationState.Rejected);
        Assert.Equal("营业执照看不清", rejected.RejectionReason);
        var message = await phone.MessageAsync("证书申请失败");
        Assert.Equal((MessageKind.ClaimRejected, submitted.ApplicationId.ToString()), (message.Kind, message.Subject));
        Assert.Contains("营业执照看不清", message.Body, StringComparison.Ordinal);

        await system.RestartAsync();
        phone.Reconnect();
        var corrected = claim with { OperationId = Guid.NewGuid(), EnterpriseName = claim.EnterpriseName + "（集团）", Years = 2 };
        var again = await phone.ResubmitAsync(submitted.ApplicationId, corrected);
        Assert.Equal((ApplicationState.CaReview, corrected.EnterpriseName, 56000, null), (again.State, again.EnterpriseName, again.FeeFen, again.RejectionReason));
        Assert.Equal(ApplicationState.CaReview, (await phone.ResubmitAsync(submitted.ApplicationId, corrected)).State);
        using var other = await system.RealNamedPhoneAsync();
        var theirs = (await other.ClaimAsync(ClaimSteps.NextEnterprise())) with { OperationId = Guid.NewGuid() };
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.ResubmitAsync(submitted.ApplicationId, theirs));
        using var next = await TestReviewer.LogInAsync(system, "审核员乙");
        await next.ApproveAsync(submitted.ApplicationId);
        Assert.Equal(ApplicationState.PaymentDue, (await phone.UntilAsync(submitted.ApplicationId, ApplicationState.PaymentDue)).State);
    }
}
