using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;

namespace Bzt.Grains.Openings;

/// <summary>An opening at rest.</summary>
public sealed record StoredOpening : IHasOutbox<StoredOpening>
{
    /// <summary>As it was announced; null before.</summary>
    public CreateOpening? Command { get; init; }

    /// <summary>How its times were moved since, oldest first.</summary>
    public ImmutableArray<OpeningMove> Moves { get; init; } = [];

    /// <summary>Ended by the platform before its deadline.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public StoredOpening WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <summary>One file of an opening at rest.</summary>
public sealed record StoredOpeningFile
{
    /// <summary>Oldest first.</summary>
    public ImmutableArray<OpeningFileEvent> Events { get; init; } = [];

    /// <summary>Sessions without an answer, and when each ends by itself.</summary>
    public ImmutableArray<OpenOpeningSession> Open { get; init; } = [];
}

public sealed record OpenOpeningSession(SessionId Session, DateTimeOffset ExpiresAt);

/// <summary>What may happen at a bid opening, without clock or Orleans.</summary>
internal static class OpeningRules
{
    public const int MostFiles = 2000;
    public const int MostAsked = 50;
    public const int MostSections = 64;

    /// <summary>Of one file, at once: a tool that was started anew, on a second PC.</summary>
    public const int MostOpen = 8;

    /// <summary>Of one file: some hundred tries.</summary>
    public const int MostEvents = 400;

    public const int MostMoves = 20;
    public const int MostByLock = 50;
    private const int LongestId = 64;
    private static readonly TimeSpan LongestOpening = TimeSpan.FromDays(1);

    /// <summary>How far ahead: well within the years an opening is kept after its last write, so that it is there when it takes place.</summary>
    private const int YearsAhead = 3;

    public static Refusal? Check(CreateOpening command, DateTimeOffset now) =>
        !command.Files.SelectMany(file => (string[])[file.Name, file.BidderName]).Concat([command.ProjectId, command.ProjectName]).All(VisibleText.Is)
            ? new Refusal(RefusalCode.InvisibleCharacters)
        : command.Files.Count is > 0 and <= MostFiles
        && IsText(command.ProjectId) && IsText(command.ProjectName)
        && command.Deadline > command.OpensAt && command.Deadline - command.OpensAt <= LongestOpening && command.Deadline > now && !IsTooFar(command.Deadline, now)
        && command.Files.All(file => IsFileId(file.FileId) && IsText(file.Name) && IsText(file.BidderName) && file.Digest.Length == 32)
        && command.Files.DistinctBy(file => file.FileId, StringComparer.Ordinal).Count() == command.Files.Count
            ? null
            : new Refusal(RefusalCode.InvalidRequest);

    public static bool IsSame(CreateOpening known, CreateOpening repeated) =>
        JsonSerializer.SerializeToUtf8Bytes(known, StateJson.Options).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(repeated, StateJson.Options));

    /// <summary>What was announced, with the times that hold.</summary>
    public static CreateOpening? Standing(StoredOpening opening) =>
        opening.Moves is [.., var last] ? opening.Command! with { OpensAt = last.OpensAt, Deadline = last.Deadline } : opening.Command;

    public static OpeningState StateAt(StoredOpening opening, DateTimeOffset now) =>
        opening.EndedAt is not null || now >= Standing(opening)!.Deadline ? OpeningState.Ended
        : now >= Standing(opening)!.OpensAt ? OpeningState.Running
        : OpeningState.Announced;

    /// <summary>
    /// The times only move later, and only while what moves is still to come: nobody who was told a time can have missed it, and what a record
    /// said had ended does not go on.
    /// </summary>
    public static Reply<StoredOpening> Move(StoredOpening opening, ChangeOpening change, DateTimeOffset now)
    {
        if (Standing(opening) is not { } standing || standing.Platform != change.Platform)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (opening.Moves.FirstOrDefault(move => move.Command.Id == change.Id) is { } known)
        {
            return known.Command == change ? opening : new Refusal(RefusalCode.IdempotencyConflict);
        }

        if (StateAt(opening, now) == OpeningState.Ended)
        {
            return new Refusal(RefusalCode.OpeningEnded);
        }

        if (!VisibleText.Is(change.Reason))
        {
            return new Refusal(RefusalCode.InvisibleCharacters);
        }

        var move = new OpeningMove(change, ToMilliseconds(now), standing.OpensAt, standing.Deadline);
        if (!IsText(change.Reason) || (change.OpensAt is null && change.Deadline is null) || move.Deadline <= move.OpensAt || move.Deadline - move.OpensAt > LongestOpening
            || IsTooFar(move.Deadline, now))
        {
            return new Refusal(RefusalCode.InvalidRequest);
        }

        if (change.OpensAt is not null && now >= standing.OpensAt)
        {
            return new Refusal(RefusalCode.OpeningBegun);
        }

        if (change.OpensAt <= standing.OpensAt || change.Deadline <= standing.Deadline)
        {
            return new Refusal(RefusalCode.OpeningNotEarlier);
        }

        return opening.Moves.Length >= MostMoves
            ? new Refusal(RefusalCode.RateLimited)
            : opening with { Moves = opening.Moves.Add(move), Outbox = opening.Outbox.AddMoved(standing, move) };
    }

