using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Openings;
using Bzt.Grains.Retention;
using Bzt.Protocol.Evidence;

namespace Bzt.Tests.Openings;

/// <summary>Who may be asked, what follows from what happened, and what is kept.</summary>
public sealed class OpeningRulesTests
{
    private static readonly DateTimeOffset At = new(2026, 12, 1, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");
    private static readonly Guid Later = new("019ab000-0000-7000-8000-000000000002");
    private static readonly PlatformId Platform = new("yichang-ggzy");
    private static readonly CreditCode Bidder = new("91420500MA00000018");
    private static readonly CreditCode Rival = new("91420500MA49ABCD28");

    private static CreateOpening Command => new(
        Platform, "P-1", "某道路工程", At, At.AddHours(1),
        [new("F-1", "投标文件", "宜昌测试有限公司", Bidder, new byte[32]), new("F-2", "投标文件（二标段）", "宜昌测试有限公司", Bidder, new byte[32]), new("F-3", "投标文件", "宜昌另一有限公司", Rival, new byte[32])]);

    [Fact]
    public void An_opening_has_files_with_different_numbers_and_lasts_a_day_at_most()
    {
        Assert.Null(OpeningRules.Check(Command, At));
        foreach (var wrong in (CreateOpening[])
        [
            Command with { Files = [] },
            Command with { Files = [.. Enumerable.Range(0, 2001).Select(i => Command.Files[0] with { FileId = $"F-{i}" })] },
            Command with { Files = [Command.Files[0], Command.Files[0]] },
            Command with { Files = [Command.Files[0] with { FileId = "F/1" }] },
            Command with { Files = [Command.Files[0] with { FileId = "" }] },
            Command with { Files = [Command.Files[0] with { Digest = new byte[31] }] },
            Command with { ProjectName = new string('名', 201) },
            Command with { Deadline = At },
            Command with { Deadline = At.AddHours(24).AddSeconds(1) },
        ])
        {
            Assert.Equal(RefusalCode.InvalidRequest, OpeningRules.Check(wrong, At)?.Code);
        }

        Assert.Equal(RefusalCode.InvisibleCharacters, OpeningRules.Check(Command with { Files = [Command.Files[0] with { Name = "a\nb" }] }, At)?.Code);
        Assert.Equal(RefusalCode.InvalidRequest, OpeningRules.Check(Command, Command.Deadline)?.Code);

        // Three years ahead, which is before what is kept of it ends.
        var far = At.AddYears(3);
        Assert.Null(OpeningRules.Check(Command with { OpensAt = far.AddHours(-1), Deadline = far }, At));
        Assert.Equal(RefusalCode.InvalidRequest, OpeningRules.Check(Command with { OpensAt = far.AddHours(-1), Deadline = far.AddSeconds(1) }, At)?.Code);
        Assert.Equal(RefusalCode.InvalidRequest, OpeningRules.Check(Command with { OpensAt = DateTimeOffset.MaxValue.AddHours(-1), Deadline = DateTimeOffset.MaxValue }, At)?.Code);
        Assert.All(RestingRows.Of(new RetentionOptions()).Where(rows => rows.Type.StartsWith("opening", StringComparison.Ordinal)), rows => Assert.True(At + rows.After > far.AddDays(1)));
    }

    [Theory]
    [InlineData(-1, "P-1", null, "F-1,F-2", RefusalCode.OpeningNotBegun)]
    [InlineData(0, "P-1", null, "F-1,F-2", null)]
    [InlineData(3599, "P-1", "91420500MA00000018", "F-1", null)]
    [InlineData(3600, "P-1", null, "F-1", RefusalCode.OpeningEnded)]
    [InlineData(0, "P-2", null, "F-1", RefusalCode.OpeningOtherProject)]
    [InlineData(0, "P-1", null, "F-1,F-3", RefusalCode.OpeningOtherProject)]
    [InlineData(0, "P-1", "91420500MA49ABCD28", "F-1", RefusalCode.OpeningOtherProject)]
    [InlineData(0, "P-1", null, "F-1,F-9", RefusalCode.NotFound)]
    [InlineData(0, "P-1", null, "F-1,F-1", RefusalCode.InvalidRequest)]
    [InlineData(0, "P-1", null, "", RefusalCode.InvalidRequest)]
    public void One_bidder_is_asked_for_its_own_files_while_the_opening_runs(int seconds, string project, string? only, string files, RefusalCode? refused)
    {
        var ask = new OpeningAsk(Platform, project, only is null ? null : new CreditCode(only), files.Split(',', StringSplitOptions.RemoveEmptyEntries));
        var reply = OpeningRules.MayAsk(new StoredOpening { Command = Command }, ask, At.AddSeconds(seconds));
        Assert.Equal(refused, (reply as Refused<OpeningAdmission>)?.Refusal.Code);
        if (refused is null)
        {
            Assert.Equal(new OpeningAdmission(Bidder, Command.Deadline), Assert.IsType<Done<OpeningAdmission>>(reply).Value);
        }

        // Not after its platform ended it, and not for another platform.
        Assert.IsType<Refused<OpeningAdmission>>(OpeningRules.MayAsk(new StoredOpening { Command = Command, EndedAt = At }, ask, At.AddSeconds(seconds)));
        Assert.Equal(RefusalCode.NotFound, Assert.IsType<Refused<OpeningAdmission>>(OpeningRules.MayAsk(new StoredOpening { Command = Command }, ask with { Platform = new("other") }, At)).Refusal.Code);
    }

    [Theory]
    [InlineData(null, null, OpeningCause.NotAsked, OpeningParty.Platform)]
    [InlineData(OpeningAnswer.Refused, null, OpeningCause.Refused, OpeningParty.Bidder)]
    [InlineData(OpeningAnswer.Disowned, null, OpeningCause.Disowned, OpeningParty.Undetermined)]
    [InlineData(OpeningAnswer.NotScanned, null, OpeningCause.NotScanned, OpeningParty.Undetermined)]
    [InlineData(OpeningAnswer.NotConfirmed, null, OpeningCause.NotConfirmed, OpeningParty.Bidder)]
    [InlineData(OpeningAnswer.WrongPin, null, OpeningCause.WrongPin, OpeningParty.Bidder)]
    [InlineData(OpeningAnswer.Locked, null, OpeningCause.Locked, OpeningParty.Bidder)]
    [InlineData(OpeningAnswer.CertificateUnusable, null, OpeningCause.CertificateUnusable, OpeningParty.Bidder)]
    [InlineData(OpeningAnswer.Cancelled, null, OpeningCause.Cancelled, OpeningParty.Platform)]
    [InlineData(OpeningAnswer.ProtocolFailure, null, OpeningCause.ProtocolFailure, OpeningParty.Undetermined)]
    [InlineData(OpeningAnswer.Released, null, OpeningCause.NotReported, OpeningParty.Platform)]
    [InlineData(OpeningAnswer.Released, OpeningOutcome.WrongKey, OpeningCause.WrongKey, OpeningParty.Bidder)]
    [InlineData(OpeningAnswer.Released, OpeningOutcome.KeyRefused, OpeningCause.KeyRefused, OpeningParty.Bidder)]
    [InlineData(OpeningAnswer.Released, OpeningOutcome.Malformed, OpeningCause.Malformed, OpeningParty.Bidder)]
    [InlineData(OpeningAnswer.Released, OpeningOutcome.Altered, OpeningCause.Altered, OpeningParty.Platform)]
    [InlineData(OpeningAnswer.Released, OpeningOutcome.ReaderFailed, OpeningCause.ReaderFailed, OpeningParty.Platform)]
    [InlineData(OpeningAnswer.Released, OpeningOutcome.PartsRefused, OpeningCause.PartsRefused, OpeningParty.Service)]
    public void Whose_fault_a_closed_file_is_follows_from_the_events(OpeningAnswer? answer, OpeningOutcome? outcome, OpeningCause cause, OpeningParty responsible)
    {
        var events = new List<OpeningEvent>();
        if (answer is not null)
        {
            events.Add(new OpeningEvent(OpeningEventKind.Asked, At, Id) { Reader = OpeningReader.PlatformServer });
            events.Add(new OpeningEvent(OpeningEventKind.Answered, At, Id) { Answer = answer });
        }

        if (outcome is not null)
        {
            events.Add(new OpeningEvent(OpeningEventKind.Reported, At, Id) { Reporter = OpeningReporter.Platform, Outcome = outcome });
        }

        Assert.Equal(new OpeningJudgement(OpeningVerdict.NotOpened, cause, responsible), OpeningJudgement.Of(events, over: true));
        Assert.Equal(OpeningVerdict.Pending, OpeningJudgement.Of(events, over: false).Verdict);

        // A later attempt counts; and what was opened once is open, whatever is tried afterwards.
        List<OpeningEvent> again = [.. events, new OpeningEvent(OpeningEventKind.Asked, At, Later) { Reader = OpeningReader.ThisPc }];
        Assert.Equal(OpeningCause.NoAnswerYet, OpeningJudgement.Of(again, over: false).Cause);
        again.Add(new OpeningEvent(OpeningEventKind.Answered, At, Later) { Answer = OpeningAnswer.Released });
        Assert.Equal((OpeningCause.NotReported, OpeningParty.Undetermined), (OpeningJudgement.Of(again, true).Cause, OpeningJudgement.Of(again, true).Responsible));
        again.Insert(0, new OpeningEvent(OpeningEventKind.Reported, At, Guid.Empty) { Reporter = OpeningReporter.Bidder, Outcome = OpeningOutcome.Opened });
        Assert.Equal(new OpeningJudgement(OpeningVerdict.Opened, OpeningCause.None, OpeningParty.Nobody), OpeningJudgement.Of(again, true));
    }

    [Fact]
    public void Times_move_later_and_only_what_is_still_to_come()
    {
        var announced = new StoredOpening { Command = Command };
        var extend = new ChangeOpening(Id, Platform, null, At.AddHours(2), "网络故障");
        var postpone = new ChangeOpening(Later, Platform, At.AddHours(1), At.AddHours(2), "开标场地调整");
        var moved = Assert.IsType<Done<StoredOpening>>(OpeningRules.Move(announced, postpone, At.AddSeconds(-1))).Value;
        Assert.Equal((At.AddHours(1), At.AddHours(2)), (OpeningRules.Standing(moved)!.OpensAt, OpeningRules.Standing(moved)!.Deadline));
        Assert.Equal(new OpeningChange(At.AddSeconds(-1), At, At.AddHours(1), At.AddHours(1), At.AddHours(2), "开标场地调整"), Assert.Single(moved.Moves).ToChange());
        Assert.Equal([Bidder, Rival], Assert.Single(moved.Outbox.Items).Read<OpeningMoved>().Bidders);
        Assert.IsType<Refused<OpeningAdmission>>(OpeningRules.MayAsk(moved, new OpeningAsk(Platform, "P-1", null, ["F-1"]), At.AddMinutes(59)));
        Assert.Equal(new OpeningAdmission(Bidder, At.AddHours(2)), Assert.IsType<Done<OpeningAdmission>>(OpeningRules.MayAsk(moved, new OpeningAsk(Platform, "P-1", null, ["F-1"]), At.AddMinutes(119))).Value);
        Assert.Equal(OpeningState.Ended, OpeningRules.StateAt(moved, At.AddHours(2)));

        // A repeat is the same opening, whenever it comes; another change under its id is none.
        Assert.Same(moved, Assert.IsType<Done<StoredOpening>>(OpeningRules.Move(moved, postpone with { }, At.AddDays(1))).Value);
        Refuses(RefusalCode.IdempotencyConflict, moved, postpone with { Reason = "别的原因" });

        Refuses(RefusalCode.NotFound, new StoredOpening(), extend);
        Refuses(RefusalCode.NotFound, announced, extend with { Platform = new("other") });
        Refuses(RefusalCode.InvalidRequest, announced, extend with { Deadline = null });
        Refuses(RefusalCode.InvalidRequest, announced, extend with { Reason = "" });
        Refuses(RefusalCode.InvisibleCharacters, announced, extend with { Reason = "a\nb" });
        Refuses(RefusalCode.InvalidRequest, announced, extend with { Deadline = At.AddHours(24).AddSeconds(1) });
        Refuses(RefusalCode.InvalidRequest, announced, postpone with { OpensAt = At.AddHours(1), Deadline = null }, At.AddSeconds(-1));
        Refuses(RefusalCode.InvalidRequest, announced, postpone with { OpensAt = DateTimeOffset.MaxValue.AddHours(-1), Deadline = DateTimeOffset.MaxValue }, At.AddSeconds(-1));
        Refuses(RefusalCode.InvalidRequest, announced, postpone with { OpensAt = At.AddYears(3), Deadline = At.AddYears(3).AddSeconds(1) }, At);
        Refuses(RefusalCode.OpeningNotEarlier, announced, extend with { Deadline = At.AddHours(1) });
        Refuses(RefusalCode.OpeningNotEarlier, announced, postpone with { OpensAt = At.AddSeconds(-1) }, At.AddMinutes(-1));
        Refuses(RefusalCode.OpeningBegun, announced, postpone);
        Refuses(RefusalCode.OpeningEnded, announced, extend, At.AddHours(1));
        Refuses(RefusalCode.OpeningEnded, announced with { EndedAt = At }, extend);
        var often = announced;
        for (var i = 1; i <= 20; i++)
        {
            often = Assert.IsType<Done<StoredOpening>>(OpeningRules.Move(often, extend with { Id = new Guid(i, 0, 0, new byte[8]), Deadline = At.AddHours(1).AddMinutes(i) }, At)).Value;
        }

        Refuses(RefusalCode.RateLimited, often, extend);

        static void Refuses(RefusalCode code, StoredOpening opening, ChangeOpening change, DateTimeOffset? now = null) =>
            Assert.Equal(code, Assert.IsType<Refused<StoredOpening>>(OpeningRules.Move(opening, change, now ?? At)).Refusal.Code);
    }

    [Fact]
    public void A_file_takes_so_many_requests_at_once_and_so_many_in_all()
    {
        OpeningFileEvent Event(OpeningEventKind kind) => new(kind, At, new SessionId(Id), null, null, null, null, null, []);
        IReadOnlyList<OpeningFileEvent> Events(int asked, int answered) => [.. Enumerable.Repeat(Event(OpeningEventKind.Asked), asked), .. Enumerable.Repeat(Event(OpeningEventKind.Answered), answered)];

        Assert.False(OpeningRules.IsCrowded([]));
        Assert.False(OpeningRules.IsCrowded(Events(7, 0)));
        Assert.True(OpeningRules.IsCrowded(Events(8, 0)));
        Assert.False(OpeningRules.IsCrowded(Events(8, 1)));
        Assert.False(OpeningRules.IsCrowded(Events(200, 199)));
        Assert.True(OpeningRules.IsCrowded(Events(200, 200)));
    }

    [Fact]
    public void What_a_file_said_holds_until_it_may_be_otherwise_and_the_later_word_stays()
    {
        var seen = new OpeningFilesSeen();
        var asked = OpeningRules.Asked(new StoredOpeningFile(), new OpeningAsked(new SessionId(Id), At, DecryptionRecipient.PlatformServer, At.AddSeconds(5)));
        OpeningFileSaid quiet = OpeningFilesSeen.Said(new StoredOpeningFile()), open = OpeningFilesSeen.Said(asked);
        var answered = OpeningFilesSeen.Said(OpeningRules.Answered(asked, new OpeningAnswered(new SessionId(Id), At.AddSeconds(1), OpeningAnswer.Refused, null)));
        Assert.Equal(((DateTimeOffset?)null, At.AddSeconds(5), (DateTimeOffset?)null), (quiet.OpenUntil, open.OpenUntil, answered.OpenUntil));

        Assert.Null(seen.Of("F-1", At));
        Assert.Same(open, seen.Keep("F-1", open, At));
        Assert.Same(open, seen.Keep("F-1", quiet, At.AddSeconds(1)));
        Assert.Same(open, seen.Of("F-1", At.AddSeconds(4)));

        // Its request has ended by time: the file has to be asked what became of it.
        Assert.Null(seen.Of("F-1", At.AddSeconds(5)));
        Assert.Same(answered, seen.Keep("F-1", answered, At));
        Assert.Same(answered, seen.Of("F-1", At.AddSeconds(14)));
        Assert.Null(seen.Of("F-1", At + OpeningFilesSeen.AskedAgainAfter + OpeningFilesSeen.Spread));

        // Two thousand that were asked at once are not all due again in one second.
        for (var i = 0; i < OpeningRules.MostFiles; i++)
        {
            seen.Keep($"G-{i}", quiet, At);
        }

        int Due(double after) => Enumerable.Range(0, OpeningRules.MostFiles).Count(i => seen.Of($"G-{i}", At.AddSeconds(after)) is null);
        Assert.Equal((0, OpeningRules.MostFiles), (Due(14.9), Due(31)));
        Assert.All(Enumerable.Range(15, 16), second => Assert.InRange(Due(second) - Due(second - 1), 0, 200));
    }
}
