using System.Buffers.Binary;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;

namespace Bzt.Protocol.Evidence;

/// <summary>What happened to one bidder's file at a bid opening: who was asked to decrypt it, when, and what came back.</summary>
/// <param name="Opening">The opening's id.</param>
/// <param name="PlatformId">The trading platform.</param>
/// <param name="ProjectId">Its number of the project.</param>
/// <param name="ProjectName">The project's name.</param>
/// <param name="OpensAt">From when files may be decrypted, as it stood when this was signed.</param>
/// <param name="Deadline">Until when, as it stood when this was signed.</param>
/// <param name="EndedAt">When the platform ended it before the deadline; null otherwise.</param>
/// <param name="FileId">The platform's number of the file.</param>
/// <param name="FileName">The file as people call it.</param>
/// <param name="FileDigest">What the platform said, before the opening, that it holds: SM3 of the signed manifest (docs/bid-file.md), or of the whole file of another format.</param>
/// <param name="BidderName">Whose file.</param>
/// <param name="BidderCreditCode">Its unified social credit code.</param>
/// <param name="Events">Oldest first.</param>
/// <param name="SignedAt">By the cluster's clock, in whole milliseconds: the record is how things stood then.</param>
public sealed record OpeningRecord(
    Guid Opening, string PlatformId, string ProjectId, string ProjectName, DateTimeOffset OpensAt, DateTimeOffset Deadline, DateTimeOffset? EndedAt,
    string FileId, string FileName, byte[] FileDigest, string BidderName, string BidderCreditCode, IReadOnlyList<OpeningEvent> Events, DateTimeOffset SignedAt)
{
    /// <summary>How the platform moved the opening's times since it was announced, oldest first.</summary>
    public IReadOnlyList<OpeningChange> Changes { get; init; } = [];

    /// <summary>Whether the opening was over when this was signed, and nobody was still being waited for.</summary>
    public bool IsOver() =>
        SignedAt >= (EndedAt ?? Deadline)
        && Events.Where(e => e.Kind == OpeningEventKind.Asked).All(asked => Events.Any(e => e.Kind == OpeningEventKind.Answered && e.Session == asked.Session));

    /// <summary>What follows from the events, for anybody who reads them.</summary>
    public OpeningJudgement Judge() => OpeningJudgement.Of(Events, IsOver());

    /// <summary>Signs with the cluster's evidence key (SM2, default signer id).</summary>
    public Sm2Signature Sign(SecretScalar key, Point publicKey, IRandomSource random) =>
        Sm2Signature.Sign(key, Sm2Signature.Digest(publicKey, Hash()), random);

    /// <summary>Whether the evidence key signed it.</summary>
    public bool IsSignedBy(Point publicKey, Sm2Signature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        return signature.Verify(publicKey, Sm2Signature.Digest(publicKey, Hash()));
    }

    /// <summary>
    /// SM3 over every member in the order of declaration; times in milliseconds since 1970, an absent one as no bytes. The changes are one more
    /// part, there only when there are any: a record whose times never moved hashes as it did before times could move.
    /// </summary>
    public byte[] Hash()
    {
        byte[][] parts =
        [
            TaggedHash.Part(Opening.ToString("D")), TaggedHash.Part(PlatformId), TaggedHash.Part(ProjectId), TaggedHash.Part(ProjectName),
            OpeningEvent.Time(OpensAt), OpeningEvent.Time(Deadline), EndedAt is { } ended ? OpeningEvent.Time(ended) : [],
            TaggedHash.Part(FileId), TaggedHash.Part(FileName), FileDigest, TaggedHash.Part(BidderName), TaggedHash.Part(BidderCreditCode),
            TaggedHash.Part(Events.Select(e => e.Hash())), OpeningEvent.Time(SignedAt),
        ];
        return TaggedHash.Hash("evidence/opening", Changes.Count == 0 ? parts : [.. parts, TaggedHash.Part(Changes.Select(change => change.Hash()))]);
    }
}

/// <summary>The platform moved an opening's times; both are named as they stood and as they stand since.</summary>
/// <param name="At">When, in whole milliseconds.</param>
/// <param name="FromOpensAt">From when files could be decrypted before this.</param>
/// <param name="FromDeadline">The deadline before this.</param>
/// <param name="OpensAt">From when files may be decrypted since.</param>
/// <param name="Deadline">The deadline since.</param>
/// <param name="Reason">Why, in the platform's words.</param>
public sealed record OpeningChange(DateTimeOffset At, DateTimeOffset FromOpensAt, DateTimeOffset FromDeadline, DateTimeOffset OpensAt, DateTimeOffset Deadline, string Reason)
{
    internal byte[] Hash() => TaggedHash.Hash(
        "evidence/opening-change",
        OpeningEvent.Time(At), OpeningEvent.Time(FromOpensAt), OpeningEvent.Time(FromDeadline), OpeningEvent.Time(OpensAt), OpeningEvent.Time(Deadline), TaggedHash.Part(Reason));
}

