using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using ApplicationId = Bzt.Grains.ApplicationId;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Enterprises;

public sealed class JoinTests
{
    [Fact]
    [Trait("Feature", "M049"), Trait("Surface", "api")]
    public async Task Who_asks_for_an_enterprise_nobody_claimed_is_told_of_its_claim()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var person = await Person.AtAsync(system, await system.RealNamedPhoneAsync());
        var (name, code) = ClaimSteps.NextEnterprise();
        Assert.False((await person.Client.FindEnterpriseAsync(code)).Claimed);
        await person.Client.AwaitClaimAsync(code);
        await person.Client.AwaitClaimAsync(code);
        Assert.Equal(ErrorCodes.EnterpriseUnclaimed, await Refusal.OfAsync(() => person.Client.CheckAdministratorAsync(code, new AdministratorCheck("张三", "13800138000"))));
        Assert.Equal(ErrorCodes.CreditCodeInvalid, await Refusal.OfAsync(() => person.Client.AwaitClaimAsync("91420500MA0000000X")));

        await system.RestartAsync();
        await person.ReconnectAsync();
        await system.Grains.Enterprise(new CreditCode(code)).Confirm(new ConfirmClaim(
            new ApplicationId(Guid.NewGuid()), new CertificateId(Guid.NewGuid()), name, UserId.New(), "张*", "138****0001"));
        var message = await person.MessageAsync("企业已被认领");
        Assert.Equal((MessageKind.EnterpriseClaimed, code), (message.Kind, message.Subject));
        Assert.Equal(ErrorCodes.EnterpriseClaimed, await Refusal.OfAsync(() => person.Client.AwaitClaimAsync(code)));
    }

    [Fact]
    [Trait("Feature", "M050"), Trait("Surface", "api")]
    public async Task Only_who_knows_the_administrator_passes_and_nobody_guesses()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var (boss, person) = (world.Boss.Phone.Person, await world.RealNamedAsync());
        var right = new AdministratorCheck(boss.Name, boss.Phone);
        await person.Client.CheckAdministratorAsync(world.Code, right);

        // One wrong or both wrong: the same answer, one try less.
        foreach (var (wrong, left) in new[] { (right with { Name = "王二" }, 4), (right with { PhoneNumber = "13900000000" }, 3), (new AdministratorCheck("王二", "13900000000"), 2) })
        {
            var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => person.Client.CheckAdministratorAsync(world.Code, wrong));
            Assert.Equal((ErrorCodes.AdministratorMismatch, $"还可尝试{left}次"), (refused.Code, refused.Problem.Detail));
        }

        await world.RestartAsync();
        Assert.Equal(ErrorCodes.AdministratorMismatch, await Refusal.OfAsync(() => person.Client.CheckAdministratorAsync(world.Code, right with { Name = "王二" })));
        Assert.Equal(ErrorCodes.AdministratorMismatch, await Refusal.OfAsync(() => person.Client.CheckAdministratorAsync(world.Code, right with { Name = "王二" })));
        Assert.Equal(ErrorCodes.RateLimited, await Refusal.OfAsync(() => person.Client.CheckAdministratorAsync(world.Code, right)));
        var other = await world.RealNamedAsync();
        await other.Client.CheckAdministratorAsync(world.Code, right);
        world.System.Clock.Advance(TimeSpan.FromDays(1));
        await person.Client.CheckAdministratorAsync(world.Code, right);
    }

    [Fact]
    [Trait("Feature", "M026"), Trait("Surface", "api")]
    public async Task A_claimed_enterprise_shows_its_administrator_masked_and_he_may_be_asked_to_hand_over()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var (boss, person) = (world.Boss.Phone.Person, await world.RealNamedAsync());
        var found = await person.Client.FindEnterpriseAsync(world.Code);
        Assert.True(found is { Claimed: true, AdministratorMaskedName: "张*", AdministratorMaskedPhoneNumber: "139****0000" });

        // Who does not know him does not write to him.
        Assert.Equal(ErrorCodes.AdministratorMismatch, await Refusal.OfAsync(() => person.Client.AskForTransferAsync(world.Code, new AdministratorCheck("王二", boss.Phone))));
        await person.Client.AskForTransferAsync(world.Code, new AdministratorCheck(boss.Name, boss.Phone));
        var message = await world.Boss.Phone.MessageAsync("申请转移管理员");
        Assert.Equal((MessageKind.TransferWished, world.Code), (message.Kind, message.Subject));
        Assert.DoesNotContain(person.Phone.Person.Name, message.Body, StringComparison.Ordinal);
        await world.RestartAsync();
        Assert.Equal(ErrorCodes.RateLimited, await Refusal.OfAsync(() => person.Client.AskForTransferAsync(world.Code, new AdministratorCheck(boss.Name, boss.Phone))));
        Assert.True((await person.Client.FindEnterpriseAsync(world.Code)).Claimed);
    }
}
