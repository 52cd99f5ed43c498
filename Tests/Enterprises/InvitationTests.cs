using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;

namespace Bzt.Tests.Enterprises;

[Trait("Feature", "M037"), Trait("Surface", "api")]
public sealed class InvitationTests
{
    [Fact]
    public async Task Who_is_invited_hears_of_it_and_becomes_staff_by_accepting()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var person = await world.RealNamedAsync();
        var request = person.Invitation();
        var invited = await world.Boss.Client.InviteAsync(world.Code, request);
        Assert.Equal((InvitationState.Open, request.OperationId), (invited.State, invited.InvitationId));
        Assert.Equal($"{person.Phone.Person.Phone[..3]}****{person.Phone.Person.Phone[^4..]}", invited.MaskedPhoneNumber);
        Assert.DoesNotContain(person.Phone.Person.Name, invited.MaskedName, StringComparison.Ordinal);

        // A repeat is the same; another person under the same id is none; the same number again waits for the first.
        Assert.Equal(invited, await world.Boss.Client.InviteAsync(world.Code, request));
        Assert.Equal(ErrorCodes.IdempotencyConflict, await Refusal.OfAsync(() => world.Boss.Client.InviteAsync(world.Code, request with { Name = "王小明" })));
        Assert.Equal(ErrorCodes.InvitationOpen, await Refusal.OfAsync(() => world.Boss.Client.InviteAsync(world.Code, request with { OperationId = Guid.NewGuid() })));

        var message = await person.MessageAsync("加入企业邀请");
        Assert.Equal((MessageKind.InvitationReceived, invited.InvitationId.ToString()), (message.Kind, message.Subject));

        await world.RestartAsync();
        Assert.Equal(invited.InvitationId, Assert.Single(await person.Client.GetInvitationsAsync()).InvitationId);

