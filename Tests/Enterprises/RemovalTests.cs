using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Forms;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Platforms;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using ApplicationId = Bzt.Grains.ApplicationId;
using EnterpriseAct = Bzt.Contracts.Phone.EnterpriseAct;
using MemberRole = Bzt.Contracts.Phone.MemberRole;
using MemberVia = Bzt.Grains.Enterprises.MemberVia;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Enterprises;

[Trait("Feature", "M038"), Trait("Surface", "api")]
public sealed class RemovalTests
{
    [Fact]
    public async Task Who_is_removed_has_no_more_authorisations_sessions_or_certificate_of_the_enterprise()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var administrator = await world.MemberAsync();
        var staff = await world.MemberAsync();
        await world.TransferAsync(administrator);
        await TransferTests.GrantAsync(world, AuthorisationScope.Login);

        // Nobody but the administrator removes, and nobody the administrator.
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => staff.Client.RemoveMemberAsync(world.Code, world.BossId)));
        Assert.Equal(ErrorCodes.AdministratorStays, await Refusal.OfAsync(() => administrator.Client.RemoveMemberAsync(world.Code, administrator.Id)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => administrator.Client.RemoveMemberAsync(world.Code, Guid.NewGuid())));

        // A session is open and looked at when it happens.
        var (opened, scanned) = await world.ScanAsync(EnterpriseWorld.Login());
        using var request = await world.Boss.OpenAsync(scanned);
        await administrator.Client.RemoveMemberAsync(world.Code, world.BossId);
        await administrator.Client.RemoveMemberAsync(world.Code, world.BossId);
        Assert.Equal(SessionEnd.CertificateUnusable, (await world.Platform.WaitAsync(opened.SessionId)).End);
        Assert.Equal(ErrorCodes.CertificateUnusable, await Refusal.OfAsync(() => world.Boss.Client.ConfirmAsync(request, CertifiedPhone.Pin)));

        await world.Boss.Phone.MessageAsync("已移出企业");
        await Wait.UntilAsync(() => world.Boss.Client.GetMeAsync(), me => me.Enterprises.Count == 0);
        await Wait.UntilAsync(() => world.Boss.Client.GetCertificatesAsync(), found => found.Single().State == CertificateState.Revoked);
        var ended = Assert.Single(await administrator.Client.GetAuthorisationsAsync(world.Code));
        Assert.False(ended.InForce);
        Assert.NotNull(ended.EndedAt);

        await world.RestartAsync();
        Assert.Equal(CertificateState.Revoked, (await world.Boss.Client.GetCertificatesAsync()).Single().State);
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => world.Boss.Client.GetPeopleAsync(world.Code)));
        var next = await world.Platform.OpenAsync(EnterpriseWorld.Login());
        var seen = await world.Boss.Client.ScanAsync(next);
        Assert.Equal((0, ErrorCodes.CertificateUnusable), (seen.Session.Certificates.Count, seen.Session.NotEligibleCode));
        Assert.Equal(ErrorCodes.CertificateUnusable, await Refusal.OfAsync(() => world.Boss.Client.OpenRequestAsync(seen, world.Boss.Certificate)));

        // Who may come back does so by a new invitation.
        var again = await administrator.Client.InviteAsync(world.Code, new InviteRequest(Guid.NewGuid(), world.Boss.Phone.Person.Name, world.Boss.Phone.Person.Phone));
        await world.Boss.Client.AcceptInvitationAsync(world.Code, again.InvitationId);
        Assert.Contains((await administrator.Client.GetPeopleAsync(world.Code)).Members, member => member.UserId == world.BossId && member.Role == MemberRole.Staff);
    }

    [Fact]
    public async Task A_removal_told_late_ends_nothing_that_the_member_got_since_he_joined_again()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        using var colleague = await world.Boss.ColleagueAsync();
        var (grains, user) = (world.System.Grains, new UserId(colleague.Phone.Login!.UserId));
        await world.Boss.Client.RemoveMemberAsync(world.Code, user.Value);
        await Wait.UntilAsync(() => StateAsync(colleague.Certificate), state => state == CertificateState.Revoked);

        // Back again, with another certificate.
        world.System.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.IsType<Done<Nothing>>(await world.Grain.AddMember(new AddMember(Guid.NewGuid(), user, MemberVia.Invitation, "李*", "138****0002")));
        var (next, login) = (Guid.CreateVersion7(), colleague.Phone.Login);
        Assert.IsType<Done<Nothing>>(await grains.Certificate(new CertificateId(next)).Create(new CreateCertificate(
            new ApplicationId(Guid.CreateVersion7()), $"again-{next:N}", user, new DeviceId(login.DeviceId), colleague.Phone.Key.PublicKey, new CreditCode(world.Code),
            colleague.Enterprise.Name, new CaId("yichang-ca"), "宜昌CA", "hubei", new CertificateSubject(colleague.Enterprise.Name, colleague.Enterprise.Name, world.Code))));
        await Wait.UntilAsync(() => grains.Holder(user).GetCertificates(), held => held.Contains(new CertificateId(next)));

        var told = Outbox.Empty.Add(EnterpriseOutbox.MemberRemoved, user.ToString(), new CreditCode(world.Code)).Items[0];
        var handler = world.System.Services.GetServices<IOutboxHandler>().Single(one => one.Kind == EnterpriseOutbox.MemberRemoved);
        await handler.DeliverAsync(new OutboxDelivery(world.Grain.GetGrainId(), told), TestContext.Current.CancellationToken);
        Assert.Equal(CertificateState.Generating, await StateAsync(next));

        // Another removal ends that one too.
        await world.Boss.Client.RemoveMemberAsync(world.Code, user.Value);
        await Wait.UntilAsync(() => StateAsync(next), state => state == CertificateState.Revoked);

        async Task<CertificateState> StateAsync(Guid certificate) =>
            Assert.IsType<Done<CertificateFacts>>(await grains.Certificate(new CertificateId(certificate)).GetFacts()).Value.State;
    }

    [Fact]
    [Trait("Feature", "M022")]
    public async Task The_one_administrator_manages_the_people_and_everything_is_on_record()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var staff = await world.MemberAsync();
        await world.Boss.Client.RemoveMemberAsync(world.Code, staff.Id);
        await world.RestartAsync();
        var audit = await Wait.UntilAsync(() => world.Boss.Client.GetEnterpriseAuditAsync(world.Code), found => found.Entries.Count == 5);
        Assert.Equal(
            [
                (EnterpriseAct.MemberRemoved, world.BossId, staff.Id), (EnterpriseAct.MemberAdded, null, staff.Id), (EnterpriseAct.InvitationAccepted, staff.Id, staff.Id),
                (EnterpriseAct.Invited, world.BossId, null), (EnterpriseAct.Claimed, world.BossId, world.BossId),
            ],
            audit.Entries.Select(entry => (entry.Act, entry.Actor, entry.Subject)));
        Assert.Equal([5, 4, 3, 2, 1], audit.Entries.Select(entry => entry.Sequence));
        Assert.Null(audit.Before);
        Assert.Equal([2, 1], (await world.Boss.Client.GetEnterpriseAuditAsync(world.Code, before: 3)).Entries.Select(entry => entry.Sequence));

        // Nobody else looks at it, or does any of it.
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => staff.Client.GetEnterpriseAuditAsync(world.Code)));
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => staff.Client.InviteAsync(world.Code, staff.Invitation())));
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => staff.Client.RevokeAuthorisationsOfMemberAsync(world.Code, staff.Id)));
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => staff.Client.RevokeAuthorisationAsync(world.Code, Guid.NewGuid())));
    }

    [Fact]
    [Trait("Feature", "X23")]
    public async Task Bids_that_nobody_could_open_any_more_hold_a_removal_back()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var administrator = await world.MemberAsync();
        var opening = DateTimeOffset.FromUnixTimeSeconds(world.System.Clock.GetUtcNow().AddDays(9).ToUnixTimeSeconds());
        var project = new ProjectInfo("P-1", "某道路工程", opening);
        var serial = (await world.Boss.Client.GetCertificateAsync(world.Boss.Certificate)).EncryptionSerial!;
        var manifest = new BidManifestForm(CertifiedPhone.PlatformId, project.ProjectId, project.Name, opening, new byte[32], [new BidSection("投标文件", 1, new byte[32])], [serial]);
        var (opened, scanned) = await world.ScanAsync(new CreateSessionRequest(SessionKind.Encrypt) { Project = project, Documents = [new DocumentRequest(SigningForms.BidManifest, manifest.Content)] });
        Assert.IsType<PinOutcome.Done>(await world.Boss.ConfirmAsync(scanned, CertifiedPhone.Pin));
        Assert.Equal(SessionEnd.Ok, (await world.Platform.WaitAsync(opened.SessionId)).End);
        await world.TransferAsync(administrator);

        Assert.Equal(ErrorCodes.BidsUnopened, await Refusal.OfAsync(() => administrator.Client.RemoveMemberAsync(world.Code, world.BossId)));
        await world.RestartAsync();
        Assert.Equal(("P-1", opening), Assert.Single(await administrator.Client.GetUnopenedBidsOfMemberAsync(world.Code, world.BossId)) switch { var bid => (bid.ProjectId, bid.OpeningTime) });
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => world.Boss.Client.GetUnopenedBidsOfMemberAsync(world.Code, world.BossId)));
        await administrator.Client.RemoveMemberAsync(world.Code, world.BossId, insist: true);
        Assert.DoesNotContain((await administrator.Client.GetPeopleAsync(world.Code)).Members, member => member.UserId == world.BossId);
    }
}