    public static Reply<OpeningAdmission> MayAsk(StoredOpening opening, OpeningAsk ask, DateTimeOffset now)
    {
        if (Standing(opening) is not { } command || command.Platform != ask.Platform)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (command.ProjectId != ask.ProjectId)
        {
            return new Refusal(RefusalCode.OpeningOtherProject);
        }

        if (ask.Files.Count is 0 or > MostAsked || ask.Files.Distinct(StringComparer.Ordinal).Count() != ask.Files.Count)
        {
            return new Refusal(RefusalCode.InvalidRequest);
        }

        var files = command.Files.Where(file => ask.Files.Contains(file.FileId, StringComparer.Ordinal)).ToList();
        if (files.Count != ask.Files.Count)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        // One phone is asked: one bidder's files.
        var bidder = files[0].Bidder;
        if (files.Any(file => file.Bidder != bidder) || (ask.OnlyFor is { } only && only != bidder))
        {
            return new Refusal(RefusalCode.OpeningOtherProject);
        }

        return StateAt(opening, now) switch
        {
            OpeningState.Announced => new Refusal(RefusalCode.OpeningNotBegun, command.OpensAt),
            OpeningState.Ended => new Refusal(RefusalCode.OpeningEnded),
            _ => new OpeningAdmission(bidder, command.Deadline),
        };
    }

    public static bool MaySee(StoredOpening opening, OpeningViewer viewer) =>
        opening.Command is { } command && command.Platform == viewer.Platform && (viewer.Bidder is null || viewer.ProjectId == command.ProjectId);

    public static OpeningFileFacts? FileFor(StoredOpening opening, OpeningViewer viewer, string file) =>
        MaySee(opening, viewer) ? opening.Command!.Files.FirstOrDefault(facts => facts.FileId == file && (viewer.Bidder is not { } bidder || bidder == facts.Bidder)) : null;

    public static StoredOpeningFile Asked(StoredOpeningFile file, OpeningAsked asked) => file.Events.Any(e => e.Kind == OpeningEventKind.Asked && e.Session == asked.Session) ? file : file with
    {
        Events = file.Events.Add(new OpeningFileEvent(
            OpeningEventKind.Asked, ToMilliseconds(asked.At), asked.Session,
            asked.Recipient == DecryptionRecipient.ThisPc ? OpeningReader.ThisPc : OpeningReader.PlatformServer, null, null, null, null, [])),
        Open = file.Open.Add(new OpenOpeningSession(asked.Session, asked.ExpiresAt)),
    };

    /// <summary>One that is asked for again and again would grow its record without bound.</summary>
    public static bool IsCrowded(IReadOnlyList<OpeningFileEvent> events) => events.Count >= MostEvents
        || events.Count(e => e.Kind == OpeningEventKind.Asked) - events.Count(e => e.Kind == OpeningEventKind.Answered) >= MostOpen;

    /// <summary>The first answer stays: a session ends once.</summary>
    public static StoredOpeningFile Answered(StoredOpeningFile file, OpeningAnswered answered) => file.Open.All(open => open.Session != answered.Session) ? file : file with
    {
        Events = file.Events.Add(new OpeningFileEvent(
            OpeningEventKind.Answered, ToMilliseconds(answered.At), answered.Session, null, answered.Answer, answered.SigningSerial, null, null, [])),
        Open = file.Open.RemoveAll(open => open.Session == answered.Session),
    };

