using System.Text.Json.Serialization;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Orleans.Concurrency;

namespace Bzt.Grains.Openings;

/// <summary>
/// A bid opening: which files are to be decrypted, from when and until when. What becomes of each file is its own grain's
/// (<see cref="IOpeningFileGrain"/>), so that thousands of bidders in the same minutes do not wait for one another.
/// </summary>
[Alias("bzt.IOpening")]
public interface IOpeningGrain : IGrainWithGuidKey
{
    /// <summary>Announces it. The same command again is done; another is <see cref="RefusalCode.IdempotencyConflict"/>.</summary>
    [Alias("create")]
    Task<Reply<Nothing>> Create(CreateOpening command);

    /// <summary>Where it stands, and every file of it that the asker may see.</summary>
    [Alias("view"), AlwaysInterleave]
    Task<Reply<OpeningView>> GetView(OpeningViewer viewer);

    /// <summary>The signed record of one file.</summary>
    [Alias("record"), AlwaysInterleave]
    Task<Reply<OpeningEvidence>> GetRecord(OpeningViewer viewer, string file);

    /// <summary>Whether a phone may be asked for these files now, and whose they are.</summary>
    [Alias("may-ask"), AlwaysInterleave]
    Task<Reply<OpeningAdmission>> MayAsk(OpeningAsk ask);

    /// <summary>What opening a file gave. A repeat is done.</summary>
    [Alias("report"), AlwaysInterleave]
    Task<Reply<OpeningFileView>> Report(OpeningViewer reporter, string file, ReportOpening report);

    /// <summary>A file's own word after each of its writes. It may be lost: whoever looks asks a file again after a while.</summary>
    [Alias("told"), AlwaysInterleave, OneWay]
    Task Told(string file, OpeningFileSaid said);

    /// <summary>The platform moves its times later; the bidders' phones are told. Idempotent by the change's id.</summary>
    [Alias("change")]
    Task<Reply<Nothing>> Change(ChangeOpening command);

    /// <summary>The platform ends it before its deadline: open requests are cancelled.</summary>
    [Alias("end")]
    Task<Reply<Nothing>> End(PlatformId platform);
}

/// <summary>One file of an opening: who was asked, when, and what came back.</summary>
[Alias("bzt.IOpeningFile")]
public interface IOpeningFileGrain : IGrainWithStringKey
{
    /// <summary>From the session's own creation, at least once.</summary>
    [Alias("asked")]
    Task Asked(OpeningAsked asked);

    /// <summary>From the session's own end, at least once.</summary>
    [Alias("answered")]
    Task Answered(OpeningAnswered answered);

    /// <inheritdoc cref="IOpeningGrain.Report"/>
    [Alias("report")]
    Task<Reply<Nothing>> Report(OpeningReporter reporter, ReportOpening report);

    /// <summary>Oldest first. Sessions that ended by time without telling are asked.</summary>
    [Alias("events")]
    Task<IReadOnlyList<OpeningFileEvent>> GetEvents();

    /// <summary>As <see cref="GetEvents"/>, and until when that holds unless something happens.</summary>
    [Alias("said")]
    Task<OpeningFileSaid> Say();

    /// <summary>The sessions without an answer.</summary>
    [Alias("open-sessions")]
    Task<IReadOnlyList<SessionId>> GetOpenSessions();
}

/// <param name="OpensAt">The project's opening time.</param>
[GenerateSerializer, Immutable, Alias("bzt.CreateOpening")]
public sealed record CreateOpening(
    [property: Id(0)] PlatformId Platform,
    [property: Id(1)] string ProjectId,
    [property: Id(2)] string ProjectName,
    [property: Id(3)] DateTimeOffset OpensAt,
    [property: Id(4)] DateTimeOffset Deadline,
    [property: Id(5)] IReadOnlyList<OpeningFileFacts> Files);

