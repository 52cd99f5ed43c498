using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Openings;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Evidence;

namespace Bzt.Tests.Openings;

/// <summary>What each side says of a file, and whose word counts.</summary>
public sealed class OpeningReportRulesTests
{
    private static readonly DateTimeOffset At = new(2026, 12, 1, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");
    private static readonly Guid Later = new("019ab000-0000-7000-8000-000000000002");

    [Fact]
    public void What_is_told_twice_is_kept_once_and_a_side_has_one_word()
    {
        var asked = new OpeningAsked(new SessionId(Id), At, DecryptionRecipient.PlatformServer, At.AddMinutes(5));
        var answered = new OpeningAnswered(new SessionId(Id), At.AddMinutes(1), OpeningAnswer.Released, "0A");
        var file = OpeningRules.Asked(OpeningRules.Asked(new StoredOpeningFile(), asked), asked);
        var report = new ReportOpening(new SessionId(Id), OpeningOutcome.WrongKey, [new ReportedSection("唱标信息", OpeningOutcome.Opened), new ReportedSection("投标文件", OpeningOutcome.WrongKey)]);
        Assert.Equal(RefusalCode.OpeningReportRefused, OpeningRules.Report(file, OpeningReporter.Platform, report, At).Refusal?.Code);

        file = OpeningRules.Answered(OpeningRules.Answered(file, answered), answered with { Answer = OpeningAnswer.Cancelled });
        Assert.Equal((2, 0), (file.Events.Length, file.Open.Length));
        Assert.Equal(OpeningAnswer.Released, file.Events[1].Answer);

        var told = OpeningRules.Report(file, OpeningReporter.Platform, report, At.AddMinutes(2)).File;
        Assert.Equal((told, null), OpeningRules.Report(told, OpeningReporter.Platform, report with { Sections = [.. report.Sections] }, At.AddMinutes(9)));
        Assert.Equal(RefusalCode.IdempotencyConflict, OpeningRules.Report(told, OpeningReporter.Platform, report with { Outcome = OpeningOutcome.Opened, Sections = [] }, At).Refusal?.Code);
        Assert.Equal(4, OpeningRules.Report(told, OpeningReporter.Bidder, report, At).File.Events.Length);
        foreach (var wrong in (ReportOpening[])
        [
            report with { Outcome = OpeningOutcome.Opened }, report with { Outcome = (OpeningOutcome)99 }, report with { Sections = [new ReportedSection("a\nb", OpeningOutcome.Opened)] },
            report with { Sections = [.. Enumerable.Repeat(report.Sections[1], 65)] },
        ])
        {
            Assert.Equal(RefusalCode.InvalidRequest, OpeningRules.Report(file, OpeningReporter.Platform, wrong, At).Refusal?.Code);
        }
    }

    /// <summary>A bid file from before names were looked at so closely opens, and how it went is told: nobody signs a section's name here.</summary>
    [Theory]
    [InlineData("报价\u202Efdp.exe", true)]
    [InlineData("投标\u200B文件", true)]
    [InlineData("投标文件", true)]
    [InlineData("", false)]
    [InlineData("投标\u0007文件", false)]
    [InlineData("投标\n文件", false)]
    public void A_section_is_reported_by_the_name_its_file_has(string name, bool taken)
    {
        var file = OpeningRules.Answered(
            OpeningRules.Asked(new StoredOpeningFile(), new OpeningAsked(new SessionId(Id), At, DecryptionRecipient.PlatformServer, At.AddMinutes(5))),
            new OpeningAnswered(new SessionId(Id), At.AddMinutes(1), OpeningAnswer.Released, "0A"));
        ReportOpening Of(string section) => new(new SessionId(Id), OpeningOutcome.Opened, [new ReportedSection(section, OpeningOutcome.Opened)]);
        Assert.Equal(taken ? null : RefusalCode.InvalidRequest, OpeningRules.Report(file, OpeningReporter.Platform, Of(name), At.AddMinutes(2)).Refusal?.Code);
        Assert.Equal(RefusalCode.InvalidRequest, OpeningRules.Report(file, OpeningReporter.Platform, Of(new string('长', SessionLimits.TextLength + 1)), At.AddMinutes(2)).Refusal?.Code);
    }

    [Fact]
    public void What_a_lock_opened_is_the_bidders_word_alone()
    {
        var report = new ReportOpening(new SessionId(Id), OpeningOutcome.Altered, [new ReportedSection("投标文件", OpeningOutcome.Altered)]) { ByLock = true };
        Assert.Equal(RefusalCode.InvalidRequest, OpeningRules.Report(new StoredOpeningFile(), OpeningReporter.Platform, report, At).Refusal?.Code);
        var file = OpeningRules.Report(new StoredOpeningFile(), OpeningReporter.Bidder, report, At).File;
        Assert.Equal(new OpeningJudgement(OpeningVerdict.NotOpened, OpeningCause.Altered, OpeningParty.Bidder), OpeningJudgement.Of([.. file.Events.Select(e => e.ToEvent())], over: true));
        Assert.Equal((file, null), OpeningRules.Report(file, OpeningReporter.Bidder, report with { Sections = [.. report.Sections] }, At.AddMinutes(1)));
        Assert.Equal(RefusalCode.IdempotencyConflict, OpeningRules.Report(file, OpeningReporter.Bidder, report with { Outcome = OpeningOutcome.Opened, Sections = [new("投标文件", OpeningOutcome.Opened)] }, At).Refusal?.Code);
        foreach (var wrong in (ReportOpening[])
        [
            report with { Sections = [] }, report with { Outcome = OpeningOutcome.Opened, Sections = [] }, report with { Outcome = OpeningOutcome.PartsRefused },
            report with { Sections = [.. report.Sections, new("唱标信息", OpeningOutcome.PartsRefused)] },
        ])
        {
            Assert.Equal(RefusalCode.InvalidRequest, OpeningRules.Report(new StoredOpeningFile(), OpeningReporter.Bidder, wrong, At).Refusal?.Code);
        }

        // The number a session would have, taken in advance: the request and its answer enter the record all the same. In a grain it is never that one.
        var released = OpeningRules.Answered(
            OpeningRules.Asked(file, new OpeningAsked(report.Session, At, DecryptionRecipient.ThisPc, At.AddMinutes(5))), new OpeningAnswered(report.Session, At, OpeningAnswer.Released, "0A"));
        Assert.Equal([OpeningEventKind.OpenedByLock, OpeningEventKind.Asked, OpeningEventKind.Answered], released.Events.Select(e => e.Kind));
        Assert.Equal(OpeningRules.LockNumber(report.Session), OpeningRules.LockNumber(new SessionId(Id)));
        Assert.Equal(3, new HashSet<SessionId> { report.Session, OpeningRules.LockNumber(report.Session), OpeningRules.LockNumber(new SessionId(Later)) }.Count);

        // A request to a phone is another thing: its id is none for a lock, and after it the request counts.
        var asked = OpeningRules.Asked(file, new OpeningAsked(new SessionId(Later), At, DecryptionRecipient.ThisPc, At.AddMinutes(5)));
        Assert.Equal(RefusalCode.IdempotencyConflict, OpeningRules.Report(asked, OpeningReporter.Bidder, report with { Session = new SessionId(Later) }, At).Refusal?.Code);
        Assert.Equal(OpeningCause.NoAnswerYet, OpeningJudgement.Of([.. asked.Events.Select(e => e.ToEvent())], over: false).Cause);
        for (var i = 1; i < 50; i++)
        {
            file = OpeningRules.Report(file, OpeningReporter.Bidder, report with { Session = new SessionId(new Guid(i, 0, 0, new byte[8])) }, At).File;
        }

        Assert.Equal(RefusalCode.RateLimited, OpeningRules.Report(file, OpeningReporter.Bidder, report with { Session = new SessionId(Later) }, At).Refusal?.Code);
    }

    [Fact]
    public void What_a_lock_opened_counts_only_where_the_platform_does_not_say_otherwise()
    {
        var refusedByPhone = OpeningRules.Answered(
            OpeningRules.Asked(new StoredOpeningFile(), new OpeningAsked(new SessionId(Later), At, DecryptionRecipient.ThisPc, At.AddMinutes(5))),
            new OpeningAnswered(new SessionId(Later), At.AddMinutes(1), OpeningAnswer.Refused, null));
        var byLock = Said(OpeningOutcome.Opened) with { ByLock = true };
        foreach (var before in (StoredOpeningFile[])[new(), refusedByPhone])
        {
            // Not of a number that nobody used; then each side has its word on it.
            Assert.Equal(RefusalCode.OpeningReportRefused, OpeningRules.Report(before, OpeningReporter.Platform, Said(OpeningOutcome.WrongKey), At).Refusal?.Code);
            var told = Report(before, OpeningReporter.Bidder, byLock);
            var open = new OpeningJudgement(OpeningVerdict.Opened, OpeningCause.None, OpeningParty.Nobody);
            Assert.Equal(open, Judge(told));
            Assert.Equal(open, Judge(Report(told, OpeningReporter.Platform, Said(OpeningOutcome.Opened))));
            Assert.Equal(RefusalCode.InvalidRequest, OpeningRules.Report(told, OpeningReporter.Platform, Said(OpeningOutcome.PartsRefused), At).Refusal?.Code);
            Assert.Equal(RefusalCode.IdempotencyConflict, OpeningRules.Report(told, OpeningReporter.Bidder, Said(OpeningOutcome.WrongKey), At).Refusal?.Code);
            var denied = Report(told, OpeningReporter.Platform, Said(OpeningOutcome.WrongKey));
            Assert.Equal((denied, null), OpeningRules.Report(denied, OpeningReporter.Platform, Said(OpeningOutcome.WrongKey), At.AddMinutes(9)));
            Assert.Equal(RefusalCode.IdempotencyConflict, OpeningRules.Report(denied, OpeningReporter.Platform, Said(OpeningOutcome.Opened), At).Refusal?.Code);

            // What came before it counts again; where there is nothing, it is one word against the other.
            Assert.Equal(before == refusedByPhone ? (OpeningCause.Refused, OpeningParty.Bidder) : (OpeningCause.WrongKey, OpeningParty.Undetermined), (Judge(denied).Cause, Judge(denied).Responsible));
            Assert.Equal(OpeningVerdict.NotOpened, Judge(denied).Verdict);

            // Another attempt is another matter.
            Assert.Equal(open, Judge(Report(denied, OpeningReporter.Bidder, byLock with { Session = new SessionId(Guid.Empty) })));
        }

        // The platform may know better that it is open, too; and of what both say nothing is in doubt.
        var altered = Report(new StoredOpeningFile(), OpeningReporter.Bidder, Said(OpeningOutcome.Altered) with { ByLock = true });
        Assert.Equal(OpeningVerdict.Opened, Judge(Report(altered, OpeningReporter.Platform, Said(OpeningOutcome.Opened))).Verdict);
        Assert.Equal((OpeningCause.Altered, OpeningParty.Bidder), (Judge(Report(altered, OpeningReporter.Platform, Said(OpeningOutcome.Altered))).Cause, Judge(altered).Responsible));

        // Whatever is in a record: this service had no part in a lock's attempt.
        OpeningEvent blaming = new(OpeningEventKind.OpenedByLock, At, Id) { Reader = OpeningReader.ThisPc, Reporter = OpeningReporter.Bidder, Outcome = OpeningOutcome.PartsRefused };
        OpeningEvent wrongKey = blaming with { Outcome = OpeningOutcome.WrongKey }, parts = new(OpeningEventKind.Reported, At, Id) { Reporter = OpeningReporter.Platform, Outcome = OpeningOutcome.PartsRefused };
        foreach (var events in (OpeningEvent[][])[[blaming], [wrongKey, parts], [blaming, parts]])
        {
            Assert.Equal(new OpeningJudgement(OpeningVerdict.NotOpened, OpeningCause.PartsRefused, OpeningParty.Undetermined), OpeningJudgement.Of(events, over: true));
        }

        static ReportOpening Said(OpeningOutcome outcome) => new(new SessionId(Id), outcome, [new ReportedSection("投标文件", outcome)]);

        static StoredOpeningFile Report(StoredOpeningFile file, OpeningReporter reporter, ReportOpening report)
        {
            var (next, refusal) = OpeningRules.Report(file, reporter, report, At.AddMinutes(2));
            Assert.Null(refusal);
            Assert.Equal(file.Events.Length + 1, next.Events.Length);
            return next;
        }

        static OpeningJudgement Judge(StoredOpeningFile file) => OpeningJudgement.Of([.. file.Events.Select(e => e.ToEvent())], over: true);
    }
}