    /// <summary>Only of what was released, and by the platform of what a lock gave too; each side has one word on a session, a repeat is the same.</summary>
    public static (StoredOpeningFile File, Refusal? Refusal) Report(StoredOpeningFile file, OpeningReporter reporter, ReportOpening report, DateTimeOffset now)
    {
        if (report.Sections.Count > MostSections || report.Sections.Any(section => !IsReportable(section.Name) || !Enum.IsDefined(section.Outcome)) || !Enum.IsDefined(report.Outcome)
            || (report.Outcome == OpeningOutcome.Opened && report.Sections.Any(section => section.Outcome != OpeningOutcome.Opened)))
        {
            return (file, new Refusal(RefusalCode.InvalidRequest));
        }

        if (report.ByLock)
        {
            return ReportLock(file, reporter, report, now);
        }

        var ofLock = file.Events.Any(e => e.Session == report.Session && e.Kind == OpeningEventKind.OpenedByLock);
        if (!ofLock && !file.Events.Any(e => e.Session == report.Session && e.Answer == OpeningAnswer.Released))
        {
            return (file, new Refusal(RefusalCode.OpeningReportRefused));
        }

        if (ofLock && IsOfParts(report))
        {
            return (file, new Refusal(RefusalCode.InvalidRequest));
        }

        if (file.Events.FirstOrDefault(e => e.Session == report.Session && e.Reporter == reporter) is { } known)
        {
            return (file, known.Outcome == report.Outcome && known.Sections.SequenceEqual(report.Sections) ? null : new Refusal(RefusalCode.IdempotencyConflict));
        }

        return (file with
        {
            Events = file.Events.Add(new OpeningFileEvent(OpeningEventKind.Reported, ToMilliseconds(now), report.Session, null, null, null, reporter, report.Outcome, report.Sections)),
        }, null);
    }

    /// <summary>
    /// The number under which a lock's attempt is kept, of the one the tool made: the same in a repeat, and never that of a session, which whoever
    /// knows how it is made could have taken in advance.
    /// </summary>
    public static SessionId LockNumber(SessionId said) => new(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"lock{said.Value:D}")).AsSpan(0, 16)));

    /// <summary>
    /// No phone was asked and nothing was released: it is the bidder's word, and only the bidder's, of what its lock opened section by section. The
    /// platform may say otherwise by an ordinary report on the same number. A repeat is the same.
    /// </summary>
    private static (StoredOpeningFile File, Refusal? Refusal) ReportLock(StoredOpeningFile file, OpeningReporter reporter, ReportOpening report, DateTimeOffset now)
    {
        if (reporter != OpeningReporter.Bidder || report.Sections.Count == 0 || IsOfParts(report))
        {
            return (file, new Refusal(RefusalCode.InvalidRequest));
        }

        if (file.Events.FirstOrDefault(e => e.Session == report.Session) is { } known)
        {
            return (file, known.Kind == OpeningEventKind.OpenedByLock && known.Outcome == report.Outcome && known.Sections.SequenceEqual(report.Sections) ? null : new Refusal(RefusalCode.IdempotencyConflict));
        }

        return file.Events.Count(e => e.Kind == OpeningEventKind.OpenedByLock) >= MostByLock
            ? (file, new Refusal(RefusalCode.RateLimited))
            : (file with
            {
                Events = file.Events.Add(new OpeningFileEvent(
                    OpeningEventKind.OpenedByLock, ToMilliseconds(now), report.Session, OpeningReader.ThisPc, null, null, reporter, report.Outcome, report.Sections)),
            }, null);
    }

    /// <summary>Of phone and cluster, which have no part in what a lock opens.</summary>
    private static bool IsOfParts(ReportOpening report) =>
        report.Outcome == OpeningOutcome.PartsRefused || report.Sections.Any(section => section.Outcome == OpeningOutcome.PartsRefused);

    /// <summary>What is signed counts in milliseconds.</summary>
    public static DateTimeOffset ToMilliseconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    /// <summary>The opening time is before the deadline.</summary>
    private static bool IsTooFar(DateTimeOffset deadline, DateTimeOffset now) => deadline > now.AddYears(YearsAhead);

    private static bool IsFileId(string id) => id.Length is > 0 and <= LongestId && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>A section's name as the bid file has it. Nobody signs it, and a file from before names were looked at more closely opens all the same.</summary>
    private static bool IsReportable(string name) => name.Length is > 0 and <= SessionLimits.TextLength && !name.Any(char.IsControl);

    private static bool IsText(string text) => text.Length is > 0 and <= SessionLimits.TextLength && VisibleText.Is(text);
}
