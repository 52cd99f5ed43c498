using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bzt.BidTool.Sessions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Platforms;
using Bzt.Tests.Storage;

using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Openings;

/// <summary>X16: a bid opening as its platform sees it, from the announcement to the signed record of each file.</summary>
[Collection(PlatformSystemCollection.Name)]
public sealed class OpeningTests(PlatformSystem world)
{
    private static readonly EnterpriseInfo Rival = new("宜昌缺席建设有限公司", "91420500MB0000003" + Grains.Enterprises.CreditCodes.CheckCharacter("91420500MB0000003"));

    [Fact]
    [Trait("Feature", "X16"), Trait("Surface", "api")]
    public async Task Each_file_of_an_opening_is_open_or_explained_and_the_record_says_whose_fault_it_was()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        using var stranger = await RelyingParty.RegisterAsync(world.System);
        await world.Phone.BindToAsync(party.Client);
        var clock = world.System.Clock;
        var project = new ProjectInfo($"P-{Guid.NewGuid():N}", "某道路工程", DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds() + 600));
        var own = world.Phone.Enterprise;
        var files = Enumerable.Range(1, 5).Select(i => new OpeningFile($"F-{i}", $"投标文件（{i}标段）", own, SHA256.HashData([(byte)i])).WithBidder(i == 5 ? Rival : own)).ToList();
        var announced = new CreateOpeningRequest(project, project.OpeningTime.AddMinutes(30), files);

        // Announced once; another under the same key, and what is none, are refused.
        var opening = await party.Client.CreateOpeningAsync(announced, "opening");
        Assert.Equal((OpeningState.Announced, 5), (opening.State, opening.Files.Count));
        Assert.Equal(opening.OpeningId, (await party.Client.CreateOpeningAsync(announced, "opening")).OpeningId);
        Assert.Equal(ErrorCodes.IdempotencyConflict, await Refusal.OfAsync(() => party.Client.CreateOpeningAsync(announced with { Deadline = announced.Deadline.AddMinutes(1) }, "opening")));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.CreateOpeningAsync(announced with { Files = [files[0], files[0]] })));
        Assert.Equal(ErrorCodes.CreditCodeInvalid, await Refusal.OfAsync(() => party.Client.CreateOpeningAsync(announced with { Files = [files[0].WithBidder(new EnterpriseInfo("甲公司", "1"))] })));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => stranger.Client.GetOpeningAsync(opening.OpeningId)));

        // Not before its time; then for one bidder's files of this project only.
        var envelopes = await Envelopes.OfAsync(world.Phone, party.Id, project);
        Assert.Equal(ErrorCodes.OpeningNotBegun, await Refusal.OfAsync(() => AskAsync("F-1")));
        clock.Advance(project.OpeningTime - clock.GetUtcNow() + TimeSpan.FromSeconds(1));
        await world.Phone.ReconnectAsync();
        var running = await party.Client.GetOpeningAsync(opening.OpeningId);
        Assert.Equal(OpeningState.Running, running.State);
        Assert.InRange(running.SecondsLeft, 1, 30 * 60);
        Assert.Equal(ErrorCodes.OpeningOtherProject, await Refusal.OfAsync(() => AskAsync("F-1", "F-5")));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => AskAsync("F-9")));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.OpenAsync(RelyingParty.Login() with { Opening = new OpeningReference(opening.OpeningId, ["F-1"]) })));

        // Refused on the phone; then two files with one confirmation, of which one opens.
        var first = await AskAsync("F-1", "F-2");
        await world.Phone.Client.RefuseAsync((await ScanAsync(first)).Session.SessionId);
        await UntilAsync("F-1", OpeningCause.Refused);
        Assert.Equal(ErrorCodes.OpeningReportRefused, await Refusal.OfAsync(() => ReportAsync("F-1", first, OpeningOutcome.Opened)));
        var second = await AskAsync("F-1", "F-2");
        using (var request = await world.Phone.OpenAsync(await ScanAsync(second)))
        {
            Assert.Equal(2, request.Decryption!.Items.Count);
            Assert.IsType<PinOutcome.WrongPin>(await world.Phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin));
            Assert.IsType<PinOutcome.Done>(await world.Phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        envelopes.Open(second.SessionId, (await party.Client.WaitAsync(second.SessionId)).Result!.Decryption!);
        Assert.Equal(OpeningVerdict.Opened, (await ReportAsync("F-1", second, OpeningOutcome.Opened)).Judgement.Verdict);
        Assert.Equal(OpeningCause.WrongKey, (await ReportAsync("F-2", second, OpeningOutcome.WrongKey)).Judgement.Cause);
        await ReportAsync("F-2", second, OpeningOutcome.WrongKey);
        Assert.Equal(ErrorCodes.IdempotencyConflict, await Refusal.OfAsync(() => ReportAsync("F-2", second, OpeningOutcome.Altered)));

        // One that nobody scans, one that is scanned and left lying; the time-outs are told by nobody but the clock, also after a restart of the service.
        var scanned = await AskAsync("F-4");
        await ScanAsync(scanned);
        clock.Advance(TimeSpan.FromMinutes(6));
        await UntilAsync("F-4", OpeningCause.NotConfirmed);
        await AskAsync("F-3");
        await world.RestartAsync(party);
        clock.Advance(TimeSpan.FromMinutes(6));
        await UntilAsync("F-3", OpeningCause.NotScanned);
        Assert.Equal(OpeningVerdict.Pending, await VerdictAsync("F-2"));

        // The deadline comes by itself, also over a restart: nobody is asked any more, and the judgements are final.
        clock.Advance(TimeSpan.FromMinutes(20));
        await world.RestartAsync(party, stranger);
        var ended = await party.Client.GetOpeningAsync(opening.OpeningId);
        Assert.Equal((OpeningState.Ended, 0), (ended.State, ended.SecondsLeft));
        Assert.Equal(
            [
                new(OpeningVerdict.Opened, OpeningCause.None, OpeningParty.Nobody),
                new(OpeningVerdict.NotOpened, OpeningCause.WrongKey, OpeningParty.Bidder),
                new(OpeningVerdict.NotOpened, OpeningCause.NotScanned, OpeningParty.Undetermined),
                new(OpeningVerdict.NotOpened, OpeningCause.NotConfirmed, OpeningParty.Bidder),
                new(OpeningVerdict.NotOpened, OpeningCause.NotAsked, OpeningParty.Platform),
            ],
            ended.Files.Select(file => file.Judgement));
        await world.Phone.ReconnectAsync();
        Assert.Equal(ErrorCodes.OpeningEnded, await Refusal.OfAsync(() => AskAsync("F-3")));

        // The record of a file, signed: what it says is what happened, and nothing of it can be changed.
        var key = (await ChannelTrust.FetchAsync(world.System.Gateway)).EvidenceKey;
        var record = await party.Client.GetOpeningRecordAsync(opening.OpeningId, "F-2");
        Assert.Equal(EvidenceFault.None, record.Verify(key));
        Assert.Equal(files[1].Digest, record.Record.FileDigest);
        Assert.Equal(
            [(OpeningEventKind.Asked, first.SessionId), (OpeningEventKind.Answered, first.SessionId), (OpeningEventKind.Asked, second.SessionId), (OpeningEventKind.Answered, second.SessionId), (OpeningEventKind.Reported, second.SessionId)],
            record.Record.Events.Select(e => (e.Kind, e.Session)));
        Assert.Equal((OpeningAnswer.Refused, OpeningAnswer.Released), (record.Record.Events[1].Answer, record.Record.Events[3].Answer));
        Assert.Equal((await party.Client.GetSignerAsync(own.CreditCode)).SigningSerial, record.Record.Events[3].SigningSerial);
        Assert.Equal(EvidenceFault.BadSignature, (record with { Record = record.Record with { Events = [.. record.Record.Events.Take(4)] } }).Verify(key));
        Assert.Equal(EvidenceFault.BadSignature, (record with { Record = record.Record with { FileId = "F-1" } }).Verify(key));
        Assert.Equal(EvidenceFault.BadSignature, record.Verify(new byte[65]));
        Assert.Equal(EvidenceFault.BrokenLink, (record with { Judgement = record.Judgement with { Responsible = OpeningParty.Platform } }).Verify(key));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => stranger.Client.GetOpeningRecordAsync(opening.OpeningId, "F-2")));

        // The certificate's own evidence has the same session.
        Assert.Contains((await party.Client.GetEvidenceAsync(second.SessionId)).Entry.Request, record.Record.Events.Select(e => e.Session));

        Task<OpenedSession> AskAsync(params string[] numbers) => party.Client.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt)
        {
            Project = project, Decryption = envelopes.Request(numbers), Opening = new OpeningReference(opening.OpeningId, numbers),
        });

        Task<ScannedSession> ScanAsync(OpenedSession session) => ScanFreshAsync(session, envelopes);

        Task<OpeningFileStatus> ReportAsync(string file, OpenedSession session, OpeningOutcome outcome) =>
            party.Client.ReportOpeningAsync(opening.OpeningId, file, new OpeningReport(session.SessionId, outcome, [new OpeningSection("投标文件", outcome)]));

        async Task<OpeningVerdict> VerdictAsync(string file) => (await party.Client.GetOpeningAsync(opening.OpeningId)).Files.Single(found => found.FileId == file).Judgement.Verdict;

        Task UntilAsync(string file, OpeningCause cause) => Wait.UntilAsync(
            () => party.Client.GetOpeningAsync(opening.OpeningId), status => status.Files.Single(found => found.FileId == file).Judgement.Cause == cause);
    }

    [Fact]
    [Trait("Feature", "X16"), Trait("Surface", "api")]
    public async Task A_platform_that_ends_an_opening_cancels_what_is_open_and_answers_for_it()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        await world.Phone.BindToAsync(party.Client);
        var project = new ProjectInfo($"P-{Guid.NewGuid():N}", "某道路工程", world.System.Clock.GetUtcNow());
        var opening = await party.Client.CreateOpeningAsync(new CreateOpeningRequest(
            project, project.OpeningTime.AddMinutes(10), [new OpeningFile("F-1", "投标文件", world.Phone.Enterprise, new byte[32]), new OpeningFile("F-2", "投标文件", Rival, new byte[32])]));
        var envelopes = await Envelopes.OfAsync(world.Phone, party.Id, project);
        var request = new CreateSessionRequest(SessionKind.Decrypt)
        {
            Project = project, Decryption = envelopes.Request(["F-2"]), Opening = new OpeningReference(opening.OpeningId, ["F-2"]), TimeoutSeconds = 600,
        };

        // Another bidder's phone may not serve the request for its file.
        var session = await party.Client.OpenAsync(request);
        Assert.True(session.Session.ExpiresAt <= opening.Deadline);
        var scanned = await world.Phone.Client.ScanAsync(session);
        Assert.Equal((0, ErrorCodes.EnterpriseMismatch), (scanned.Session.Certificates.Count, scanned.Session.NotEligibleCode));

        var ended = await party.Client.EndOpeningAsync(opening.OpeningId);
        Assert.Equal(OpeningState.Ended, ended.State);
        Assert.Equal(SessionEnd.Cancelled, (await party.Client.GetAsync(session.SessionId)).End);
        Assert.Equal(ErrorCodes.OpeningEnded, await Refusal.OfAsync(() => party.Client.OpenAsync(request)));
        await world.RestartAsync(party);
        await world.Phone.ReconnectAsync();
        Assert.Equal(ended.EndedAt, (await party.Client.EndOpeningAsync(opening.OpeningId)).EndedAt);
        var files = (await Wait.UntilAsync(() => party.Client.GetOpeningAsync(opening.OpeningId), status => status.Files.All(file => file.Judgement.Verdict == OpeningVerdict.NotOpened))).Files;
        Assert.Equal([(OpeningCause.NotAsked, OpeningParty.Platform), (OpeningCause.Cancelled, OpeningParty.Platform)], files.Select(file => (file.Judgement.Cause, file.Judgement.Responsible)));
    }

    [Fact]
    [Trait("Feature", "X16"), Trait("Surface", "api")]
    public async Task A_file_that_is_asked_for_too_often_is_refused_and_nothing_is_released_after_an_end_that_a_request_did_not_hear_of()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        await world.Phone.BindToAsync(party.Client);
        var project = new ProjectInfo($"P-{Guid.NewGuid():N}", "某道路工程", world.System.Clock.GetUtcNow());
        var opening = await party.Client.CreateOpeningAsync(new CreateOpeningRequest(
            project, project.OpeningTime.AddMinutes(10), [new OpeningFile("F-crowd", "投标文件", world.Phone.Enterprise, new byte[32]), new OpeningFile("F-late", "投标文件", world.Phone.Enterprise, new byte[32])]));
        var envelopes = await Envelopes.OfAsync(world.Phone, party.Id, project);

        // As many as there may be at once, and one more when one of them has ended.
        var open = await Task.WhenAll(Enumerable.Range(0, Grains.Openings.OpeningRules.MostOpen).Select(_ => AskAsync("F-crowd")));
        await EventsAsync("F-crowd", open.Length);
        Assert.Equal(ErrorCodes.RateLimited, await Refusal.OfAsync(() => AskAsync("F-crowd")));
        Assert.Equal(ErrorCodes.RateLimited, await Refusal.OfAsync(() => AskAsync("F-late", "F-crowd")));
        await party.Client.CancelAsync(open[0].SessionId);
        await EventsAsync("F-crowd", open.Length + 1);
        var next = await AskAsync("F-crowd");

        // The file does not hear of the request before the platform ends the opening: nobody takes the request back, and the user has it before him.
        var deaf = true;
        for (var i = 0; i < 100; i++)
        {
            world.Faults.FailNext(WriteFault.NotPersisted, write => deaf && write.Subject.StartsWith("opening-file/", StringComparison.Ordinal) && write.Subject.EndsWith("/F-late", StringComparison.Ordinal));
        }

        var tries = (await world.Phone.Client.GetCertificateAsync(world.Phone.Certificate)).TriesLeft;
        var late = await AskAsync("F-late");
        using (var request = await world.Phone.OpenAsync(await ScanFreshAsync(late, envelopes)))
        {
            await party.Client.EndOpeningAsync(opening.OpeningId);
            Assert.Equal([SessionEnd.Cancelled, null], [(await party.Client.GetAsync(next.SessionId)).End, (await party.Client.GetAsync(late.SessionId)).End]);

            // Neither a released key nor a word about the PIN.
            Assert.IsType<PinOutcome.Ended>(await world.Phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin));
            Assert.Equal(ErrorCodes.SessionEnded, await Refusal.OfAsync(() => world.Phone.Client.ConfirmAsync(request, CertifiedPhone.Pin)));
        }

        deaf = false;
        var ended = await party.Client.GetAsync(late.SessionId);
        Assert.Equal((SessionEnd.Cancelled, (SessionResult?)null), (ended.End, ended.Result));
        Assert.Equal(tries, (await world.Phone.Client.GetCertificateAsync(world.Phone.Certificate)).TriesLeft);
        await world.RestartAsync(party);
        // Not when the sweeper comes by, which may take a minute.
        await world.System.Grains.QrSession(new SessionId(late.SessionId)).AsReference<IOutboxOwner>().DrainOutbox();
        Assert.Equal(
            [(OpeningEventKind.Asked, late.SessionId, null), (OpeningEventKind.Answered, late.SessionId, (OpeningAnswer?)OpeningAnswer.Cancelled)],
            (await EventsAsync("F-late", 2)).Select(e => (e.Kind, e.Session, e.Answer)));
        Assert.Equal(OpeningCause.Cancelled, (await party.Client.GetOpeningAsync(opening.OpeningId)).Files[1].Judgement.Cause);
        Assert.Equal(ErrorCodes.OpeningEnded, await Refusal.OfAsync(() => AskAsync("F-late")));

        Task<OpenedSession> AskAsync(params string[] numbers) => party.Client.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt)
        {
            Project = project, Decryption = envelopes.Request(numbers), Opening = new OpeningReference(opening.OpeningId, numbers), TimeoutSeconds = 600,
        });

        async Task<IReadOnlyList<OpeningEvent>> EventsAsync(string file, int count) => (await Wait.UntilAsync(
            () => party.Client.GetOpeningRecordAsync(opening.OpeningId, file), record => record.Record.Events.Count == count)).Record.Events;
    }

    private async Task<ScannedSession> ScanFreshAsync(OpenedSession session, Envelopes envelopes)
    {
        var trying = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await world.Phone.Client.ScanAsync(session.Link(envelopes.Fragment));
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.QrStale && TimeProvider.System.GetElapsedTime(trying) < TimeSpan.FromSeconds(60))
            {
                // The next code.
            }
        }
    }

    [Fact]
    [Trait("Feature", "X16"), Trait("Surface", "api")]
    public async Task What_a_bidder_says_of_its_lock_neither_stands_against_the_platforms_word_nor_takes_a_sessions_place()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        await world.Phone.BindToAsync(party.Client);
        var project = new ProjectInfo($"P-{Guid.NewGuid():N}", "某隧道工程", world.System.Clock.GetUtcNow());
        var id = (await party.Client.CreateOpeningAsync(new CreateOpeningRequest(project, project.OpeningTime.AddMinutes(30), [new OpeningFile("F-1", "投标文件", world.Phone.Enterprise, new byte[32])]))).OpeningId;
        using var key = new EcdsaDeviceKey();
        var jwk = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(key.PublicKey.AsSpan(1, 32))}}","y":"{{Base64Url.EncodeToString(key.PublicKey.AsSpan(33, 32))}}"}""";
        var token = (await party.Client.CreateProjectTokenAsync(new ProjectTokenRequest(
            project, world.Phone.Enterprise.CreditCode, Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(jwk))), 3600))).Token;

        // The number that the platform's session will have: who knows its idempotency key can compute it.
        var next = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"bzt/v1/session\0{party.Id}\0\0ask")).AsSpan(0, 16));
        var opened = Report(next, OpeningOutcome.Opened) with { ByLock = true };
        Assert.Equal(ErrorCodes.InvalidRequest, await RefusalAsync(opened with { Sections = [] }));
        Assert.Equal(ErrorCodes.InvalidRequest, await RefusalAsync(Report(next, OpeningOutcome.PartsRefused) with { ByLock = true }));
        Assert.Equal(OpeningVerdict.Opened, (await ByToolAsync(opened)).Judgement.Verdict);
        var number = Assert.Single((await party.Client.GetOpeningRecordAsync(id, "F-1")).Record.Events).Session;
        Assert.NotEqual(next, number);

        // The platform's own word on it, which the bidder cannot take back.
        Assert.Equal(ErrorCodes.OpeningReportRefused, await Refusal.OfAsync(() => party.Client.ReportOpeningAsync(id, "F-1", Report(next, OpeningOutcome.WrongKey))));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.ReportOpeningAsync(id, "F-1", Report(number, OpeningOutcome.PartsRefused))));
        var denied = (await party.Client.ReportOpeningAsync(id, "F-1", Report(number, OpeningOutcome.WrongKey))).Judgement;
        Assert.Equal(new OpeningJudgement(OpeningVerdict.Pending, OpeningCause.WrongKey, OpeningParty.Undetermined), denied);

        // After a restart a repeat is still one, and the session with that number is asked for and counts.
        await world.RestartAsync(party);
        Assert.Equal(denied, (await ByToolAsync(opened)).Judgement);
        var envelopes = await Envelopes.OfAsync(world.Phone, party.Id, project);
        var session = await party.Client.OpenAsync(
            new CreateSessionRequest(SessionKind.Decrypt) { Project = project, Decryption = envelopes.Request(["F-1"]), Opening = new OpeningReference(id, ["F-1"]) }, "ask");
        Assert.Equal(next, session.SessionId);
        var record = await Wait.UntilAsync(() => party.Client.GetOpeningRecordAsync(id, "F-1"), found => found.Record.Events.Count == 3);
        Assert.Equal(
            [(OpeningEventKind.OpenedByLock, number), (OpeningEventKind.Reported, number), (OpeningEventKind.Asked, next)], record.Record.Events.Select(e => (e.Kind, e.Session)));
        Assert.Equal(OpeningCause.NoAnswerYet, record.Judgement.Cause);
        await party.Client.EndOpeningAsync(id);
        record = await Wait.UntilAsync(() => party.Client.GetOpeningRecordAsync(id, "F-1"), found => found.Judgement.Verdict == OpeningVerdict.NotOpened);
        Assert.Equal((OpeningCause.Cancelled, OpeningParty.Platform), (record.Judgement.Cause, record.Judgement.Responsible));
        Assert.Equal(EvidenceFault.None, record.Verify((await ChannelTrust.FetchAsync(world.System.Gateway)).EvidenceKey));

        static OpeningReport Report(Guid session, OpeningOutcome outcome) => new(session, outcome, [new OpeningSection("投标文件", outcome)]);

        Task<string> RefusalAsync(OpeningReport report) => Refusal.OfAsync(() => ByToolAsync(report));

        async Task<OpeningFileStatus> ByToolAsync(OpeningReport report)
        {
            using var http = new HttpClient(new ToolHandler(token, key)) { BaseAddress = world.System.Address, Timeout = TimeSpan.FromSeconds(100) };
            return await new PlatformClient(http, world.System.Clock).ReportOpeningAsync(id, "F-1", report);
        }
    }

    [Fact]
    [Trait("Feature", "X16"), Trait("Surface", "api")]
    public async Task An_opening_moves_later_while_it_is_still_to_come_and_its_bidders_and_records_are_told()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        using var stranger = await RelyingParty.RegisterAsync(world.System);
        await world.Phone.BindToAsync(party.Client);
        var clock = world.System.Clock;
        var project = new ProjectInfo($"P-{Guid.NewGuid():N}", "某桥梁工程", DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds() + 300));
        var announced = new CreateOpeningRequest(
            project, project.OpeningTime.AddMinutes(30), [new OpeningFile("F-1", "投标文件", world.Phone.Enterprise, new byte[32]), new OpeningFile("F-2", "投标文件", Rival, new byte[32])]);
        var id = (await party.Client.CreateOpeningAsync(announced)).OpeningId;
        var postponed = new ChangeOpeningRequest("开标场地调整") { OpeningTime = project.OpeningTime.AddMinutes(5), Deadline = announced.Deadline.AddMinutes(5) };

        // Not by another, not earlier, not without a reason, not for longer than a day; once, however often it is said.
        Assert.Equal(ErrorCodes.NotFound, await RefusalAsync(postponed, stranger));
        Assert.Equal(ErrorCodes.OpeningNotEarlier, await RefusalAsync(postponed with { OpeningTime = null, Deadline = announced.Deadline }));
        Assert.Equal(ErrorCodes.InvalidRequest, await RefusalAsync(postponed with { Reason = "" }));
        Assert.Equal(ErrorCodes.InvalidRequest, await RefusalAsync(new ChangeOpeningRequest("没有新的时间")));
        Assert.Equal(ErrorCodes.InvalidRequest, await RefusalAsync(postponed with { Deadline = announced.Deadline.AddDays(2) }));
        var never = new DateTimeOffset(9999, 12, 31, 20, 0, 0, TimeSpan.Zero);
        Assert.Equal(ErrorCodes.InvalidRequest, await RefusalAsync(postponed with { OpeningTime = never.AddHours(-1), Deadline = never }));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.CreateOpeningAsync(announced with { Project = project with { OpeningTime = never.AddHours(-1) }, Deadline = never })));
        var moved = await party.Client.ChangeOpeningAsync(id, postponed, "once");
        Assert.Equal((OpeningState.Announced, postponed.OpeningTime, postponed.Deadline), (moved.State, moved.Project.OpeningTime, moved.Deadline));
        Assert.Single((await party.Client.ChangeOpeningAsync(id, postponed, "once")).Changes);
        Assert.Equal(ErrorCodes.IdempotencyConflict, await Refusal.OfAsync(() => party.Client.ChangeOpeningAsync(id, postponed with { Reason = "另一原因" }, "once")));

        // The phone is told: what, until when, and why.
        var inbox = await Wait.UntilAsync(() => world.Phone.Client.GetInboxAsync(), list => list.Messages.Any(message => message.Kind == MessageKind.OpeningChanged && message.Subject == id.ToString("D")));
        var told = inbox.Messages.Single(message => message.Kind == MessageKind.OpeningChanged && message.Subject == id.ToString("D"));
        Assert.Equal("开标时间已调整", told.Title);
        Assert.Contains("开标场地调整", told.Body, StringComparison.Ordinal);

        // The time that was announced first is none any more; the one that came cannot be moved, the deadline can.
        var envelopes = await Envelopes.OfAsync(world.Phone, party.Id, project);
        clock.Advance(TimeSpan.FromMinutes(6));
        await world.Phone.ReconnectAsync();
        Assert.Equal(ErrorCodes.OpeningNotBegun, await Refusal.OfAsync(AskAsync));
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(ErrorCodes.OpeningBegun, await RefusalAsync(postponed with { OpeningTime = postponed.OpeningTime.Value.AddMinutes(10), Deadline = null }));
        var extended = new ChangeOpeningRequest("网络故障") { Deadline = postponed.Deadline.Value.AddMinutes(15) };
        Assert.Equal(2, (await party.Client.ChangeOpeningAsync(id, extended)).Changes.Count);

        // Over a restart: past the deadline before it, bids are still opened; past its own nobody is asked, and nothing moves.
        clock.Advance(postponed.Deadline.Value - clock.GetUtcNow() + TimeSpan.FromMinutes(1));
        await world.RestartAsync(party, stranger);
        Assert.Equal(OpeningState.Running, (await party.Client.GetOpeningAsync(id)).State);
        var asked = await AskAsync();
        clock.Advance(extended.Deadline.Value - clock.GetUtcNow());
        Assert.Equal(ErrorCodes.OpeningEnded, await Refusal.OfAsync(AskAsync));
        Assert.Equal(ErrorCodes.OpeningEnded, await RefusalAsync(extended with { Deadline = extended.Deadline.Value.AddHours(1) }));

        // Every record says what was announced, what holds, and why.
        await Wait.UntilAsync(() => party.Client.GetOpeningAsync(id), status => status.Files.All(file => file.Judgement.Verdict == OpeningVerdict.NotOpened));
        var key = (await ChannelTrust.FetchAsync(world.System.Gateway)).EvidenceKey;
        var record = await party.Client.GetOpeningRecordAsync(id, "F-1");
        Assert.Equal(EvidenceFault.None, record.Verify(key));
        Assert.Equal(asked.SessionId, record.Record.Events[0].Session);
        Assert.Equal(
            [("开标场地调整", project.OpeningTime, announced.Deadline, postponed.OpeningTime, postponed.Deadline), ("网络故障", postponed.OpeningTime, postponed.Deadline, postponed.OpeningTime, extended.Deadline)],
            record.Record.Changes.Select(change => (change.Reason, (DateTimeOffset?)change.FromOpensAt, (DateTimeOffset?)change.FromDeadline, (DateTimeOffset?)change.OpensAt, (DateTimeOffset?)change.Deadline)));
        Assert.Equal((postponed.OpeningTime, extended.Deadline), (record.Record.OpensAt, record.Record.Deadline));
        Assert.Equal(EvidenceFault.BadSignature, (record with { Record = record.Record with { Changes = [.. record.Record.Changes.Take(1)] } }).Verify(key));
        await world.Phone.ReconnectAsync();

        Task<OpenedSession> AskAsync() => party.Client.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt)
        {
            Project = project, Decryption = envelopes.Request(["F-1"]), Opening = new OpeningReference(id, ["F-1"]),
        });

        Task<string> RefusalAsync(ChangeOpeningRequest change, RelyingParty? by = null) => Refusal.OfAsync(() => (by ?? party).Client.ChangeOpeningAsync(id, change));
    }
}

