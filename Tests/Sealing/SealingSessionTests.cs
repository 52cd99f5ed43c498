using Bzt.BidTool.Sessions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Enterprises;
using Bzt.Tests.Platforms;
using static Bzt.Tests.Sealing.SealingWorld;
using EnterpriseAct = Bzt.Contracts.Phone.EnterpriseAct;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Sealing;

/// <summary>会话签章 end to end: what is pushed, what is answered, what ends it; each through restarts.</summary>
[Trait("Surface", "api")]
public sealed class SealingSessionTests
{
    private const string WrongPin = CertifiedPhone.WrongPin;

    [Fact]
    [Trait("Feature", "M071"), Trait("Feature", "X14")]
    public async Task With_automatic_confirmation_later_seals_need_no_touch()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var (phone, platform) = (world.Boss, world.Platform);
        var session = await phone.BeginAsync(platform, automatic: true, documents: 10);
        var id = session.SealingSessionId;
        var epoch = Record(phone).Epoch;
        var stored = phone.Store[phone.Certificate.ToString("D")];

        // Pushed, answered, without a touch: neither epoch nor count moves. Two documents are all or nothing.
        var request = ToSeal("一.pdf", "二.pdf").In(id);
        var two = await platform.OpenAsync(request, "two");
        Assert.Equal(two.SessionId, (await platform.OpenAsync(request, "two")).SessionId);
        var look = await phone.Client.AnswerSealingSessionAsync(id);
        Assert.Equal((2, 0), (look.Signed, look.Waiting.Count));
        Assert.Equal(2, (await platform.SealedAsync(two.SessionId)).Signatures.Count);
        Assert.Equal(stored, phone.Store[phone.Certificate.ToString("D")]);
        Assert.Equal(epoch, Record(phone).Epoch);
        Assert.Equal(0, (await phone.Client.GetCertificateAsync(phone.Certificate)).Failures);

        // By itself, as the app does it: the hub wakes it up.
        using (var stop = new CancellationTokenSource())
        {
            var running = phone.Client.RunSealingSessionAsync(id, cancellation: stop.Token);
            await platform.SealedAsync((await platform.OpenAsync(ToSeal("三.pdf").In(id))).SessionId);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }

        // The server starts again: the phone deposits anew, what was pushed before waits.
        var waiting = await platform.OpenAsync(ToSeal("四.pdf").In(id));
        await world.System.RestartAsync();
        phone.Phone.Reconnect();
        platform = await phone.PlatformAsync();
        Assert.Equal(1, (await phone.Client.AnswerSealingSessionAsync(id)).Signed);
        await platform.SealedAsync(waiting.SessionId);

