using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Remittances;
using CsCheck;
using ApplicationId = Bzt.Grains.ApplicationId;
using MemberRole = Bzt.Grains.Accounts.MemberRole;
using MemberVia = Bzt.Grains.Enterprises.MemberVia;
using RemittanceState = Bzt.Grains.Remittances.RemittanceState;
using RemittanceVerdict = Bzt.Grains.Remittances.RemittanceVerdict;

namespace Bzt.Tests.Enterprises;

/// <summary>Whatever many users do in whatever order, with repeats and out of time.</summary>
public sealed class EnterprisePropertyTests
{
    private const int Users = 5;
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);
    private static readonly CreditCode Code = new("91350100M000100Y43");
    private static readonly PlatformId Platform = new("yichang-ggzy");

    private enum Move
    {
        Confirm, Invite, WithdrawInvitation, Accept, Decline, Add, Remove, Grant, Revoke,
        StartTransfer, SignTransfer, AcceptTransfer, DeclineTransfer, WithdrawTransfer, Replace, Remit, RemittanceComes, ChangeName, Wait,
    }

    private static readonly Gen<(Move Move, int Who, int Whom, int Number)> Step = Gen.Select(Gen.Enum<Move>(), Gen.Int[1, Users], Gen.Int[1, Users], Gen.Int[1, 6]);

    [Fact]
    [Trait("Feature", "M022"), Trait("Surface", "api")]
    public void From_the_claim_on_there_is_exactly_one_administrator_and_nobody_acts_without_leave() => Step.Array[1, 120].Sample(steps =>
    {
        var state = new StoredEnterprise();
        var now = Start;
        foreach (var (move, who, whom, number) in steps)
        {
            var before = state;
            now = move == Move.Wait ? now.AddDays(number) : now.AddMinutes(1);
            state = Apply(state, move, User(who), User(whom), number, now);
            Check(before, state, move, User(who), now);
        }
    }, iter: 2000);

    private static StoredEnterprise Apply(StoredEnterprise state, Move move, UserId who, UserId whom, int number, DateTimeOffset now)
    {
        var id = Id(number);
        var transfer = state.Transfer?.Id ?? id;
        return move switch
        {
            Move.Confirm => EnterpriseRules.Confirm(state, Code, new ConfirmClaim(new ApplicationId(id), new CertificateId(id), "甲公司", who, "甲*", "138****0001"), now),
            Move.Invite => InvitationRules.Invite(state, Code, who, id, Person(whom), now).State,
            Move.WithdrawInvitation => InvitationRules.Withdraw(state, Code, who, id, now).State,
            Move.Accept => InvitationRules.Accept(state, Code, who, id, Person(who), now).State,
            Move.Decline => InvitationRules.Decline(state, Code, who, id, now).State,
            Move.Add => MemberRules.Add(state, Code, new AddMember(id, whom, MemberVia.Join, "乙*", "138****0002"), now).State,
            Move.Remove => MemberRules.Remove(state, Code, who, whom, now).State,
            Move.Grant => AuthorisationRules.Grant(
                state, Code, new GrantAuthorisation(id, whom, Platform, [AuthorisationScope.Login], null, now, now.AddDays(3), null, null), now).State,
            Move.Revoke => AuthorisationRules.End(state, Code, granted => granted.Member == whom, AuthorisationEnd.Revoked, who, now).State,
            Move.StartTransfer => TransferRules.Start(state, Code, new StartTransfer(id, who, whom, new CertificateId(id)), now).State,
            Move.SignTransfer => TransferRules.Confirm(state, Code, transfer, who, now),
            Move.AcceptTransfer => TransferRules.Accept(state, Code, who, transfer, now).State,
            Move.DeclineTransfer => TransferRules.Decline(state, Code, who, transfer, now).State,
            Move.WithdrawTransfer => TransferRules.Withdraw(state, Code, who, transfer, now).State,
            Move.Replace => TransferRules.Replace(state, Code, new ReplaceAdministrator(new ApplicationId(id), whom, "丙*", "138****0003"), now).State,
            Move.Remit => MembershipRemittanceRules.Begin(state, new BeginRemittance(id, who, "甲公司", "123456"), "丁*", "138****0004", _ => 0, now).State,
            Move.RemittanceComes => MembershipRemittanceRules.Changed(state, Code, Came(id, now), now),
            Move.ChangeName => EnterpriseRules.ChangeName(state, Code, new ApplicationId(Id(number + 10)), "甲公司", now).State,
            Move.Wait => state,
            _ => throw new InvalidOperationException(),
        };
    }

    private static void Check(StoredEnterprise before, StoredEnterprise state, Move move, UserId who, DateTimeOffset now)
    {
        if (state.Claimed is not { } claimed)
        {
            Assert.Null(before.Claimed);
            return;
        }

        // One administrator, a member, and the same in both places.
        var administrator = Assert.Single(claimed.Members, member => member.Role == MemberRole.Administrator);
        Assert.Equal(claimed.Administrator, administrator.User);
        Assert.Equal(claimed.Members.Length, claimed.Members.Select(member => member.User).Distinct().Count());

        // It changes only by the word of who takes it over, or of the CA.
        if (before.Claimed is { } was && was.Administrator != claimed.Administrator)
        {
            Assert.True(move == Move.AcceptTransfer && claimed.Administrator == who || move == Move.Replace, $"{move} changed the administrator");
            Assert.Contains(claimed.Members, member => member.User == was.Administrator && member.Role == MemberRole.Staff);
        }

        // Who is no member may nothing; staff nothing that is not in force.
        foreach (var user in Enumerable.Range(1, Users).Select(User))
        {
            var refusal = AuthorisationRules.MayUse(state, user, Platform, SessionKind.Login, now);
            var member = claimed.Members.FirstOrDefault(other => other.User == user);
            var granted = state.Authorisations.Any(authorisation => authorisation.Member == user && authorisation.IsInForce(now));
            Assert.Equal(member is null ? RefusalCode.NotMember : member.Role == MemberRole.Administrator || granted ? null : RefusalCode.NotAuthorised, refusal?.Code);
        }

        // At most one transfer is open, between the administrator and a member.
        if (state.Transfer is { } transfer && transfer.IsOpen(now))
        {
            Assert.Equal(claimed.Administrator, transfer.From);
            Assert.Contains(claimed.Members, member => member.User == transfer.To && member.Role == MemberRole.Staff);
        }

        // Members come and go only by somebody's leave; the audit says so.
        var (came, gone) = (claimed.Members.Length - (before.Claimed?.Members.Length ?? 0), state.AuditCount - before.AuditCount);
        Assert.True(came == 0 || gone > 0, $"{move} changed the members and left no record");
        Assert.Equal(state.AuditCount, state.Outbox.Items.Count(item => item.Kind == EnterpriseOutbox.Audit));
    }

    private static RemittanceView Came(Guid id, DateTimeOffset now) => new(
        id, RemittanceState.Matched, 1, "甲公司", "123456", new PayeeAccount("我方", "银行", "1"), now,
        [new ReceivedRemittance("1", 1, now, RemittanceVerdict.Matched)]);

    private static InvitationRules.Invited Person(UserId user) => new($"name-{user}", "某*", $"phone-{user}", "138****0000");

    private static UserId User(int who) => new(new Guid(who, 1, 0, new byte[8]));

    private static Guid Id(int number) => new(number, 2, 0, new byte[8]);
}
