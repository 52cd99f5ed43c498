using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Enterprises;
using static Bzt.Tests.Sealing.SealingWorld;
using EnterpriseAct = Bzt.Contracts.Phone.EnterpriseAct;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Sealing;

/// <summary>Whoever and whatever may end a sealing session does so at once.</summary>
[Trait("Surface", "api")]
public sealed class SealingEndTests
{
    private const string WrongPin = CertifiedPhone.WrongPin;

    [Fact]
    [Trait("Feature", "X14")]
    public async Task It_ends_at_once_from_phone_and_administrator_with_the_certificate_and_with_the_authorisation()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var (boss, platform) = (world.Boss, world.Platform);
        using var staff = await boss.ColleagueAsync();
        await GrantAsync(world, staff);
        await staff.BindAsync(platform);

        // From the phone: what waits is refused, nothing is signed any more.
        var own = (await boss.BeginAsync(platform)).SealingSessionId;
        var waiting = await platform.OpenAsync(ToSeal("一.pdf").In(own));
        Assert.Equal(SealingSessionEnd.StoppedByHolder, (await boss.Client.EndSealingSessionAsync(own)).End);
        Assert.Equal(SessionEnd.Refused, (await platform.WaitAsync(waiting.SessionId)).End);
        Assert.Equal(0, (await boss.Client.AnswerSealingSessionAsync(own)).Signed);

        // From the administrator, who is told of it and sees it; its holder and other staff do not see each other's. It is on record.
        var members = (await staff.BeginAsync(platform)).SealingSessionId;
        await Wait.UntilAsync(async () => (await boss.Client.GetInboxAsync()).Messages, messages => messages.Any(message => message.Kind == MessageKind.SealingSessionBegun));
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => staff.Client.GetEnterpriseSealingSessionsAsync(world.Code)));
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => staff.Client.EndEnterpriseSealingSessionAsync(world.Code, own)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => boss.Client.EndSealingSessionAsync(members)));
        await Wait.UntilAsync(() => boss.Client.GetEnterpriseSealingSessionsAsync(world.Code), found => found.Any(session => session.SealingSessionId == members));
        waiting = await platform.OpenAsync(ToSeal("二.pdf").In(members));
        Assert.Equal(SealingSessionEnd.StoppedByAdministrator, (await boss.Client.EndEnterpriseSealingSessionAsync(world.Code, members)).End);
        Assert.Equal(SessionEnd.Refused, (await platform.WaitAsync(waiting.SessionId)).End);
        var look = await staff.Client.AnswerSealingSessionAsync(members);
        Assert.Equal((0, SealingSessionEnd.StoppedByAdministrator), (look.Signed, look.Session.End));
        await Wait.UntilAsync(() => boss.Client.GetEnterpriseAuditAsync(world.Code), audit => audit.Entries.Any(
            entry => entry.Act == EnterpriseAct.SealingSessionStopped && entry.Actor == world.BossId && entry.Detail == members.ToString()));
        await staff.Phone.MessageAsync("会话签章已结束");

        // The authorisation ends while a request waits: the next operation ends the session.
        var authorised = (await staff.BeginAsync(platform)).SealingSessionId;
        waiting = await platform.OpenAsync(ToSeal("三.pdf").In(authorised));
        await boss.Client.RevokeAuthorisationsOfMemberAsync(world.Code, staff.Phone.Login!.UserId);
        look = await staff.Client.AnswerSealingSessionAsync(authorised);
        Assert.Equal((0, SealingSessionEnd.NotAuthorised), (look.Signed, look.Session.End));
        Assert.Equal(SessionEnd.CertificateUnusable, (await platform.WaitAsync(waiting.SessionId)).End);
        Assert.Equal(ErrorCodes.SealingSessionEnded, await Refusal.OfAsync(() => platform.OpenAsync(ToSeal("四.pdf").In(authorised))));

        // Removal of the person ends it in the certificate's own write.
        await GrantAsync(world, staff);
        var removed = (await staff.BeginAsync(platform)).SealingSessionId;
        await boss.Client.RemoveMemberAsync(world.Code, staff.Phone.Login.UserId);
        await Wait.UntilAsync(() => platform.GetSealingSessionAsync(removed), found => found.End == SealingSessionEnd.NotAuthorised);

        // Time, by the server's clock.
        var timed = (await boss.BeginAsync(platform, minutes: 10)).SealingSessionId;
        world.System.Clock.Advance(TimeSpan.FromMinutes(10));
        look = await boss.Client.AnswerSealingSessionAsync(timed);
        Assert.Equal((0, SealingSessionEnd.TimeReached), (look.Signed, look.Session.End));

        // Wrong PINs at anything that lock the certificate.
        var locked = (await boss.BeginAsync(platform)).SealingSessionId;
        waiting = await platform.OpenAsync(ToSeal("五.pdf").In(locked));
        var (_, scanned) = await world.ScanAsync(EnterpriseWorld.Login());
        using (var login = await boss.OpenAsync(scanned))
        {
            for (var tries = 0; tries < 5; tries++)
            {
                Assert.IsType<PinOutcome.WrongPin>(await boss.Client.ConfirmAsync(login, WrongPin));
            }
        }

        look = await boss.Client.AnswerSealingSessionAsync(locked);
        Assert.Equal((0, SealingSessionEnd.PinLocked), (look.Signed, look.Session.End));
        Assert.Equal(SessionEnd.Locked, (await platform.WaitAsync(waiting.SessionId)).End);

        // Revocation; and all ends are as they were after a restart.
        world.System.Clock.Advance(TimeSpan.FromMinutes(31));
        var revoked = (await boss.BeginAsync(platform)).SealingSessionId;
        var revocation = await boss.Client.AskRevocationAsync(boss.Certificate, Guid.NewGuid(), insist: true);
        Assert.IsType<PinOutcome.Done>(await boss.Client.ConfirmTaskAsync(boss.Certificate, revocation.TaskId, CertifiedPhone.Pin, _ => true));
        await world.RestartAsync();
        foreach (var (sealing, end) in ((Guid, SealingSessionEnd)[])
        [
            (own, SealingSessionEnd.StoppedByHolder), (members, SealingSessionEnd.StoppedByAdministrator), (authorised, SealingSessionEnd.NotAuthorised),
            (removed, SealingSessionEnd.NotAuthorised), (timed, SealingSessionEnd.TimeReached), (locked, SealingSessionEnd.PinLocked), (revoked, SealingSessionEnd.CertificateUnusable),
        ])
        {
            Assert.Equal(end, (await world.Platform.GetSealingSessionAsync(sealing)).End);
        }
    }

    private static async Task GrantAsync(EnterpriseWorld world, CertifiedPhone member)
    {
        var now = world.System.Clock.GetUtcNow();
        Assert.IsType<Done<Nothing>>(await world.Grain.Grant(new GrantAuthorisation(
            Guid.NewGuid(), new UserId(member.Phone.Login!.UserId), new PlatformId(CertifiedPhone.PlatformId), [AuthorisationScope.Login, AuthorisationScope.Seal],
            new CertificateId(member.Certificate), now.AddMinutes(-1), now.AddYears(1), null, null)));
    }
}
