using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using Bzt.Tests.Storage;
using ApplicationId = Bzt.Grains.ApplicationId;
using EnterpriseAct = Bzt.Grains.Enterprises.EnterpriseAct;
using MemberRole = Bzt.Grains.Accounts.MemberRole;
using MemberVia = Bzt.Grains.Enterprises.MemberVia;

namespace Bzt.Tests.Enterprises;

/// <summary>What a release has stored, every later one reads.</summary>
public sealed class StoredStateTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");
    private static readonly UserId User = new(Id);
    private static readonly CreditCode Code = new("91350100M000100Y43");
    private static readonly WaitingInvitation Waiting = new(Code, "甲公司", Id, At, At.AddDays(7));
    private static readonly MembershipRemittance Remittance = new(Id, User, "甲公司", "123456", 37, At, At.AddDays(3), "张*", "138****0001", Seen: 1, Ended: true);

    [Fact]
    public void Enterprise() => GoldenState.Verify("enterprise-v1", new StoredEnterprise
    {
        Claimed = new ClaimedEnterprise(
            "甲公司", new ApplicationId(Id), User, "张*", "138****0001", At,
            [new EnterpriseMember(User, MemberRole.Administrator, At), new EnterpriseMember(User, MemberRole.Staff, At, MemberVia.Invitation, "李*", "138****0002", Id)]),
        Reservation = new ApplicationId(Id),
        Contenders = [new ApplicationId(Id)],
        FormerMembers = [new FormerMember(User, Id, At)],
        Authorisations =
        [
            new Authorisation(Id, User, new PlatformId("yichang-ggzy"), [AuthorisationScope.Login, AuthorisationScope.Seal], new CertificateId(Id), At, At.AddYears(1), "letter", At),
            new Authorisation(Id, User, new PlatformId("yichang-ggzy"), [AuthorisationScope.Decrypt], null, At, At.AddYears(1), null, At, AuthorisationEnd.MemberRemoved, At, User),
        ],
        Invitations = [new StoredInvitation(Id, "name", "李*", "phone", "138****0002", At, At.AddDays(7), InvitationState.Declined, At), new StoredInvitation(Id, "name", "李*", "phone", "138****0002", At, At.AddDays(7))],
        Transfer = new StoredTransfer(Id, User, User, new CertificateId(Id), TransferState.AwaitingAcceptance, At, At.AddDays(7)),
        Replacements = [new ApplicationId(Id)],
        Awaiting = [User],
        WrongGuesses = [new WrongGuess(User, At)],
        Remittances = [Remittance],
        Proven = [Remittance],
        TransferWishes = [new TransferWish(User, At)],
        AuditCount = 3,
        Outbox = Outbox.Empty.Add(EnterpriseOutbox.Invitation, "phone", Waiting),
    });

    /// <summary>As it was before an enterprise had people.</summary>
    [Fact]
    public void Enterprise_with_its_administrator_only() => GoldenState.Loads("enterprise-v1-claimed", new StoredEnterprise
    {
        Claimed = new ClaimedEnterprise("甲公司", new ApplicationId(Id), User, "张*", "138****0001", At, [new EnterpriseMember(User, MemberRole.Administrator, At)]),
    });

    [Fact]
    public void Audit() => GoldenState.Verify("enterprise-audit-v1", new StoredEnterpriseAudit
    {
        Records = [new EnterpriseAuditRecord(1, At, User, EnterpriseAct.MemberRemoved, User, null), new EnterpriseAuditRecord(2, At, null, EnterpriseAct.MemberAdded, null, "Join")],
    });

    [Fact]
    public void Invitation_box() => GoldenState.Verify("invitation-box-v1", new StoredInvitationBox { Waiting = [Waiting] });
}