/// <param name="Id">Of this change: a repeat is done, another under the same id is <see cref="RefusalCode.IdempotencyConflict"/>.</param>
/// <param name="OpensAt">Null: it stays.</param>
/// <param name="Deadline">Null: it stays.</param>
[GenerateSerializer, Immutable, Alias("bzt.ChangeOpening")]
public sealed record ChangeOpening(
    [property: Id(0)] Guid Id,
    [property: Id(1)] PlatformId Platform,
    [property: Id(2)] DateTimeOffset? OpensAt,
    [property: Id(3)] DateTimeOffset? Deadline,
    [property: Id(4)] string Reason);

/// <summary>An <see cref="OpeningChange"/> as it is stored and sent between grains.</summary>
[GenerateSerializer, Immutable, Alias("bzt.OpeningMove")]
public sealed record OpeningMove(
    [property: Id(0)] ChangeOpening Command,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] DateTimeOffset FromOpensAt,
    [property: Id(3)] DateTimeOffset FromDeadline)
{
    [JsonIgnore]
    public DateTimeOffset OpensAt => Command.OpensAt ?? FromOpensAt;

    [JsonIgnore]
    public DateTimeOffset Deadline => Command.Deadline ?? FromDeadline;

    public OpeningChange ToChange() => new(At, FromOpensAt, FromDeadline, OpensAt, Deadline, Command.Reason);
}

[GenerateSerializer, Immutable, Alias("bzt.OpeningFileFacts")]
public sealed record OpeningFileFacts(
    [property: Id(0)] string FileId,
    [property: Id(1)] string Name,
    [property: Id(2)] string BidderName,
    [property: Id(3)] CreditCode Bidder,
    [property: Id(4)] byte[] Digest);

/// <param name="Bidder">With a project token: sees its own files and nothing of others.</param>
/// <param name="ProjectId">With a project token: its project.</param>
[GenerateSerializer, Immutable, Alias("bzt.OpeningViewer")]
public sealed record OpeningViewer([property: Id(0)] PlatformId Platform, [property: Id(1)] CreditCode? Bidder, [property: Id(2)] string? ProjectId);