file static class OpeningFiles
{
    public static OpeningFile WithBidder(this OpeningFile file, EnterpriseInfo bidder) => file with { Bidder = bidder };
}

/// <summary>Wrapped keys of the phone's certificate, and the server's one-time key to open what comes back.</summary>
internal sealed class Envelopes(Point recipient, string serial, string platform, ProjectInfo project)
{
    private SecretScalar serverKey = null!;
    private DecryptionRequest request = null!;
    private List<(byte[] Content, Sm2Ciphertext Wrapped)> wrapped = [];

    public string Fragment => Base64Url.EncodeToString(DecryptionTasks.Create(request, platform, project)!.Binding);

    public static async Task<Envelopes> OfAsync(CertifiedPhone phone, string platform, ProjectInfo project)
    {
        var info = await phone.Client.GetCertificateAsync(phone.Certificate);
        Assert.True(Sm2Certificate.TryParse(info.EncryptionCertificate, out var certificate));
        return new Envelopes(certificate.PublicKey, info.EncryptionSerial!, platform, project);
    }

    public DecryptionRequest Request(IReadOnlyList<string> files)
    {
        serverKey = SecretScalar.Random(SystemRandom.Instance);
        wrapped = [.. files.Select(_ => RandomNumberGenerator.GetBytes(16)).Select(content => (content, Sm2Ciphertext.Encrypt(recipient, content, SystemRandom.Instance)))];
        return request = new DecryptionRequest(
            Sm2Group.MultiplyBase(serverKey.Value).Encode(), DecryptionRecipient.PlatformServer, serial, [.. files.Select((file, i) => new WrappedKey(file, wrapped[i].Wrapped.ToDer()))]);
    }

    /// <summary>Every envelope gives what was put into it.</summary>
    public void Open(Guid session, DecryptionResult parts)
    {
        var points = Decryption.Combine(serverKey, session.ToString("D"), DecryptionTasks.Create(request, platform, project)!, parts.PhoneParts, parts.SiloParts, SystemRandom.Instance);
        Assert.NotNull(points);
        for (var i = 0; i < wrapped.Count; i++)
        {
            Assert.True(wrapped[i].Wrapped.TryOpen(points[i], out var content));
            Assert.Equal(wrapped[i].Content, content);
        }
    }
}
