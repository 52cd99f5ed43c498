using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using CsCheck;
using ApplicationId = Bzt.Grains.ApplicationId;

namespace Bzt.Tests.Enterprises;

[Trait("Feature", "M025"), Trait("Surface", "api")]
public sealed class EnterpriseRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);
    private static readonly CreditCode Code = new("91350100M000100Y43");

    private enum Move { Contend, Reserve, Release, Confirm }

    [Fact]
    public void Of_all_applicants_one_becomes_the_only_administrator_and_every_other_is_told() =>
        Gen.Enum<Move>().Select(Gen.Int[0, 3]).Array[1, 60].Sample(moves =>
        {
            var state = new StoredEnterprise();
            var entered = new HashSet<int>();
            var released = new HashSet<int>();
            foreach (var (move, who) in moves)
            {
                var before = state;
                switch (move)
                {
                    case Move.Contend:
                        state = EnterpriseRules.Contend(state, Code, Application(who));
                        entered.Add(who);
                        released.Remove(who);
                        break;
                    case Move.Reserve:
                        (state, var refusal) = EnterpriseRules.Reserve(state, Application(who));
                        Assert.Equal(refusal is null, state.Claimed is { } claimed ? claimed.Application == Application(who) : state.Reservation == Application(who));
                        break;
                    case Move.Release:
                        state = EnterpriseRules.Release(state, Application(who));
                        released.Add(who);
                        break;
                    // Only who holds the reservation ever has an active certificate.
                    case Move.Confirm when before.Reservation == Application(who) || before.Claimed?.Application == Application(who):
                        state = EnterpriseRules.Confirm(state, Code, Claim(who), Now);
                        break;
                }

                if (before.Claimed is { } owner)
                {
                    Assert.Equal(owner, state.Claimed);
                }

                if (state.Claimed is { } won)
                {
                    Assert.Equal(MemberRole.Administrator, Assert.Single(won.Members).Role);
                    var told = state.Outbox.Items.Where(item => item.Kind == ApplicationOutbox.ClaimLost).Select(item => item.Target).ToHashSet();
                    Assert.DoesNotContain(won.Application.ToString(), told);
                    Assert.All(entered.Except(released).Where(other => Application(other) != won.Application), other => Assert.Contains(Application(other).ToString(), told));
                }
            }
        });

    [Fact]
    public void A_released_reservation_is_free_again()
    {
        var (state, _) = EnterpriseRules.Reserve(new StoredEnterprise(), Application(0));
        Assert.Equal(RefusalCode.EnterpriseClaimed, EnterpriseRules.Reserve(state, Application(1)).Refusal?.Code);
        Assert.Null(EnterpriseRules.Reserve(state, Application(0)).Refusal);
        Assert.Null(EnterpriseRules.Reserve(EnterpriseRules.Release(state, Application(0)), Application(1)).Refusal);
    }

    [Fact]
    public void A_changed_name_is_told_to_every_member_and_to_searches_once()
    {
        var claimed = MemberRules.Join(
            EnterpriseRules.Confirm(new StoredEnterprise(), Code, Claim(0), Now), Code,
            new AddMember(Guid.NewGuid(), new UserId(Guid.NewGuid()), MemberVia.Join, "李*", "138****0002"), Now);
        var (changed, refusal) = EnterpriseRules.ChangeName(claimed with { Outbox = Outbox.Empty }, Code, Application(5), "湖北江汉建设集团有限公司", Now);
        Assert.Null(refusal);
        Assert.Equal("湖北江汉建设集团有限公司", changed.Claimed!.Name);
        Assert.Equal(claimed.Claimed!.Members, changed.Claimed.Members);
        Assert.Equal(
            claimed.Claimed.Members.Select(member => (member.User.ToString(), member.Role, changed.Claimed.Name)),
            changed.Outbox.Items.Where(item => item.Kind == EnterpriseOutbox.Membership)
                .Select(item => (item.Target, item.Read<Membership>().Role, item.Read<Membership>().EnterpriseName)));
        Assert.Equal(changed.Claimed.Name, Assert.IsType<EnterpriseRow>(Assert.Single(changed.Outbox.Items, item => item.Kind == ProjectionOutbox.Kind).Read<ProjectionRow>()).Name);

        Assert.Same(changed, EnterpriseRules.ChangeName(changed, Code, Application(5), "另一个名称", Now).State);
        Assert.Equal(RefusalCode.EnterpriseUnclaimed, EnterpriseRules.ChangeName(new StoredEnterprise(), Code, Application(5), "某公司", Now).Refusal?.Code);
    }

    private static ApplicationId Application(int who) => new(new Guid(who + 1, 0, 0, new byte[8]));

    private static ConfirmClaim Claim(int who) => new(
        Application(who), new CertificateId(Guid.Empty), "湖北江汉建设工程有限公司", new UserId(new Guid(who + 1, 1, 0, new byte[8])), "张**", "138****0001");
}
