using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Inbox;
using Bzt.Grains.Sealing;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Forms;

namespace Bzt.Tests.Sealing;

/// <summary>What a sealing session lets in, what it takes from the certificate, and whom it tells: pure.</summary>
public sealed class SealingSessionRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, 500, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");
    private static readonly SealingId Sealing = new(Id);
    private static readonly PlatformId Platform = new("yichang-ggzy");
    private static readonly CreditCode Enterprise = new("91420500MA49ABCD28");

    [Fact]
    public void It_ends_after_as_many_minutes_as_were_asked_for_counted_in_whole_seconds()
    {
        var begun = Proposed();
        Assert.Equal((new DateTimeOffset(2026, 11, 25, 8, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero)), (begun.StartedAt, begun.ExpiresAt));
        Assert.Equal((SealingSessionState.Proposed, Enterprise, "宜昌测试有限公司"), (begun.Phase, begun.CreditCode, begun.EnterpriseName));
    }

    [Fact]
    public void Only_its_platform_and_a_tool_of_the_same_bidder_and_project_use_it()
    {
        var state = Running();
        Assert.True(SealingSessionRules.IsUsersOwn(state, new SealingUser(Platform, null, null)));
        Assert.True(SealingSessionRules.IsUsersOwn(state, new SealingUser(Platform, "P-1", Enterprise)));
        Assert.False(SealingSessionRules.IsUsersOwn(state, new SealingUser(new PlatformId("other"), null, null)));
        Assert.False(SealingSessionRules.IsUsersOwn(state, new SealingUser(Platform, "P-2", Enterprise)));
        Assert.False(SealingSessionRules.IsUsersOwn(state, new SealingUser(Platform, "P-1", new CreditCode("91420500MA49ABCD36"))));
        Assert.False(SealingSessionRules.IsUsersOwn(new SealingState(), new SealingUser(Platform, null, null)));
    }

    [Fact]
    public void A_request_comes_in_within_the_bounds_only()
    {
        var running = Running();
        Assert.Null(SealingSessionRules.RefuseRequest(running, Request()));
        Assert.Null(SealingSessionRules.RefuseRequest(running, Request(3)));
        Refused(RefusalCode.SealingSessionNotConfirmed, Proposed(), Request());
        Refused(RefusalCode.SealingSessionEnded, Follow(running, SealingSessionState.Ended, SealingSessionEnd.TimeReached), Request());
        Refused(RefusalCode.KindNotAllowed, running, Request() with { Kind = SessionKind.Decrypt });
        Refused(RefusalCode.SealingSessionOtherProject, running, Request() with { Project = new SessionProject("P-2", "项目", Now) });
        Refused(RefusalCode.SealingSessionOtherProject, running, Request() with { Project = null });
        Refused(RefusalCode.EnterpriseMismatch, running, Request() with { OnlyFor = new CreditCode("91420500MA49ABCD36") });
        Refused(RefusalCode.EnterpriseMismatch, running, Request() with { Enterprise = new SessionEnterprise("别的公司", Enterprise) });

        // What waits counts as used, and so many may wait.
        Refused(RefusalCode.SealingSessionBoundReached, running, Request(4));
        Refused(RefusalCode.SealingSessionBoundReached, Follow(running, SealingSessionState.Running, used: 1), Request(3));
        Refused(RefusalCode.SealingSessionBoundReached, SealingSessionRules.Log(running, new SessionId(Id), Request(), Now), Request(3));
        var full = running with { Command = running.Command! with { MaxDocuments = 50 } };
        for (var waiting = 0; waiting < SealingSessionRules.MostWaiting; waiting++)
        {
            Assert.Null(SealingSessionRules.RefuseRequest(full, Request()));
            full = SealingSessionRules.Log(full, new SessionId(Guid.NewGuid()), Request(), Now);
        }

        Refused(RefusalCode.RateLimited, full, Request());

        // The same document for each seal of the enterprise is signed once.
        var (round, square) = (new SessionDocument(SigningForms.CmsPdf, [1]) { Seal = SealKind.Enterprise }, new SessionDocument(SigningForms.CmsPdf, [1]) { Seal = SealKind.Signature });
        Assert.Null(SealingSessionRules.RefuseRequest(running, Request() with { Documents = [round, round, round, square, square, square] }));

        static void Refused(RefusalCode code, SealingState state, CreateSession command) => Assert.Equal(code, SealingSessionRules.RefuseRequest(state, command)?.Code);
    }

    [Fact]
    public void The_certificates_word_is_taken_once_and_told_to_whom_it_concerns()
    {
        var proposed = Proposed();
        Assert.Same(proposed, Follow(proposed, SealingSessionState.Proposed));
        var running = Follow(proposed, SealingSessionState.Running);
        Assert.Equal([SealingOutbox.Index, SealingOutbox.Index, SealingOutbox.Begun], running.Outbox.Items.Select(item => item.Kind));
        Assert.Equal([$"user/{new UserId(Id)}", $"enterprise/{Enterprise}", Enterprise.Value], running.Outbox.Items.Select(item => item.Target));
        Assert.Same(running, Follow(running, SealingSessionState.Running));

        // Paused and resumed it has not begun again.
        var resumed = Follow(Follow(running, SealingSessionState.Paused), SealingSessionState.Running, used: 2);
        Assert.Equal((2, 3), (resumed.Used, resumed.Outbox.Items.Length));

        // The first end stays; what was confirmed before it still counts.
        var ended = Follow(resumed, SealingSessionState.Ended, SealingSessionEnd.StoppedByAdministrator, used: 2);
        var message = Assert.Single(ended.Outbox.Items, item => item.Kind == InboxDelivery.Name).Read<InboxEntry>();
        Assert.Equal("管理员已结束此会话。共签章2份。", message.Body);
        var later = Follow(ended, SealingSessionState.Ended, SealingSessionEnd.TimeReached, used: 3);
        Assert.Equal((SealingSessionEnd.StoppedByAdministrator, 3, ended.Outbox), (later.End, later.Used, later.Outbox));
    }

    [Fact]
    public void An_end_of_the_holders_own_is_told_to_nobody_and_a_phone_that_asks_each_time_to_no_administrator()
    {
        Assert.Empty(Follow(Proposed(), SealingSessionState.Ended, SealingSessionEnd.NotConfirmed).Outbox.Items);
        var running = Running();
        Assert.Equal(running.Outbox, Follow(running, SealingSessionState.Ended, SealingSessionEnd.StoppedByHolder).Outbox);
        var asking = Follow(Proposed(automatic: false), SealingSessionState.Running);
        Assert.All(asking.Outbox.Items, item => Assert.Equal(SealingOutbox.Index, item.Kind));
        var personal = Follow(Proposed() with { CreditCode = new CreditCode("") }, SealingSessionState.Running);
        Assert.Equal([$"user/{new UserId(Id)}"], personal.Outbox.Items.Select(item => item.Target));
    }

    [Fact]
    public void One_the_certificate_does_not_know_any_more_ended_and_one_it_does_not_know_yet_waits()
    {
        var (proposed, running) = (Proposed(), Running());
        Assert.Same(proposed, SealingSessionRules.Follow(proposed, Sealing, null, Now));
        var ended = SealingSessionRules.Follow(running, Sealing, null, Now);
        Assert.Equal((SealingSessionState.Ended, SealingSessionEnd.CertificateUnusable), (ended.Phase, ended.End));
        Assert.Same(ended, SealingSessionRules.Follow(ended, Sealing, null, Now));
    }

    [Theory]
    [InlineData(SealingSessionEnd.StoppedByHolder, SessionEnd.Refused)]
    [InlineData(SealingSessionEnd.StoppedByAdministrator, SessionEnd.Refused)]
    [InlineData(SealingSessionEnd.StoppedByPlatform, SessionEnd.Cancelled)]
    [InlineData(SealingSessionEnd.CountReached, SessionEnd.Cancelled)]
    [InlineData(SealingSessionEnd.TimeReached, SessionEnd.TimedOut)]
    [InlineData(SealingSessionEnd.NotConfirmed, SessionEnd.TimedOut)]
    [InlineData(SealingSessionEnd.WrongPin, SessionEnd.WrongPin)]
    [InlineData(SealingSessionEnd.PinLocked, SessionEnd.Locked)]
    [InlineData(SealingSessionEnd.NotAuthorised, SessionEnd.CertificateUnusable)]
    [InlineData(SealingSessionEnd.CertificateUnusable, SessionEnd.CertificateUnusable)]
    public void What_still_waits_ends_as_its_session_did(SealingSessionEnd session, SessionEnd request) => Assert.Equal(request, SealingSessionRules.WithdrawnAs(session));

    [Fact]
    public void What_the_certificate_may_not_serve_does_not_wait_and_what_has_no_commitment_left_waits_without_an_offer()
    {
        var view = new PhoneSessionView(SessionKind.Seal, SessionState.Scanned, null, Platform, "平台", "hubei", null, null, Now, null);
        PushedSession[] waiting = [.. Enumerable.Range(1, 3).Select(number => new PushedSession(new SessionId(new Guid(number, 0, 0, new byte[8])), view, null))];
        var offered = SealingSessionRules.Offered(waiting, new SealingOffers(
            [new SealingOffer(waiting[0].Session, [7], null), new SealingOffer(waiting[1].Session, null, new Refusal(RefusalCode.SessionEnded))], 0));
        Assert.Equal([waiting[0].Session, waiting[2].Session], offered.Select(request => request.Session));
        Assert.True(offered[0].Offer is [7] && offered[1].Offer is null);
    }

    [Fact]
    public void The_log_keeps_what_waits_and_grows_neither_with_refused_requests_nor_with_long_names()
    {
        var state = SealingSessionRules.Log(new SealingState(), new SessionId(Id), Request(1, "投标函.pdf"), Now);
        var large = Request(50, new string('长', 1000));
        for (var i = 0; i < 40; i++)
        {
            Refuse(large);
        }

        Assert.Equal((Id, SessionLimits.TextLength), (state.Log[0].Session.Value, state.Log[^1].Documents.Max(name => name.Length)));
        Assert.InRange(state.Log.Sum(line => line.Documents.Count), 951, 1050);
        for (var i = 0; i < 300; i++)
        {
            Refuse(Request(1, "清单.pdf"));
        }

        Assert.Equal((200, Id, "清单.pdf"), (state.Log.Length, state.Log[0].Session.Value, state.Log[^1].Documents[0]));
        Assert.Equal(1, SealingSessionRules.Waiting(state));

        void Refuse(CreateSession request)
        {
            var session = new SessionId(Guid.NewGuid());
            state = SealingSessionRules.Answered(SealingSessionRules.Log(state, session, request, Now), session, SessionEnd.Refused, Now);
        }
    }

    private static SealingState Follow(SealingState state, SealingSessionState phase, SealingSessionEnd? end = null, int used = 0) => SealingSessionRules.Follow(
        state, Sealing, new SealingGrant(new AskSealing(Sealing, Platform, "平台", "P-1", "项目", 3, true, Now), phase, used, [], end), Now);

    private static SealingState Running() => Follow(Proposed(), SealingSessionState.Running);

    private static SealingState Proposed(bool automatic = true) => SealingSessionRules.Begin(
        new ProposeSealing(new CertificateCaller(new UserId(Id), new DeviceId(Id)), new SessionId(Id), new CertificateId(Id), 3, 60, automatic),
        new SealingOrigin(new SessionRequester(Platform, null), Platform, "平台", new SessionProject("P-1", "项目", Now.AddDays(9))),
        new CertificateFacts(
            new CertificateId(Id), CertificateState.Active, new UserId(Id), new DeviceId(Id), Enterprise, "宜昌测试有限公司", new CaId("yichang-ca"), "宜昌CA", "hubei", null, null),
        Now);

    private static CreateSession Request(int documents = 1, string name = "投标函.pdf") => new(
        new SessionRequester(Platform, null), SessionKind.Seal, null, null, null, new SessionProject("P-1", "项目", Now),
        [.. Enumerable.Repeat(new SessionDocument(SigningForms.CmsPdf, new CmsPdfForm(name, new byte[32], new byte[32]).Content), documents)], null, 300);
}
