using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Applications;

/// <summary>One person's claims of one enterprise: one at a time, and none of them is lost to somebody else.</summary>
[Trait("Feature", "M028"), Trait("Surface", "api")]
public sealed class OneClaimTests
{
    [Fact]
    public async Task Of_a_persons_own_claims_of_an_enterprise_one_is_under_way()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        using var other = await system.RealNamedPhoneAsync();
        var enterprise = ClaimSteps.NextEnterprise();
        var claim = await phone.ClaimAsync(enterprise);

        // Handed in many times at once: one is taken, and the answer to it can be had again.
        var claims = Enumerable.Range(0, 4).Select(_ => claim with { OperationId = Guid.NewGuid() }).ToList();
        var answers = await Task.WhenAll(claims.Select(OutcomeAsync));
        Assert.Equal([null, ErrorCodes.ClaimOpen, ErrorCodes.ClaimOpen, ErrorCodes.ClaimOpen], answers.Order(StringComparer.Ordinal));
        var taken = claims[Array.IndexOf(answers, null)];
        var first = await phone.SubmitAsync(taken);
        Assert.Equal(first.ApplicationId, Assert.Single(await Wait.UntilAsync(
            () => phone.Http.GetAsync(Routes.Phone.Applications, BztJson.Default.IReadOnlyListApplicationInfo), listed => listed.Count > 0)).ApplicationId);

        // Another enterprise, and another person, are other claims.
        var second = ClaimSteps.NextEnterprise();
        await phone.SubmitAsync(claim with { OperationId = Guid.NewGuid(), EnterpriseName = second.Name, CreditCode = second.CreditCode });
        await other.SubmitAsync(await other.ClaimAsync(enterprise));

        await system.RestartAsync();
        phone.Reconnect();
        using var reviewer = await TestReviewer.LogInAsync(system);
        await ClaimSteps.RefusedAsync(ErrorCodes.ClaimOpen, () => phone.SubmitAsync(claim with { OperationId = Guid.NewGuid() }));

        // A rejected one keeps nothing back, and does not come back beside the next; a withdrawn one neither.
        await reviewer.RejectAsync(first.ApplicationId, "印章不清晰");
        await phone.UntilAsync(first.ApplicationId, ApplicationState.Rejected);
        var next = await phone.SubmitAsync(claim with { OperationId = Guid.NewGuid() });
        var corrected = claim with { OperationId = Guid.NewGuid() };
        await ClaimSteps.RefusedAsync(ErrorCodes.ClaimOpen, () => phone.ResubmitAsync(first.ApplicationId, corrected));
        Assert.Equal(ApplicationState.Rejected, (await phone.ApplicationAsync(first.ApplicationId)).State);
        await phone.WithdrawAsync(next.ApplicationId);
        Assert.Equal(ApplicationState.CaReview, (await phone.ResubmitAsync(first.ApplicationId, corrected)).State);

        async Task<string?> OutcomeAsync(ClaimRequest one)
        {
            try
            {
                await phone.SubmitAsync(one);
                return null;
            }
            catch (ApiRefusedException refused)
            {
                return refused.Code;
            }
        }
    }

    [Fact]
    public async Task What_ends_because_ones_own_other_claim_won_says_so()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var person = await Applying.PersonAsync(system);
        var enterprise = ClaimSteps.NextEnterprise();
        var rejected = await person.Phone.SubmitAsync(await person.Phone.ClaimAsync(enterprise));
        await reviewer.RejectAsync(rejected.ApplicationId, "印章不清晰");
        await person.Phone.UntilAsync(rejected.ApplicationId, ApplicationState.Rejected);

        var (won, _) = await person.Phone.PaidClaimAsync(system, reviewer, enterprise);
        await person.DownloadAsync(won);
        var lost = await person.Phone.UntilAsync(rejected.ApplicationId, ApplicationState.Cancelled);
        Assert.Equal("您已用另一份申请认领该企业", lost.Timeline[^1].Note);
        Assert.Equal(
            $"您已用另一份申请认领“{enterprise.Name}”，这份申请不再需要，已自动取消。", (await person.Phone.MessageAsync("认领申请已取消")).Body);
    }
}
