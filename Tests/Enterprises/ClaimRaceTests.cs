using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Platforms;

namespace Bzt.Tests.Enterprises;

public sealed class ClaimRaceTests
{
    [Fact]
    [Trait("Feature", "M025"), Trait("Feature", "M022"), Trait("Surface", "api")]
    public async Task Of_two_claims_downloaded_at_once_one_makes_the_administrator_and_the_other_is_told()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var one = await Applying.PersonAsync(system);
        using var two = await Applying.PersonAsync(system);
        using var late = await Applying.PersonAsync(system);
        var enterprise = ClaimSteps.NextEnterprise();
        var applications = new[] { (await one.Phone.PaidClaimAsync(system, reviewer, enterprise)).Item1, (await two.Phone.PaidClaimAsync(system, reviewer, enterprise)).Item1 };
        using var barrier = new Barrier(2);
        var started = await Task.WhenAll(
            InvitationTests.AtOnceAsync(barrier, () => one.Phone.DownloadAsync(applications[0])),
            InvitationTests.AtOnceAsync(barrier, () => two.Phone.DownloadAsync(applications[1])));
        Assert.Single(started, result => result is null);
        Assert.Single(started, result => result == ErrorCodes.EnterpriseClaimed);

        var (winner, loser) = started[0] is null ? (0, 1) : (1, 0);
        var people = new[] { one, two };
        await people[winner].DownloadAsync(applications[winner]);
        await people[loser].UntilAsync(applications[loser], ApplicationState.Cancelled);
        Assert.Equal(ErrorCodes.EnterpriseClaimed, await Refusal.OfAsync(async () => await late.Phone.SubmitAsync(await late.Phone.ClaimAsync(enterprise))));

        await system.RestartAsync();
        await people[winner].ReconnectAsync();
        await people[loser].ReconnectAsync();
        var members = (await people[winner].Client.GetPeopleAsync(enterprise.CreditCode)).Members;
        Assert.Equal((people[winner].Phone.Login!.UserId, MemberRole.Administrator), Assert.Single(members) switch { var member => (member.UserId, member.Role) });
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => people[loser].Client.GetPeopleAsync(enterprise.CreditCode)));
        Assert.Equal(ErrorCodes.ApplicationStateWrong, await Refusal.OfAsync(() => people[loser].Phone.DownloadAsync(applications[loser])));
    }
}