/// <summary>One event of an <see cref="OpeningRecord"/>. Which members it has depends on its kind; the others are absent.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="At">When, in whole milliseconds.</param>
/// <param name="Session">The request to the phone. In the certificate's own evidence the entry names the same.</param>
public sealed record OpeningEvent(OpeningEventKind Kind, DateTimeOffset At, Guid Session)
{
    /// <summary>With <see cref="OpeningEventKind.Asked"/>: who would be able to read. With <see cref="OpeningEventKind.OpenedByLock"/>: the bidder's PC.</summary>
    public OpeningReader? Reader { get; init; }

    /// <summary>With <see cref="OpeningEventKind.Answered"/>.</summary>
    public OpeningAnswer? Answer { get; init; }

    /// <summary>With <see cref="OpeningAnswer.Released"/>: the signing certificate's serial number.</summary>
    public string? SigningSerial { get; init; }

    /// <summary>With <see cref="OpeningEventKind.Reported"/> and <see cref="OpeningEventKind.OpenedByLock"/>: whose word it is.</summary>
    public OpeningReporter? Reporter { get; init; }

    /// <summary>With the same: of the file as a whole.</summary>
    public OpeningOutcome? Outcome { get; init; }

    /// <summary>With the same: of each part that was asked for.</summary>
    public IReadOnlyList<OpeningSection> Sections { get; init; } = [];

    internal byte[] Hash() => TaggedHash.Hash(
        "evidence/opening-event",
        TaggedHash.Part((int)Kind), Time(At), TaggedHash.Part(Session.ToString("D")),
        TaggedHash.Part((int)(Reader ?? 0)), TaggedHash.Part((int)(Answer ?? 0)), TaggedHash.Part(SigningSerial ?? ""),
        TaggedHash.Part((int)(Reporter ?? 0)), TaggedHash.Part((int)(Outcome ?? 0)),
        TaggedHash.Part(Sections.Select(section => TaggedHash.Hash("evidence/opening-section", TaggedHash.Part(section.Name), TaggedHash.Part((int)section.Outcome)))));

    internal static byte[] Time(DateTimeOffset at)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, at.ToUnixTimeMilliseconds());
        return bytes;
    }
}

/// <summary>What became of one part of a file.</summary>
/// <param name="Name">As in the file.</param>
/// <param name="Outcome">What opening it gave.</param>
public sealed record OpeningSection(string Name, OpeningOutcome Outcome);

/// <summary>The values are hashed: they are never reused. So are those of the enumerations below.</summary>
public enum OpeningEventKind
{
    /// <summary>A request to decrypt was made for the bidder's phone.</summary>
    Asked = 1,

    /// <summary>That request ended.</summary>
    Answered = 2,

    /// <summary>Whoever had the file and the phone's answer said what opening it gave.</summary>
    Reported = 3,

    /// <summary>The bidder's tool opened it at the bidder's PC with a CA lock, and said what that gave: no request, and the bidder's word alone. The session is none, only a number that tells attempts apart.</summary>
    OpenedByLock = 4,
}

/// <summary>Who would be able to read what was decrypted.</summary>
public enum OpeningReader
{
    /// <summary>The bidder's own PC.</summary>
    ThisPc = 1,

    /// <summary>The platform's server.</summary>
    PlatformServer = 2,
}

/// <summary>Whose word a report is.</summary>
public enum OpeningReporter
{
    /// <summary>The trading platform.</summary>
    Platform = 1,

    /// <summary>The bidder's tool.</summary>
    Bidder = 2,
}

/// <summary>How a request to decrypt ended.</summary>
public enum OpeningAnswer
{
    /// <summary>PIN and phone were right: both parts were released to the reader.</summary>
    Released = 1,

    /// <summary>Refused on the phone.</summary>
    Refused = 2,

    /// <summary>Refused on the phone as not asked for by its holder.</summary>
    Disowned = 3,

    /// <summary>Nobody was seen to scan it in time.</summary>
    NotScanned = 4,

    /// <summary>Scanned, and not confirmed in time.</summary>
    NotConfirmed = 5,

    /// <summary>The PIN was wrong, and no right one followed in time.</summary>
    WrongPin = 6,

    /// <summary>The certificate was locked after wrong PINs.</summary>
    Locked = 7,

    /// <summary>The certificate had expired, was revoked, or its holder may not use it.</summary>
    CertificateUnusable = 8,

    /// <summary>Phone and cluster did not come to an end.</summary>
    ProtocolFailure = 9,

    /// <summary>The asking side gave up.</summary>
    Cancelled = 10,
}

/// <summary>What opening a file, or a part of it, gave. The faults are those of docs/bid-file.md.</summary>
public enum OpeningOutcome
{
    /// <summary>It is open.</summary>
    Opened = 1,

    /// <summary>The content is whole as signed; the key that came out is not the one it is encrypted under.</summary>
    WrongKey = 2,

    /// <summary>The wrapped key's check value does not match: it was not wrapped for this certificate, or damaged before it was signed.</summary>
    KeyRefused = 3,

    /// <summary>The file is not the one the bidder signed.</summary>
    Altered = 4,

    /// <summary>The content, as signed by the bidder, is not one a reader may accept: unsafe names, a broken list of files.</summary>
    Malformed = 5,

    /// <summary>The two parts that the phone and the cluster released do not fit the request.</summary>
    PartsRefused = 6,

    /// <summary>The reader could not read or write its own disk, or the like.</summary>
    ReaderFailed = 7,
}
