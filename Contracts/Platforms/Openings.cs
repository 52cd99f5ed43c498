using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;

namespace Bzt.Contracts.Platforms;

/// <summary>A bid opening: the files that are to be decrypted, and until when. From its project's opening time on, sessions of kind decrypt may name it.</summary>
/// <param name="Deadline">After it nobody is asked any more; at most a day after the project's opening time.</param>
/// <param name="Files">1 to 2000.</param>
public sealed record CreateOpeningRequest(ProjectInfo Project, DateTimeOffset Deadline, IReadOnlyList<OpeningFile> Files);

/// <summary>A received file.</summary>
/// <param name="FileId">The platform's number: 1 to 64 letters, digits, '.', '_' and '-'.</param>
/// <param name="Name">As people call it; at most 200 characters.</param>
/// <param name="Bidder">Whose it is.</param>
/// <param name="Digest">SM3 of its signed manifest (docs/bid-file.md), or of the whole file of another format; 32 octets.</param>
public sealed record OpeningFile(string FileId, string Name, EnterpriseInfo Bidder, byte[] Digest);

/// <summary>Moves an opening's times. Both only move later: what bidders were told they have, they have.</summary>
/// <param name="Reason">Told to the bidders' phones and kept in every file's record; at most 200 characters.</param>
public sealed record ChangeOpeningRequest(string Reason)
{
    /// <summary>A later opening time, before the one that was announced; absent: it stays.</summary>
    public DateTimeOffset? OpeningTime { get; init; }

    /// <summary>A later deadline, before the one that was announced; absent: it stays. At most a day after the opening time.</summary>
    public DateTimeOffset? Deadline { get; init; }
}

/// <summary>Where an opening stands.</summary>
public enum OpeningState
{
    /// <summary>The project's opening time has not come.</summary>
    Announced,

    /// <summary>Files may be decrypted.</summary>
    Running,

    /// <summary>At its deadline, or ended by the platform before.</summary>
    Ended,
}

/// <param name="EndedAt">When the platform ended it before the deadline.</param>
/// <param name="ServerTime">Of this answer.</param>
/// <param name="SecondsLeft">Of the countdown to the deadline by the server's clock; 0 once it has ended.</param>
/// <param name="Files">With a project token: the bidder's own.</param>
public sealed record OpeningStatus(
    Guid OpeningId, ProjectInfo Project, DateTimeOffset Deadline, OpeningState State, DateTimeOffset? EndedAt, DateTimeOffset ServerTime, int SecondsLeft,
    IReadOnlyList<OpeningFileStatus> Files)
{
    /// <summary>How the platform moved its times, oldest first; the times beside are those that hold.</summary>
    public IReadOnlyList<OpeningChange> Changes { get; init; } = [];
}

/// <param name="Judgement">Whether it is open; if not, why and on whose side that lies.</param>
/// <param name="TimesAsked">Requests to the bidder's phone so far.</param>
/// <param name="LastAt">Of the newest event; absent before the first.</param>
public sealed record OpeningFileStatus(string FileId, string Name, EnterpriseInfo Bidder, byte[] Digest, OpeningJudgement Judgement, int TimesAsked, DateTimeOffset? LastAt);

/// <summary>Makes a session of kind decrypt a part of an opening.</summary>
/// <param name="Files">Those the wrapped keys are of: all of one bidder, whose phone alone may then serve the session.</param>
public sealed record OpeningReference(Guid OpeningId, IReadOnlyList<string> Files);

/// <summary>What opening a file gave, by whoever could: the platform for its server, the bidder's tool for its PC.</summary>
/// <param name="SessionId">The session whose answer it was opened with.</param>
/// <param name="Outcome">Of all that was asked for: opened only when every part of it is.</param>
/// <param name="Sections">Of each part; at most 64.</param>
public sealed record OpeningReport(Guid SessionId, OpeningOutcome Outcome, IReadOnlyList<OpeningSection> Sections)
{
    /// <summary>Opened at the bidder's PC with a CA lock: no phone was asked, and the session's id is one that the tool made, the same in a repeat. With a project token, while the opening runs, and with a section at least. The platform may say otherwise by a report of its own on the session the record names.</summary>
    public bool ByLock { get; init; }
}

/// <summary>
/// The evidence of one file's opening, signed by the cluster's evidence key: how things stood when it was signed. A later one says what an earlier
/// says, and more.
/// </summary>
/// <param name="Judgement">What follows from the record; a verifier draws it again.</param>
/// <param name="Signature">SM2, r ‖ s, by the evidence key.</param>
/// <param name="EvidenceKey">65 octets; a verifier compares it with the published one.</param>
public sealed record SignedOpeningRecord(OpeningRecord Record, OpeningJudgement Judgement, byte[] Signature, byte[] EvidenceKey)
{
    /// <summary>Checks judgement and signature under the key the verifier trusts, 65 octets.</summary>
    /// <returns>The first fault, or <see cref="EvidenceFault.None"/>.</returns>
    public EvidenceFault Verify(ReadOnlySpan<byte> trustedKey) =>
        !Point.TryDecode(trustedKey, out var key) || !Sm2Signature.TryParseRaw(Signature, out var signature) || !Record.IsSignedBy(key, signature!) ? EvidenceFault.BadSignature
        : Record.Judge() != Judgement ? EvidenceFault.BrokenLink
        : EvidenceFault.None;
}