[GenerateSerializer, Immutable, Alias("bzt.OpeningView")]
public sealed record OpeningView(
    [property: Id(0)] string ProjectId,
    [property: Id(1)] string ProjectName,
    [property: Id(2)] DateTimeOffset OpensAt,
    [property: Id(3)] DateTimeOffset Deadline,
    [property: Id(4)] DateTimeOffset? EndedAt,
    [property: Id(5)] OpeningState State,
    [property: Id(6)] DateTimeOffset Now,
    [property: Id(7)] IReadOnlyList<OpeningFileView> Files)
{
    /// <summary>Oldest first.</summary>
    [Id(8)]
    public IReadOnlyList<OpeningMove> Moves { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("bzt.OpeningFileView")]
public sealed record OpeningFileView(
    [property: Id(0)] OpeningFileFacts File,
    [property: Id(1)] OpeningVerdict Verdict,
    [property: Id(2)] OpeningCause Cause,
    [property: Id(3)] OpeningParty Responsible,
    [property: Id(4)] int TimesAsked,
    [property: Id(5)] DateTimeOffset? LastAt);

/// <summary>What one file knows. Events are only added, so of two words the one with more of them is the later.</summary>
/// <param name="Events">Oldest first.</param>
/// <param name="OpenUntil">When the first of its sessions ends by itself; null without one.</param>
[GenerateSerializer, Immutable, Alias("bzt.OpeningFileSaid")]
public sealed record OpeningFileSaid([property: Id(0)] IReadOnlyList<OpeningFileEvent> Events, [property: Id(1)] DateTimeOffset? OpenUntil);

/// <param name="OnlyFor">With a project token: the bidder it is for.</param>
[GenerateSerializer, Immutable, Alias("bzt.OpeningAsk")]
public sealed record OpeningAsk(
    [property: Id(0)] PlatformId Platform, [property: Id(1)] string ProjectId, [property: Id(2)] CreditCode? OnlyFor, [property: Id(3)] IReadOnlyList<string> Files);

[GenerateSerializer, Immutable, Alias("bzt.OpeningAdmission")]
public sealed record OpeningAdmission([property: Id(0)] CreditCode Bidder, [property: Id(1)] DateTimeOffset Deadline);

[GenerateSerializer, Immutable, Alias("bzt.OpeningAsked")]
public sealed record OpeningAsked(
    [property: Id(0)] SessionId Session, [property: Id(1)] DateTimeOffset At, [property: Id(2)] DecryptionRecipient Recipient, [property: Id(3)] DateTimeOffset ExpiresAt);

[GenerateSerializer, Immutable, Alias("bzt.OpeningAnswered")]
public sealed record OpeningAnswered(
    [property: Id(0)] SessionId Session, [property: Id(1)] DateTimeOffset At, [property: Id(2)] OpeningAnswer Answer, [property: Id(3)] string? SigningSerial);

[GenerateSerializer, Immutable, Alias("bzt.ReportOpening")]
public sealed record ReportOpening([property: Id(0)] SessionId Session, [property: Id(1)] OpeningOutcome Outcome, [property: Id(2)] IReadOnlyList<ReportedSection> Sections)
{
    /// <summary>Opened with a CA lock: the session is none, only an id that tells repeats.</summary>
    [Id(3)]
    public bool ByLock { get; init; }
}

[GenerateSerializer, Immutable, Alias("bzt.ReportedSection")]
public sealed record ReportedSection([property: Id(0)] string Name, [property: Id(1)] OpeningOutcome Outcome);

/// <summary>An <see cref="OpeningEvent"/> as it is stored and sent between grains.</summary>
[GenerateSerializer, Immutable, Alias("bzt.OpeningFileEvent")]
public sealed record OpeningFileEvent(
    [property: Id(0)] OpeningEventKind Kind,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] SessionId Session,
    [property: Id(3)] OpeningReader? Reader,
    [property: Id(4)] OpeningAnswer? Answer,
    [property: Id(5)] string? SigningSerial,
    [property: Id(6)] OpeningReporter? Reporter,
    [property: Id(7)] OpeningOutcome? Outcome,
    [property: Id(8)] IReadOnlyList<ReportedSection> Sections)
{
    public OpeningEvent ToEvent() => new(Kind, At, Session.Value)
    {
        Reader = Reader,
        Answer = Answer,
        SigningSerial = SigningSerial,
        Reporter = Reporter,
        Outcome = Outcome,
        Sections = [.. Sections.Select(section => new OpeningSection(section.Name, section.Outcome))],
    };
}

/// <summary>Everything of one file, signed.</summary>
/// <param name="Opening">With the times that hold.</param>
[GenerateSerializer, Immutable, Alias("bzt.OpeningEvidence")]
public sealed record OpeningEvidence(
    [property: Id(0)] CreateOpening Opening,
    [property: Id(1)] DateTimeOffset? EndedAt,
    [property: Id(2)] OpeningFileFacts File,
    [property: Id(3)] IReadOnlyList<OpeningFileEvent> Events,
    [property: Id(4)] DateTimeOffset SignedAt,
    [property: Id(5)] byte[] Signature,
    [property: Id(6)] byte[] PublicKey)
{
    /// <summary>Oldest first.</summary>
    [Id(7)]
    public IReadOnlyList<OpeningMove> Moves { get; init; } = [];

    public OpeningRecord ToRecord(OpeningId id) => Record(id, Opening, EndedAt, File, Events, SignedAt, Moves);

    /// <summary>What is signed.</summary>
    public static OpeningRecord Record(
        OpeningId id, CreateOpening opening, DateTimeOffset? endedAt, OpeningFileFacts file, IReadOnlyList<OpeningFileEvent> events, DateTimeOffset signedAt, IReadOnlyList<OpeningMove> moves) => new(
        id.Value, opening.Platform.Value, opening.ProjectId, opening.ProjectName, opening.OpensAt, opening.Deadline, endedAt,
        file.FileId, file.Name, file.Digest, file.BidderName, file.Bidder.Value, [.. events.Select(e => e.ToEvent())], signedAt)
    {
        Changes = [.. moves.Select(move => move.ToChange())],
    };
}
