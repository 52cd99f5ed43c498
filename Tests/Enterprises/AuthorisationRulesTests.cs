using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using ApplicationId = Bzt.Grains.ApplicationId;
using MemberRole = Bzt.Grains.Accounts.MemberRole;
using MemberVia = Bzt.Grains.Enterprises.MemberVia;

namespace Bzt.Tests.Enterprises;

public sealed class AuthorisationRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);
    private static readonly CreditCode Code = new("91350100M000100Y43");
    private static readonly UserId Boss = User(1);
    private static readonly UserId Clerk = User(2);
    private static readonly PlatformId Yichang = new("yichang-ggzy");
    private static readonly PlatformId Jingzhou = new("jingzhou-ggzy");

    [Fact]
    public void The_administrator_may_everything_staff_only_what_is_granted_and_a_stranger_nothing()
    {
        var state = Granted(Grant(1, Yichang, AuthorisationScope.Login, AuthorisationScope.Seal));
        foreach (var kind in Enum.GetValues<SessionKind>())
        {
            Assert.Null(AuthorisationRules.MayUse(state, Boss, Jingzhou, kind, Now));
            Assert.Equal(RefusalCode.NotMember, AuthorisationRules.MayUse(state, User(3), Yichang, kind, Now)?.Code);
            Assert.Equal(RefusalCode.NotAuthorised, AuthorisationRules.MayUse(state, Clerk, Jingzhou, kind, Now)?.Code);
            var granted = kind is SessionKind.Bind or SessionKind.Login or SessionKind.Seal or SessionKind.Withdraw;
            Assert.Equal(granted ? null : RefusalCode.NotAuthorised, AuthorisationRules.MayUse(state, Clerk, Yichang, kind, Now)?.Code);
        }
    }

    [Fact]
    public void An_authorisation_counts_from_its_first_to_before_its_last_moment()
    {
        var state = Granted(Grant(1, Yichang, AuthorisationScope.Sign));
        Assert.NotNull(MaySign(Now.AddTicks(-1)));
        Assert.Null(MaySign(Now));
        Assert.Null(MaySign(Now.AddDays(1).AddTicks(-1)));
        Assert.NotNull(MaySign(Now.AddDays(1)));

        Refusal? MaySign(DateTimeOffset at) => AuthorisationRules.MayUse(state, Clerk, Yichang, SessionKind.Sign, at);
    }

    [Fact]
    public void What_ended_stays_in_the_history_and_a_late_repeat_grants_nothing()
    {
        var state = Granted(Grant(1, Yichang, AuthorisationScope.Login), Grant(2, Jingzhou, AuthorisationScope.Login));
        var (ended, count) = AuthorisationRules.End(state, Code, granted => granted.Platform == Yichang, AuthorisationEnd.Revoked, Boss, Now);
        Assert.Equal(1, count);
        Assert.Equal((AuthorisationEnd.Revoked, Now, Boss), (ended.Authorisations[0].End, ended.Authorisations[0].EndedAt, ended.Authorisations[0].EndedBy));
        Assert.Null(ended.Authorisations[1].End);
        Assert.NotNull(AuthorisationRules.MayUse(ended, Clerk, Yichang, SessionKind.Login, Now));
        Assert.Null(AuthorisationRules.MayUse(ended, Clerk, Jingzhou, SessionKind.Login, Now));

        Assert.Same(ended, AuthorisationRules.Grant(ended, Code, Grant(1, Yichang, AuthorisationScope.Login), Now).State);
        Assert.Equal(0, AuthorisationRules.End(ended, Code, granted => granted.Platform == Yichang, AuthorisationEnd.Revoked, Boss, Now).Count);
    }

    [Fact]
    public void Nothing_is_granted_to_who_is_no_member_and_joining_makes_one()
    {
        var command = Grant(1, Yichang, AuthorisationScope.Login) with { Member = User(3) };
        Assert.Equal(RefusalCode.NotMember, AuthorisationRules.Grant(Claimed(), Code, command, Now).Refusal?.Code);
        Assert.Equal(RefusalCode.InvalidRequest, AuthorisationRules.Grant(Claimed(), Code, command with { Joining = Joining(4) }, Now).Refusal?.Code);
        Assert.Equal(RefusalCode.InvalidRequest, AuthorisationRules.Grant(Claimed(), Code, command with { Scopes = [], Joining = Joining(3) }, Now).Refusal?.Code);
        Assert.Equal(RefusalCode.EnterpriseUnclaimed, AuthorisationRules.Grant(new StoredEnterprise(), Code, command with { Joining = Joining(3) }, Now).Refusal?.Code);

        var (state, refusal) = AuthorisationRules.Grant(Claimed(), Code, command with { Joining = Joining(3) }, Now);
        Assert.Null(refusal);
        Assert.Equal(MemberRole.Staff, EnterpriseRules.Member(state, User(3))?.Role);
        Assert.Null(AuthorisationRules.MayUse(state, User(3), Yichang, SessionKind.Login, Now));
    }

    [Fact]
    public void The_history_keeps_what_is_in_force_and_a_bounded_past()
    {
        var state = Claimed();
        for (var i = 1; i <= AuthorisationRules.EndedKept + 5; i++)
        {
            (state, _) = AuthorisationRules.Grant(state, Code, Grant(i, Yichang, AuthorisationScope.Login), Now);
        }

        var (ended, count) = AuthorisationRules.End(state, Code, granted => granted.Id != Id(1), AuthorisationEnd.Revoked, Boss, Now);
        Assert.Equal(AuthorisationRules.EndedKept + 4, count);
        Assert.Equal(AuthorisationRules.EndedKept + 1, ended.Authorisations.Length);
        Assert.Null(ended.Authorisations[0].End);
        Assert.Equal(state.AuditCount + count, ended.AuditCount);
    }

    private static StoredEnterprise Claimed()
    {
        var state = EnterpriseRules.Confirm(
            new StoredEnterprise(), Code, new ConfirmClaim(new ApplicationId(Id(90)), new CertificateId(Id(91)), "湖北江汉建设工程有限公司", Boss, "张*", "138****0001"), Now);
        return MemberRules.Add(state, Code, Joining(2), Now).State;
    }

    private static StoredEnterprise Granted(params GrantAuthorisation[] commands) =>
        commands.Aggregate(Claimed(), (state, command) => AuthorisationRules.Grant(state, Code, command, Now).State);

    private static GrantAuthorisation Grant(int id, PlatformId platform, params AuthorisationScope[] scopes) =>
        new(Id(id), Clerk, platform, scopes, null, Now, Now.AddDays(1), "letter", null);

    private static AddMember Joining(int user) => new(Id(100 + user), User(user), MemberVia.Join, "李*", "138****0002");

    private static UserId User(int who) => new(new Guid(who, 1, 0, new byte[8]));

    private static Guid Id(int number) => new(number, 2, 0, new byte[8]);
}