        // Another number's owner does not even learn that there is one.
        var other = await world.RealNamedAsync();
        Assert.Empty(await other.Client.GetInvitationsAsync());
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.AcceptInvitationAsync(world.Code, invited.InvitationId)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.DeclineInvitationAsync(world.Code, invited.InvitationId)));

        await person.Client.AcceptInvitationAsync(world.Code, invited.InvitationId);
        await person.Client.AcceptInvitationAsync(world.Code, invited.InvitationId);
        Assert.Equal(ErrorCodes.InvitationOver, await Refusal.OfAsync(() => person.Client.DeclineInvitationAsync(world.Code, invited.InvitationId)));
        Assert.Equal(ErrorCodes.InvitationOver, await Refusal.OfAsync(() => world.Boss.Client.WithdrawInvitationAsync(world.Code, invited.InvitationId)));
        await Wait.UntilAsync(() => person.RoleAsync(world.Code), role => role == MemberRole.Staff);
        await world.Boss.Phone.MessageAsync("邀请已接受");

        await world.RestartAsync();
        var people = await world.Boss.Client.GetPeopleAsync(world.Code);
        Assert.Equal([(world.BossId, MemberRole.Administrator, MemberVia.Claim), (person.Id, MemberRole.Staff, MemberVia.Invitation)], people.Members.Select(member => (member.UserId, member.Role, member.Via)));
        Assert.Equal(InvitationState.Accepted, Assert.Single(people.Invitations).State);

        // Staff sees who belongs to it, invites nobody, and sees no invitations.
        Assert.Empty((await person.Client.GetPeopleAsync(world.Code)).Invitations);
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => person.Client.InviteAsync(world.Code, other.Invitation())));
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => other.Client.GetPeopleAsync(world.Code)));
    }

    [Fact]
    public async Task A_number_without_account_finds_its_invitation_at_registration_and_needs_the_invited_name()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var who = EmbeddedSystem.NextPerson();
        var wrongly = await world.Boss.Client.InviteAsync(world.Code, new InviteRequest(Guid.NewGuid(), who.Name + "甲", who.Phone));
        var person = await world.LoggedInAsync(who);
        await person.MessageAsync("加入企业邀请");
        Assert.Equal(wrongly.InvitationId, Assert.Single(await person.Client.GetInvitationsAsync()).InvitationId);

        // Without real name nobody joins; with another name neither, and the administrator hears why.
        Assert.Equal(ErrorCodes.RealNameRequired, await Refusal.OfAsync(() => person.Client.AcceptInvitationAsync(world.Code, wrongly.InvitationId)));
        await person.Phone.ProveRealNameAsync();
        Assert.Equal(ErrorCodes.InvitationNameMismatch, await Refusal.OfAsync(() => person.Client.AcceptInvitationAsync(world.Code, wrongly.InvitationId)));
        Assert.Null(await person.RoleAsync(world.Code));
        await world.Boss.Phone.MessageAsync("邀请姓名不一致");

        await world.Boss.Client.WithdrawInvitationAsync(world.Code, wrongly.InvitationId);
        Assert.Equal(ErrorCodes.InvitationOver, await Refusal.OfAsync(() => person.Client.AcceptInvitationAsync(world.Code, wrongly.InvitationId)));
        var rightly = await world.Boss.Client.InviteAsync(world.Code, person.Invitation());
        await world.RestartAsync();
        await person.Client.AcceptInvitationAsync(world.Code, rightly.InvitationId);
        Assert.Equal([InvitationState.Accepted, InvitationState.Withdrawn], (await person.Client.GetInvitationsAsync()).Select(invitation => invitation.State));
    }

    [Fact]
    public async Task It_is_declined_or_expires()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var person = await world.RealNamedAsync();
        var declined = await world.Boss.Client.InviteAsync(world.Code, person.Invitation());
        await person.Client.DeclineInvitationAsync(world.Code, declined.InvitationId);
        await world.Boss.Phone.MessageAsync("邀请已谢绝");
        Assert.Equal(ErrorCodes.InvitationOver, await Refusal.OfAsync(() => person.Client.AcceptInvitationAsync(world.Code, declined.InvitationId)));

        var expired = await world.Boss.Client.InviteAsync(world.Code, person.Invitation());
        world.System.Clock.Advance(TimeSpan.FromDays(7));
        await world.RestartAsync();
        Assert.Equal(ErrorCodes.InvitationOver, await Refusal.OfAsync(() => person.Client.AcceptInvitationAsync(world.Code, expired.InvitationId)));
        Assert.Equal([InvitationState.Expired, InvitationState.Declined], (await world.Boss.Client.GetPeopleAsync(world.Code)).Invitations.Select(invitation => invitation.State));
        Assert.Null(await person.RoleAsync(world.Code));
    }

    [Fact]
    public async Task Accepted_and_withdrawn_at_once_one_of_them_stands()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var person = await world.RealNamedAsync();
        for (var round = 0; round < 4; round++)
        {
            var invited = await world.Boss.Client.InviteAsync(world.Code, person.Invitation());
            using var barrier = new Barrier(2);
            var results = await Task.WhenAll(
                AtOnceAsync(barrier, () => person.Client.AcceptInvitationAsync(world.Code, invited.InvitationId)),
                AtOnceAsync(barrier, () => world.Boss.Client.WithdrawInvitationAsync(world.Code, invited.InvitationId)));
            Assert.Single(results, result => result is null);
            Assert.Single(results, result => result == ErrorCodes.InvitationOver);
            var accepted = results[0] is null;
            var people = await world.Boss.Client.GetPeopleAsync(world.Code);
            Assert.Equal(accepted, people.Members.Any(member => member.UserId == person.Id));
            Assert.Equal(accepted ? InvitationState.Accepted : InvitationState.Withdrawn, people.Invitations[0].State);
            if (accepted)
            {
                await world.Boss.Client.RemoveMemberAsync(world.Code, person.Id);
            }
        }
    }

    /// <summary>Null when it went through, else the code of the refusal.</summary>
    internal static Task<string?> AtOnceAsync(Barrier barrier, Func<Task> act) => Task.Factory.StartNew(
        async () =>
        {
            barrier.SignalAndWait(TimeSpan.FromSeconds(60));
            try
            {
                await act();
                return null;
            }
            catch (ApiRefusedException refused)
            {
                return refused.Code;
            }
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
}
