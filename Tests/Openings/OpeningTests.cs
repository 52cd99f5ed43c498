using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;
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
    internal static readonly EnterpriseInfo Rival = new("宜昌缺席建设有限公司", "91420500MB0000003" + Grains.Enterprises.CreditCodes.CheckCharacter("91420500MB0000003"));

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

        Task<ScannedSession> ScanAsync(OpenedSession session) => envelopes.ScanAsync(world.Phone, session);

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
        using (var request = await world.Phone.OpenAsync(await envelopes.ScanAsync(world.Phone, late)))
        {
            await party.Client.EndOpeningAsync(opening.OpeningId);
            Assert.Equal([SessionEnd.Cancelled, null], [(await party.Client.GetAsync(next.SessionId)).End, (await party.Client.GetAsync(late.SessionId)).End]);

            // Neither a released key nor a word about the PIN; a guess counts all the same.
            Assert.IsType<PinOutcome.Ended>(await world.Phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin));
            Assert.Equal(ErrorCodes.SessionEnded, await Refusal.OfAsync(() => world.Phone.Client.ConfirmAsync(request, CertifiedPhone.Pin)));
        }

        deaf = false;
        var ended = await party.Client.GetAsync(late.SessionId);
        Assert.Equal((SessionEnd.Cancelled, (SessionResult?)null), (ended.End, ended.Result));
        Assert.Equal(tries - 1, (await world.Phone.Client.GetCertificateAsync(world.Phone.Certificate)).TriesLeft);
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
}

file static class OpeningFiles
{
    public static OpeningFile WithBidder(this OpeningFile file, EnterpriseInfo bidder) => file with { Bidder = bidder };
}