        // A confirmation in between moves the share in memory along.
        var login = await platform.OpenAsync(EnterpriseWorld.Login());
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(await phone.Client.ScanAsync(login), CertifiedPhone.Pin));
        Assert.Equal(epoch + 1, Record(phone).Epoch);
        var five = await platform.OpenAsync(ToSeal("五.pdf").In(id));
        Assert.Equal(1, (await phone.Client.AnswerSealingSessionAsync(id)).Signed);
        await platform.SealedAsync(five.SessionId);

        // Another window of this phone confirms: the share of this one is of no use any more, and it pauses rather than spend a PIN try.
        var elsewhere = await platform.OpenAsync(EnterpriseWorld.Login());
        var window = await phone.WindowAsync();
        using (var other = Assert.IsType<RequestOpening.Opened>(await window.OpenRequestAsync(await window.ScanAsync(elsewhere), phone.Certificate)).Request)
        {
            Assert.IsType<PinOutcome.Done>(await window.ConfirmAsync(other, CertifiedPhone.Pin));
        }

        var beside = await platform.OpenAsync(ToSeal("窗.pdf").In(id));
        look = await phone.Client.AnswerSealingSessionAsync(id);
        Assert.Equal((0, SealingSessionState.Paused), (look.Signed, look.Session.State));
        Assert.IsType<PinOutcome.Done>(await phone.Client.ResumeSealingSessionAsync(id, CertifiedPhone.Pin));
        Assert.Equal(1, (await phone.Client.AnswerSealingSessionAsync(id)).Signed);
        await platform.SealedAsync(beside.SessionId);

        // The app starts again: an opened share is nowhere stored. What comes in waits, the PC sees why; a wrong PIN leaves it so.
        await phone.ReconnectAsync();
        Assert.False(phone.Client.IsSealingSessionOpen(id));
        Assert.Equal(SealingSessionState.Paused, Assert.Single(await phone.Client.RecoverSealingSessionsAsync()).State);
        Assert.Equal(SealingSessionState.Paused, (await platform.GetSealingSessionAsync(id)).State);
        var six = await platform.OpenAsync(ToSeal("六.pdf").In(id));
        Assert.Single((await phone.Client.AnswerSealingSessionAsync(id)).Waiting);
        Assert.IsType<PinOutcome.WrongPin>(await phone.Client.ResumeSealingSessionAsync(id, WrongPin));
        Assert.Equal(1, (await platform.GetSealingSessionAsync(id)).WaitingDocuments);
        Assert.IsType<PinOutcome.Done>(await phone.Client.ResumeSealingSessionAsync(id, CertifiedPhone.Pin));
        Assert.Equal(1, (await phone.Client.AnswerSealingSessionAsync(id)).Signed);
        await platform.SealedAsync(six.SessionId);

        // More than is left is not let in; what is left is, and is the last.
        Assert.Equal(ErrorCodes.SealingSessionBoundReached, await Refusal.OfAsync(() => platform.OpenAsync(ToSeal("七.pdf", "八.pdf", "九.pdf", "十.pdf").In(id))));
        var last = await platform.OpenAsync(ToSeal("七.pdf", "八.pdf", "九.pdf").In(id));
        look = await phone.Client.AnswerSealingSessionAsync(id);
        Assert.Equal((SealingSessionState.Ended, SealingSessionEnd.CountReached), (look.Session.State, look.Session.End));
        Assert.Equal(3, (await platform.SealedAsync(last.SessionId)).Signatures.Count);
        Assert.False(phone.Client.IsSealingSessionOpen(id));
        Assert.Equal(ErrorCodes.SealingSessionEnded, await Refusal.OfAsync(() => platform.OpenAsync(ToSeal("十.pdf").In(id))));
        await phone.Phone.MessageAsync("会话签章已结束");

        // Every request is in the log, and every signature in the chain, with the session it was in.
        await world.RestartAsync();
        var log = (await phone.Client.GetSealingSessionsAsync()).Single().Log;
        Assert.Equal(["一.pdf", "二.pdf", "三.pdf", "四.pdf", "五.pdf", "窗.pdf", "六.pdf", "七.pdf", "八.pdf", "九.pdf"], log.SelectMany(line => line.Documents));
        Assert.All(log, line => Assert.Equal(SessionEnd.Ok, line.End));
        var evidence = await phone.EvidenceAsync();
        var signed = evidence.Entries.Where(entry => entry.Kind == EvidenceKind.Signed && entry.Facts.Any(fact => fact.Name == "sealing-session" && fact.Value == id.ToString())).ToList();
        Assert.Equal((7, 10), (signed.Count, signed.Sum(entry => entry.Digests.Count)));
    }

    [Fact]
    [Trait("Feature", "M070")]
    public async Task Without_it_later_requests_come_without_a_scan_and_are_confirmed_one_by_one()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var (phone, platform) = (world.Boss, world.Platform);
        var id = (await phone.BeginAsync(platform, automatic: false, documents: 3)).SealingSessionId;
        Assert.False(phone.Client.IsSealingSessionOpen(id));

        var pushed = await platform.OpenAsync(ToSeal("清单.pdf").In(id));
        var waiting = Assert.Single((await phone.Client.AnswerSealingSessionAsync(id)).Waiting);
        Assert.Equal((pushed.SessionId, SessionState.Scanned), (waiting.SessionId, waiting.State));
        using (var request = await phone.OpenAsync(SealingLook.AsScanned(waiting)))
        {
            Assert.IsType<PinOutcome.WrongPin>(await phone.Client.ConfirmAsync(request, WrongPin));
            Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        await platform.SealedAsync(pushed.SessionId);

        // The user says no: the PC hears it, the session goes on, through a restart of everything. There is nothing to pause.
        var refused = await platform.OpenAsync(ToSeal("清单.pdf").In(id));
        await phone.Client.RefuseAsync(refused.SessionId);
        Assert.Equal(SessionEnd.Refused, (await platform.WaitAsync(refused.SessionId)).End);
        var next = await platform.OpenAsync(ToSeal("报价.pdf").In(id));
        await world.RestartAsync();
        platform = world.Platform;
        Assert.Equal(SealingSessionState.Running, Assert.Single(await phone.Client.RecoverSealingSessionsAsync()).State);
        waiting = Assert.Single((await phone.Client.AnswerSealingSessionAsync(id)).Waiting);
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(SealingLook.AsScanned(waiting), CertifiedPhone.Pin));
        await platform.SealedAsync(next.SessionId);
        var info = await Wait.UntilAsync(() => phone.Client.GetSealingSessionAsync(id), found => found.Log.All(line => line.End is not null));
        Assert.Equal([SessionEnd.Ok, SessionEnd.Refused, SessionEnd.Ok], info.Log.Select(line => line.End!.Value));
        Assert.Equal((2, 1), (info.UsedDocuments, info.RemainingDocuments));

        // Opened before the end, confirmed after it: nothing is signed.
        var late = await platform.OpenAsync(ToSeal("附件.pdf").In(id));
        waiting = Assert.Single((await phone.Client.AnswerSealingSessionAsync(id)).Waiting);
        using var open = await phone.OpenAsync(SealingLook.AsScanned(waiting));
        await platform.EndSealingSessionAsync(id);
        Assert.IsType<PinOutcome.Ended>(await phone.Client.ConfirmAsync(open, CertifiedPhone.Pin));
        Assert.Equal(SessionEnd.Cancelled, (await platform.WaitAsync(late.SessionId)).End);
        Assert.Equal(SealingSessionEnd.StoppedByPlatform, (await phone.Client.GetSealingSessionAsync(id)).End);
    }

    [Fact]
    [Trait("Feature", "X14")]
    public async Task Nothing_outside_its_bounds_comes_in()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var (phone, platform) = (world.Boss, world.Platform);

        // Only at a request for seals in a project, and never beyond what the user may tick.
        var (_, scanned) = await world.ScanAsync(EnterpriseWorld.Login());
        using (var login = await phone.OpenAsync(scanned))
        {
            Assert.Equal(ErrorCodes.SealingSessionNotOffered, await Refusal.OfAsync(() => TickAsync(login, 50, 60)));
        }

        (_, scanned) = await world.ScanAsync(ToSeal("投标函.pdf") with { Project = null });
        using (var projectless = await phone.OpenAsync(scanned))
        {
            Assert.Equal(ErrorCodes.SealingSessionNotOffered, await Refusal.OfAsync(() => TickAsync(projectless, 50, 60)));
        }

        var (opened, request, wish) = await phone.TickAsync(platform, automatic: true, documents: 4);
        using (request)
        {
            foreach (var (documents, minutes) in ((int, int)[])[(51, 60), (0, 60), (50, 61), (50, 0)])
            {
                Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => TickAsync(request, documents, minutes)));
            }

            // Asked for and not confirmed: a wrong PIN begins nothing, the right one the same session.
            var wrong = await phone.Client.ConfirmWithSealingSessionAsync(request, wish, WrongPin);
            Assert.IsType<PinOutcome.WrongPin>(wrong.Request);
            Assert.Equal((null, SealingSessionState.Proposed), (wrong.Session, wrong.Info.State));
            Assert.Equal(ErrorCodes.SealingSessionNotConfirmed, await Refusal.OfAsync(() => platform.OpenAsync(ToSeal("清单.pdf").In(wish.SealingSessionId))));
            Assert.Equal(ErrorCodes.IdempotencyConflict, await Refusal.OfAsync(() => phone.Client.ConfirmWithSealingSessionAsync(request, wish with { MaxDocuments = 50 }, CertifiedPhone.Pin)));
            Assert.IsType<PinOutcome.Done>((await phone.Client.ConfirmWithSealingSessionAsync(request, wish, CertifiedPhone.Pin)).Session);
        }

        await platform.SealedAsync(opened.SessionId);
        var id = wish.SealingSessionId;
        (opened, request, wish) = await phone.TickAsync(platform, automatic: true);
        using (request)
        {
            Assert.Equal(ErrorCodes.SealingSessionTooMany, await Refusal.OfAsync(() => phone.Client.ConfirmWithSealingSessionAsync(request, wish, CertifiedPhone.Pin)));
        }

        // Another project, enterprise, kind, platform.
        var seal = ToSeal("清单.pdf").In(id);
        Assert.Equal(ErrorCodes.SealingSessionOtherProject, await Refusal.OfAsync(() => platform.OpenAsync(seal with { Project = Project with { ProjectId = "YC-9" } })));
        Assert.Equal(ErrorCodes.SealingSessionOtherProject, await Refusal.OfAsync(() => platform.OpenAsync(seal with { Project = null })));
        Assert.Equal(ErrorCodes.EnterpriseMismatch, await Refusal.OfAsync(() => platform.OpenAsync(seal with { Enterprise = phone.Enterprise with { Name = "别的公司" } })));
        foreach (var kind in (SessionKind[])[SessionKind.Bind, SessionKind.Login, SessionKind.Sign, SessionKind.Encrypt, SessionKind.Decrypt])
        {
            Assert.Equal(ErrorCodes.KindNotAllowed, await Refusal.OfAsync(() => platform.OpenAsync(seal with { Kind = kind })));
        }

        using var other = await RelyingParty.RegisterAsync(world.System);
        await phone.BindToAsync(other.Client);
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.OpenAsync(seal)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.GetSealingSessionAsync(id)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.EndSealingSessionAsync(id)));

        // The bid tool of this bidder on this project may; on another project it is as if there were none.
        using (var tool = await ToolAsync(world, Project))
        {
            var pushed = await tool.Client.OpenAsync(seal);
            Assert.Equal(1, (await phone.Client.AnswerSealingSessionAsync(id)).Signed);
            await tool.Client.SealedAsync(pushed.SessionId);
        }

        using (var tool = await ToolAsync(world, Project with { ProjectId = "YC-9" }))
        {
            Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => tool.Client.OpenAsync(seal)));
            Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => tool.Client.EndSealingSessionAsync(id)));
        }

        // Three are left: of six that come at once three are let in, and a repeat is the same one.
        var racing = await Task.WhenAll(Enumerable.Range(0, 6).Select(async number =>
        {
            try
            {
                return await platform.OpenAsync(ToSeal($"{number}.pdf").In(id));
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.SealingSessionBoundReached)
            {
                return null;
            }
        }));
        Assert.Equal(3, racing.Count(session => session is not null));

        // Lost answers cost nothing: the same parts again, each answered once.
        phone.Net.Lose = number => number % 3 == 0;
        var look = await phone.Client.AnswerSealingSessionAsync(id);
        phone.Net.Lose = _ => false;
        Assert.Equal((SealingSessionState.Ended, SealingSessionEnd.CountReached, 4), (look.Session.State, look.Session.End, look.Session.UsedDocuments));
        foreach (var session in racing.OfType<OpenedSession>())
        {
            await platform.SealedAsync(session.SessionId);
        }

        await world.RestartAsync();
        Assert.Equal(ErrorCodes.SealingSessionEnded, await Refusal.OfAsync(() => world.Platform.OpenAsync(seal)));
        Assert.Equal(4, (await phone.EvidenceAsync()).Entries.Count(entry => entry.Facts.Any(fact => fact.Name == "sealing-session")));

        Task<SealingConfirmation> TickAsync(OpenedRequest at, int documents, int minutes) => phone.Client.ConfirmWithSealingSessionAsync(
            at, new SealingSessionRequest(Guid.CreateVersion7(), phone.Certificate, documents, minutes, Automatic: true), CertifiedPhone.Pin);
    }

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

    private static async Task<Tool> ToolAsync(EnterpriseWorld world, ProjectInfo project)
    {
        var key = new EcdsaDeviceKey();
        var token = await world.Platform.CreateProjectTokenAsync(new ProjectTokenRequest(project, world.Code, DpopProofs.ThumbprintOf(key.PublicKey), 3600));
        return new Tool(key, new HttpClient(new ToolHandler(token.Token, key)) { BaseAddress = world.System.Address }, world.System.Clock);
    }

    private sealed class Tool(EcdsaDeviceKey key, HttpClient http, TimeProvider clock) : IDisposable
    {
        public PlatformClient Client { get; } = new(http, clock);

        public void Dispose()
        {
            http.Dispose();
            key.Dispose();
        }
    }

    private static PhoneKeyRecord Record(CertifiedPhone phone) =>
        PhoneKeyRecord.TryParse(phone.Store[phone.Certificate.ToString("D")], out var record) ? record! : throw new InvalidDataException("No record.");
}
