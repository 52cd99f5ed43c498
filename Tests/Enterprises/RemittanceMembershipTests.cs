using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using ApplicationId = Bzt.Grains.ApplicationId;
using MemberVia = Bzt.Contracts.Phone.MemberVia;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Enterprises;

/// <summary>对公打款 against the simulated bank.</summary>
[Trait("Feature", "M035"), Trait("Surface", "api")]
public sealed class RemittanceMembershipTests
{
    private const string Account = "42050000000123456";
    private const string Tail = "123456";

    [Fact]
    public async Task A_right_remittance_makes_a_member_without_certificate_and_wrong_ones_say_what_is_wrong()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var person = await world.RealNamedAsync();
        var request = new RemittanceRequest(Guid.NewGuid(), world.Boss.Enterprise.Name, Tail, Agreed: true);
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => person.Client.BeginRemittanceAsync(world.Code, request with { Agreed = false })));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => person.Client.BeginRemittanceAsync(world.Code, request with { AccountTail = "12345" })));
        Assert.Equal(ErrorCodes.EnterpriseMismatch, await Refusal.OfAsync(() => person.Client.BeginRemittanceAsync(world.Code, request with { EnterpriseName = "别家有限公司" })));

        var begun = await person.Client.BeginRemittanceAsync(world.Code, request);
        Assert.Equal(RemittanceState.Waiting, begun.State);
        Assert.InRange(begun.AmountFen, 1, 99);
        Assert.Equivalent(begun, await person.Client.BeginRemittanceAsync(world.Code, request));
        var stranger = await world.RealNamedAsync();
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => stranger.Client.GetRemittanceAsync(begun.RemittanceId)));

        await world.RestartAsync();
        await world.System.Simulators.RemitAsync(begun.RemittanceId, world.Boss.Enterprise.Name, Account, begun.AmountFen + 1);
        await person.MessageAsync("对公打款金额不符");
        await world.System.Simulators.RemitAsync(begun.RemittanceId, "王二", Account, begun.AmountFen);
        await person.MessageAsync("对公打款账户不符");
        Assert.Null(await person.RoleAsync(world.Code));

        await world.System.Simulators.RemitAsync(begun.RemittanceId, world.Boss.Enterprise.Name, Account, begun.AmountFen);
        await person.MessageAsync("对公打款成功");
        await Wait.UntilAsync(() => person.RoleAsync(world.Code), role => role == MemberRole.Staff);
        await world.Boss.Phone.MessageAsync("新成员加入");
        await world.System.Simulators.RemitAsync(begun.RemittanceId, world.Boss.Enterprise.Name, Account, begun.AmountFen);
        await person.MessageAsync("重复的对公打款");

        await world.RestartAsync();
        var ended = await person.Client.GetRemittanceAsync(begun.RemittanceId);
        Assert.Equal(RemittanceState.Matched, ended.State);
        Assert.Equal(
            [RemittanceVerdict.WrongAmount, RemittanceVerdict.WrongPayer, RemittanceVerdict.Matched, RemittanceVerdict.Doubled],
            ended.Received.Select(received => received.Verdict));
        var people = await world.Boss.Client.GetPeopleAsync(world.Code);
        Assert.Equal((MemberRole.Staff, MemberVia.Remittance), Assert.Single(people.Members, member => member.UserId == person.Id) switch { var member => (member.Role, member.Via) });
        Assert.Equal(ErrorCodes.AlreadyMember, await Refusal.OfAsync(() => person.Client.BeginRemittanceAsync(world.Code, request with { OperationId = Guid.NewGuid() })));

        // A member, and nothing more: no certificate, no authorisation, no administrator's right.
        Assert.Empty(await person.Client.GetCertificatesAsync());
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => person.Client.InviteAsync(world.Code, stranger.Invitation())));
        await world.Boss.Client.RemoveMemberAsync(world.Code, person.Id);
        await Wait.UntilAsync(() => person.RoleAsync(world.Code), role => role is null);
    }

    [Fact]
    public async Task A_late_one_and_one_for_a_replaced_request_prove_nothing()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var person = await world.RealNamedAsync();
        var request = new RemittanceRequest(Guid.NewGuid(), world.Boss.Enterprise.Name, Tail, Agreed: true);
        var first = await person.Client.BeginRemittanceAsync(world.Code, request);
        var second = await person.Client.BeginRemittanceAsync(world.Code, request with { OperationId = Guid.NewGuid() });
        await Wait.UntilAsync(() => person.Client.GetRemittanceAsync(first.RemittanceId), found => found.State == RemittanceState.Closed);
        Assert.NotEqual(first.PayeeAccount, second.PayeeAccount);

        world.System.Clock.Advance(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1));
        await world.RestartAsync();
        Assert.Equal(RemittanceState.Expired, (await person.Client.GetRemittanceAsync(second.RemittanceId)).State);
        await world.System.Simulators.RemitAsync(second.RemittanceId, world.Boss.Enterprise.Name, Account, second.AmountFen);
        await person.MessageAsync("对公打款已过期");
        Assert.Equal(RemittanceVerdict.Late, Assert.Single((await person.Client.GetRemittanceAsync(second.RemittanceId)).Received).Verdict);
        Assert.Null(await person.RoleAsync(world.Code));
    }

    [Fact]
    public async Task Before_the_claim_it_makes_no_administrator_and_counts_under_the_claimed_name_only()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var honest = await Person.AtAsync(system, await system.RealNamedPhoneAsync());
        using var other = await Person.AtAsync(system, await system.RealNamedPhoneAsync());
        var (name, code) = ClaimSteps.NextEnterprise();
        foreach (var (person, payer) in new[] { (honest, name), (other, "冒名有限公司") })
        {
            var begun = await person.Client.BeginRemittanceAsync(code, new RemittanceRequest(Guid.NewGuid(), payer, Tail, Agreed: true));
            await system.Simulators.RemitAsync(begun.RemittanceId, payer, Account, begun.AmountFen);
            await Wait.UntilAsync(() => person.RoleAsync(code), role => role == MemberRole.Staff);
        }

        // Nobody is its administrator; it is as unclaimed as before, also after a restart.
        await system.RestartAsync();
        await honest.ReconnectAsync();
        await other.ReconnectAsync();
        Assert.False((await honest.Client.FindEnterpriseAsync(code)).Claimed);
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => honest.Client.InviteAsync(code, other.Invitation())));

        var claimant = UserId.New();
        await system.Grains.Enterprise(new CreditCode(code)).Confirm(new ConfirmClaim(
            new ApplicationId(Guid.NewGuid()), new CertificateId(Guid.NewGuid()), name, claimant, "张*", "138****0001"));
        await Wait.UntilAsync(() => other.RoleAsync(code), role => role is null);
        Assert.Equal(
            [(claimant.Value, MemberRole.Administrator), (honest.Id, MemberRole.Staff)],
            (await honest.Client.GetPeopleAsync(code)).Members.Select(member => (member.UserId, member.Role)));
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => other.Client.GetPeopleAsync(code)));
    }
}
