using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Protocol.Forms;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Platforms;
using ApplicationId = Bzt.Grains.ApplicationId;
using MemberVia = Bzt.Contracts.Phone.MemberVia;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Enterprises;

[Trait("Feature", "M040"), Trait("Surface", "api")]
public sealed class TransferTests
{
    [Fact]
    public async Task The_administrator_hands_over_with_the_pin_and_the_member_accepts()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var member = await world.MemberAsync();
        var other = await world.MemberAsync();
        var request = new TransferRequest(Guid.NewGuid(), member.Id, world.Boss.Certificate);

        // Only the administrator, only to a member, only with a certificate of his own of this enterprise.
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => other.Client.StartTransferAsync(world.Code, request)));
        var stranger = await world.RealNamedAsync();
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => world.Boss.Client.StartTransferAsync(world.Code, request with { Member = stranger.Id })));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => world.Boss.Client.StartTransferAsync(world.Code, request with { Member = world.BossId })));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => world.Boss.Client.StartTransferAsync(world.Code, request with { CertificateId = Guid.NewGuid() })));

        var transfer = await world.Boss.Client.StartTransferAsync(world.Code, request);
        Assert.Equal(TransferState.AwaitingConfirmation, transfer.State);
        Assert.Equal(transfer, await world.Boss.Client.StartTransferAsync(world.Code, request));
        Assert.Equal(ErrorCodes.TransferOpen, await Refusal.OfAsync(() => world.Boss.Client.StartTransferAsync(world.Code, request with { OperationId = Guid.NewGuid(), Member = other.Id })));

        // Nothing moves before the PIN, and a wrong one is none.
        Assert.Equal(ErrorCodes.TransferOver, await Refusal.OfAsync(() => member.Client.AcceptTransferAsync(world.Code, transfer.TransferId)));
        Assert.IsType<PinOutcome.WrongPin>(await world.Boss.Client.ConfirmTaskAsync(world.Boss.Certificate, transfer.TransferId, CertifiedPhone.WrongPin, _ => true));
        await world.RestartAsync();
        await world.ConfirmTransferAsync(transfer);
        var asked = await member.MessageAsync("转授管理员");
        Assert.Equal((MessageKind.TransferRequested, world.Code), (asked.Kind, asked.Subject));
        await world.RestartAsync();
        Assert.Equal(TransferState.AwaitingAcceptance, (await member.Client.GetTransferAsync(world.Code)).State);
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.GetTransferAsync(world.Code)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.AcceptTransferAsync(world.Code, transfer.TransferId)));

        await member.Client.AcceptTransferAsync(world.Code, transfer.TransferId);
        await member.Client.AcceptTransferAsync(world.Code, transfer.TransferId);
        await member.MessageAsync("您已成为企业管理员");
        await world.Boss.Phone.MessageAsync("管理员已转授");
        await Wait.UntilAsync(() => member.RoleAsync(world.Code), role => role == MemberRole.Administrator);
        await Wait.UntilAsync(() => world.Boss.Client.GetMeAsync(), me => me.Enterprises.Single().Role == MemberRole.Staff);

        await world.RestartAsync();
        Assert.Equal(
            [(member.Id, MemberRole.Administrator), (world.BossId, MemberRole.Staff)],
            (await member.Client.GetPeopleAsync(world.Code)).Members.Where(one => one.UserId != other.Id).Select(one => (one.UserId, one.Role)));
        Assert.Equal(TransferState.Done, (await member.Client.GetTransferAsync(world.Code)).State);

        // The former administrator invites nobody and hands nothing over any more.
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => world.Boss.Client.InviteAsync(world.Code, stranger.Invitation())));
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => world.Boss.Client.StartTransferAsync(world.Code, request with { OperationId = Guid.NewGuid(), Member = other.Id })));
        var found = await stranger.Client.FindEnterpriseAsync(world.Code);
        Assert.Equal($"{member.Phone.Person.Phone[..3]}****{member.Phone.Person.Phone[^4..]}", found.AdministratorMaskedPhoneNumber);
    }

    [Fact]
    public async Task It_is_declined_withdrawn_or_expires_and_the_administrator_stays()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var member = await world.MemberAsync();
        var declined = await StartedAsync(world, member);
        await member.Client.DeclineTransferAsync(world.Code, declined.TransferId);
        await world.Boss.Phone.MessageAsync("转授管理员被谢绝");
        Assert.Equal(ErrorCodes.TransferOver, await Refusal.OfAsync(() => member.Client.AcceptTransferAsync(world.Code, declined.TransferId)));

        var withdrawn = await StartedAsync(world, member);
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => member.Client.WithdrawTransferAsync(world.Code, withdrawn.TransferId)));
        await world.Boss.Client.WithdrawTransferAsync(world.Code, withdrawn.TransferId);
        Assert.Equal(ErrorCodes.TransferOver, await Refusal.OfAsync(() => member.Client.AcceptTransferAsync(world.Code, withdrawn.TransferId)));

        // Withdrawn before the PIN: there is nothing to confirm any more.
        var early = await world.Boss.Client.StartTransferAsync(world.Code, new TransferRequest(Guid.NewGuid(), member.Id, world.Boss.Certificate));
        await world.Boss.Client.WithdrawTransferAsync(world.Code, early.TransferId);
        Assert.Equal(TransferState.Withdrawn, (await world.Boss.Client.GetTransferAsync(world.Code)).State);

        var expired = await StartedAsync(world, member);
        world.System.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1));
        await world.RestartAsync();
        Assert.Equal(TransferState.Expired, (await member.Client.GetTransferAsync(world.Code)).State);
        Assert.Equal(ErrorCodes.TransferOver, await Refusal.OfAsync(() => member.Client.AcceptTransferAsync(world.Code, expired.TransferId)));
        Assert.Equal(world.BossId, Assert.Single((await world.Boss.Client.GetPeopleAsync(world.Code)).Members, one => one.Role == MemberRole.Administrator).UserId);
    }

    [Fact]
    public async Task Two_transfers_at_once_one_of_them_stands_and_so_does_acceptance_or_withdrawal()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var (one, two) = (await world.MemberAsync(), await world.MemberAsync());
        using var barrier = new Barrier(2);
        var started = await Task.WhenAll(new[] { one, two }.Select(member => InvitationTests.AtOnceAsync(
            barrier, () => world.Boss.Client.StartTransferAsync(world.Code, new TransferRequest(Guid.NewGuid(), member.Id, world.Boss.Certificate)))));
        Assert.Single(started, result => result is null);
        Assert.Single(started, result => result == ErrorCodes.TransferOpen);
        var winner = started[0] is null ? one : two;
        var transfer = await world.Boss.Client.GetTransferAsync(world.Code);
        Assert.Equal(winner.Id, transfer.To);
        await world.ConfirmTransferAsync(transfer);
        await winner.MessageAsync("转授管理员");

        var ended = await Task.WhenAll(
            InvitationTests.AtOnceAsync(barrier, () => winner.Client.AcceptTransferAsync(world.Code, transfer.TransferId)),
            InvitationTests.AtOnceAsync(barrier, () => world.Boss.Client.WithdrawTransferAsync(world.Code, transfer.TransferId)));
        Assert.Single(ended, result => result is null);
        Assert.Single(ended, result => result == ErrorCodes.TransferOver);
        Assert.Equal(
            ended[0] is null ? winner.Id : world.BossId,
            Assert.Single((await one.Client.GetPeopleAsync(world.Code)).Members, member => member.Role == MemberRole.Administrator).UserId);
    }

    [Fact]
    public async Task An_unreachable_administrator_is_replaced_once_by_the_cas_approval()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var heir = await world.RealNamedAsync();
        var member = await world.MemberAsync();
        await StartedAsync(world, member);
        var command = new ReplaceAdministrator(new ApplicationId(Guid.NewGuid()), new UserId(heir.Id), "继*", "138****0009");
        Assert.IsType<Done<Nothing>>(await world.Grain.ReplaceAdministrator(command));
        await world.Boss.Phone.MessageAsync("企业管理员已变更");
        await heir.MessageAsync("您已成为企业管理员");

        // What the former one had begun is over.
        var over = await world.Boss.Client.GetTransferAsync(world.Code);
        Assert.Equal(TransferState.Withdrawn, over.State);
        Assert.Equal(ErrorCodes.TransferOver, await Refusal.OfAsync(() => member.Client.AcceptTransferAsync(world.Code, over.TransferId)));
        await world.RestartAsync();
        Assert.IsType<Done<Nothing>>(await world.Grain.ReplaceAdministrator(command));
        Assert.Equal(
            [(heir.Id, MemberRole.Administrator, MemberVia.Replacement), (world.BossId, MemberRole.Staff, MemberVia.Claim), (member.Id, MemberRole.Staff, MemberVia.Invitation)],
            (await heir.Client.GetPeopleAsync(world.Code)).Members.Select(one => (one.UserId, one.Role, one.Via)));
    }

    [Fact]
    [Trait("Feature", "M023")]
    public async Task The_former_administrators_certificate_serves_what_the_new_one_authorises_and_no_more()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var member = await world.MemberAsync();
        await world.TransferAsync(member);

        // Staff without authorisation: refused with the reason, also after a restart.
        var (_, scanned) = await world.ScanAsync(EnterpriseWorld.Login());
        Assert.Equal((0, ErrorCodes.NotAuthorised), (scanned.Session.Certificates.Count, scanned.Session.NotEligibleCode));
        Assert.Equal(ErrorCodes.NotAuthorised, await Refusal.OfAsync(() => world.Boss.Client.OpenRequestAsync(scanned, world.Boss.Certificate)));
        await world.RestartAsync();
        (_, scanned) = await world.ScanAsync(EnterpriseWorld.Login());
        Assert.Equal(ErrorCodes.NotAuthorised, await Refusal.OfAsync(() => world.Boss.Client.OpenRequestAsync(scanned, world.Boss.Certificate)));

        // Authorised to log in, not to seal.
        await GrantAsync(world, AuthorisationScope.Login);
        var (opened, login) = await world.ScanAsync(EnterpriseWorld.Login());
        Assert.IsType<PinOutcome.Done>(await world.Boss.ConfirmAsync(login, CertifiedPhone.Pin));
        Assert.Equal(SessionEnd.Ok, (await world.Platform.WaitAsync(opened.SessionId)).End);
        var mine = Assert.Single(await world.Boss.Client.GetAuthorisationsAsync(world.Code));
        Assert.Equal([AuthorisationScope.Login], mine.Scopes);
        Assert.True(mine.InForce);
        var (_, hashes) = await world.ScanAsync(new CreateSessionRequest(SessionKind.Sign) { Documents = [new DocumentRequest(SigningForms.HashOnly, new HashOnlyForm(new byte[32], "一号文件").Content)] });
        Assert.Equal(ErrorCodes.NotAuthorised, await Refusal.OfAsync(() => world.Boss.Client.OpenRequestAsync(hashes, world.Boss.Certificate)));

        // Revoked between looking and confirming: nothing is signed, and the session ends.
        var (last, seen) = await world.ScanAsync(EnterpriseWorld.Login());
        using var request = await world.Boss.OpenAsync(seen);
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => world.Boss.Client.RevokeAuthorisationsOfPlatformAsync(world.Code, CertifiedPhone.PlatformId)));
        Assert.Equal(1, (await member.Client.RevokeAuthorisationsOfPlatformAsync(world.Code, CertifiedPhone.PlatformId)).Count);
        Assert.IsType<PinOutcome.Ended>(await world.Boss.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        Assert.Equal(SessionEnd.CertificateUnusable, (await world.Platform.WaitAsync(last.SessionId)).End);
        Assert.False(Assert.Single(await member.Client.GetAuthorisationsAsync(world.Code)).InForce);
    }

    [Fact]
    [Trait("Feature", "M044"), Trait("Feature", "M045")]
    public async Task Authorisations_are_deleted_one_by_one_by_platform_and_by_person_and_stay_in_the_history()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var administrator = await world.MemberAsync();
        await world.TransferAsync(administrator);
        await GrantAtAsync(world, CertifiedPhone.PlatformId, AuthorisationScope.Login);
        await GrantAtAsync(world, "jingzhou-ggzy", AuthorisationScope.Login);
        await GrantAtAsync(world, "jingzhou-ggzy", AuthorisationScope.Seal);
        var all = await administrator.Client.GetAuthorisationsAsync(world.Code);
        Assert.Equal(["jingzhou-ggzy", "jingzhou-ggzy", CertifiedPhone.PlatformId], all.Select(granted => granted.PlatformId));
        Assert.All(all, granted => Assert.Equal((true, world.BossId), (granted.InForce, granted.Member)));

        await administrator.Client.RevokeAuthorisationAsync(world.Code, all[0].AuthorisationId);
        await administrator.Client.RevokeAuthorisationAsync(world.Code, all[0].AuthorisationId);
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => administrator.Client.RevokeAuthorisationAsync(world.Code, Guid.NewGuid())));
        Assert.Equal(1, (await administrator.Client.RevokeAuthorisationsOfPlatformAsync(world.Code, "jingzhou-ggzy")).Count);
        Assert.Equal(0, (await administrator.Client.RevokeAuthorisationsOfPlatformAsync(world.Code, "jingzhou-ggzy")).Count);
        await world.RestartAsync();
        Assert.Equal([false, false, true], (await administrator.Client.GetAuthorisationsAsync(world.Code)).Select(granted => granted.InForce));
        var (_, still) = await world.ScanAsync(EnterpriseWorld.Login());
        (await world.Boss.OpenAsync(still)).Dispose();

        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => world.Boss.Client.RevokeAuthorisationsOfMemberAsync(world.Code, world.BossId)));
        Assert.Equal(1, (await administrator.Client.RevokeAuthorisationsOfMemberAsync(world.Code, world.BossId)).Count);
        await world.RestartAsync();
        var (_, over) = await world.ScanAsync(EnterpriseWorld.Login());
        Assert.Equal(ErrorCodes.NotAuthorised, await Refusal.OfAsync(() => world.Boss.Client.OpenRequestAsync(over, world.Boss.Certificate)));
        Assert.All(await administrator.Client.GetAuthorisationsAsync(world.Code), granted => Assert.True(granted is { InForce: false, EndedAt: not null }));
    }

    internal static Task GrantAsync(EnterpriseWorld world, params AuthorisationScope[] scopes) => GrantAtAsync(world, CertifiedPhone.PlatformId, scopes);

    /// <summary>As the approved application does.</summary>
    private static async Task GrantAtAsync(EnterpriseWorld world, string platform, params AuthorisationScope[] scopes)
    {
        var now = world.System.Clock.GetUtcNow();
        Assert.IsType<Done<Nothing>>(await world.Grain.Grant(new GrantAuthorisation(
            Guid.NewGuid(), new UserId(world.BossId), new PlatformId(platform), scopes, new CertificateId(world.Boss.Certificate), now.AddMinutes(-1), now.AddYears(1), null, null)));
    }

    /// <summary>Named and confirmed; the member is asked.</summary>
    private static async Task<TransferInfo> StartedAsync(EnterpriseWorld world, Person member)
    {
        var transfer = await world.Boss.Client.StartTransferAsync(world.Code, new TransferRequest(Guid.NewGuid(), member.Id, world.Boss.Certificate));
        await world.ConfirmTransferAsync(transfer);
        return await Wait.UntilAsync(() => member.Client.GetTransferAsync(world.Code), found => found.State == TransferState.AwaitingAcceptance);
    }
}
