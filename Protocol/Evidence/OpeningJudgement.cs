namespace Bzt.Protocol.Evidence;

/// <summary>Whether a bidder's file is open, and if not, why and on whose side that lies.</summary>
/// <param name="Verdict">How it stands.</param>
/// <param name="Cause">Why it is not open; <see cref="OpeningCause.None"/> when it is.</param>
/// <param name="Responsible">On whose side the cause lies; <see cref="OpeningParty.Nobody"/> when it is open.</param>
public sealed record OpeningJudgement(OpeningVerdict Verdict, OpeningCause Cause, OpeningParty Responsible)
{
    /// <summary>
    /// From the events alone, so that whoever has the record comes to the same. The last attempt counts, the platform's word on it before the
    /// bidder's; but what was opened once is open. With a CA lock the bidder is its only witness: an attempt of which the platform says otherwise
    /// does not count. Where the events do not show on whose side the cause lies it says so and blames nobody.
    /// </summary>
    /// <param name="events">Oldest first.</param>
    /// <param name="over">The opening is over and no request is open.</param>
    public static OpeningJudgement Of(IReadOnlyList<OpeningEvent> events, bool over)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (events.Any(e => e.Outcome == OpeningOutcome.Opened && Otherwise(events, e) is null))
        {
            return new(OpeningVerdict.Opened, OpeningCause.None, OpeningParty.Nobody);
        }

        var (cause, responsible) = WhyNot(events);
        return new(over ? OpeningVerdict.NotOpened : OpeningVerdict.Pending, cause, responsible);
    }

    private static (OpeningCause Cause, OpeningParty Responsible) WhyNot(IReadOnlyList<OpeningEvent> events)
    {
        var attempts = events.Where(e => e.Kind is OpeningEventKind.Asked or OpeningEventKind.OpenedByLock).ToList();
        if ((attempts.FindLast(e => Otherwise(events, e) is null) ?? attempts.LastOrDefault()) is not { } asked)
        {
            return (OpeningCause.NotAsked, OpeningParty.Platform);
        }

        if (asked is { Kind: OpeningEventKind.OpenedByLock, Outcome: { } byLock })
        {
            return OfLock(byLock, Otherwise(events, asked), asked.Reader);
        }

        var ofIt = events.Where(e => e.Session == asked.Session).ToList();
        if (ofIt.LastOrDefault(e => e.Kind == OpeningEventKind.Answered) is not { Answer: { } answer })
        {
            return (OpeningCause.NoAnswerYet, OpeningParty.Undetermined);
        }

        if (answer != OpeningAnswer.Released)
        {
            return OfAnswer(answer);
        }

        var report = ofIt.LastOrDefault(e => e.Reporter == OpeningReporter.Platform) ?? ofIt.LastOrDefault(e => e.Reporter == OpeningReporter.Bidder);
        return (report, asked.Reader) switch
        {
            ({ Outcome: { } outcome }, var reader) => OfOutcome(outcome, reader),
            // What was released to the platform's server only the platform can tell; a bidder's PC may have been switched off.
            (_, OpeningReader.PlatformServer) => (OpeningCause.NotReported, OpeningParty.Platform),
            _ => (OpeningCause.NotReported, OpeningParty.Undetermined),
        };
    }

    /// <summary>What the platform says of an attempt with a lock, when it is not what the bidder says.</summary>
    private static OpeningOutcome? Otherwise(IReadOnlyList<OpeningEvent> events, OpeningEvent attempt) => attempt.Kind != OpeningEventKind.OpenedByLock ? null
        : events.FirstOrDefault(e => e.Kind == OpeningEventKind.Reported && e.Reporter == OpeningReporter.Platform && e.Session == attempt.Session && e.Outcome != attempt.Outcome)?.Outcome;

    /// <summary>One word against the other shows nothing; and this service had no part in it.</summary>
    private static (OpeningCause Cause, OpeningParty Responsible) OfLock(OpeningOutcome bidder, OpeningOutcome? platform, OpeningReader? reader)
    {
        var (cause, responsible) = OfOutcome(platform ?? bidder, reader);
        return (cause, platform is null && responsible != OpeningParty.Service ? responsible : OpeningParty.Undetermined);
    }

    private static (OpeningCause Cause, OpeningParty Responsible) OfAnswer(OpeningAnswer answer) => answer switch
    {
        OpeningAnswer.Refused => (OpeningCause.Refused, OpeningParty.Bidder),
        // Somebody else may have used the bidder's account at the platform.
        OpeningAnswer.Disowned => (OpeningCause.Disowned, OpeningParty.Undetermined),
        // Whether the code was ever on the bidder's screen nobody has seen.
        OpeningAnswer.NotScanned => (OpeningCause.NotScanned, OpeningParty.Undetermined),
        OpeningAnswer.NotConfirmed => (OpeningCause.NotConfirmed, OpeningParty.Bidder),
        OpeningAnswer.WrongPin => (OpeningCause.WrongPin, OpeningParty.Bidder),
        OpeningAnswer.Locked => (OpeningCause.Locked, OpeningParty.Bidder),
        OpeningAnswer.CertificateUnusable => (OpeningCause.CertificateUnusable, OpeningParty.Bidder),
        OpeningAnswer.Cancelled => (OpeningCause.Cancelled, OpeningParty.Platform),
        _ => (OpeningCause.ProtocolFailure, OpeningParty.Undetermined),
    };

    private static (OpeningCause Cause, OpeningParty Responsible) OfOutcome(OpeningOutcome outcome, OpeningReader? reader) => outcome switch
    {
        OpeningOutcome.WrongKey => (OpeningCause.WrongKey, OpeningParty.Bidder),
        OpeningOutcome.KeyRefused => (OpeningCause.KeyRefused, OpeningParty.Bidder),
        OpeningOutcome.Malformed => (OpeningCause.Malformed, OpeningParty.Bidder),
        // It was whole when its manifest was signed; since then whoever reads it has kept it.
        OpeningOutcome.Altered => (OpeningCause.Altered, Side(reader)),
        OpeningOutcome.ReaderFailed => (OpeningCause.ReaderFailed, Side(reader)),
        _ => (OpeningCause.PartsRefused, OpeningParty.Service),
    };

    private static OpeningParty Side(OpeningReader? reader) => reader == OpeningReader.PlatformServer ? OpeningParty.Platform : OpeningParty.Bidder;
}

/// <summary>How a file stands.</summary>
public enum OpeningVerdict
{
    /// <summary>The opening runs, or an answer is still waited for.</summary>
    Pending,

    /// <summary>It was decrypted.</summary>
    Opened,

    /// <summary>The opening is over, and it was not decrypted.</summary>
    NotOpened,
}

/// <summary>Why a file is not open: what nobody did, how the phone answered (<see cref="OpeningAnswer"/>), what the file gave (<see cref="OpeningOutcome"/>).</summary>
public enum OpeningCause
{
    /// <summary>It is open.</summary>
    None,

    /// <summary>No request was ever made.</summary>
    NotAsked,

    /// <summary>A request is open.</summary>
    NoAnswerYet,

    /// <inheritdoc cref="OpeningAnswer.NotScanned"/>
    NotScanned,

    /// <inheritdoc cref="OpeningAnswer.NotConfirmed"/>
    NotConfirmed,

    /// <inheritdoc cref="OpeningAnswer.Refused"/>
    Refused,

    /// <inheritdoc cref="OpeningAnswer.Disowned"/>
    Disowned,

    /// <inheritdoc cref="OpeningAnswer.WrongPin"/>
    WrongPin,

    /// <inheritdoc cref="OpeningAnswer.Locked"/>
    Locked,

    /// <inheritdoc cref="OpeningAnswer.CertificateUnusable"/>
    CertificateUnusable,

    /// <inheritdoc cref="OpeningAnswer.ProtocolFailure"/>
    ProtocolFailure,

    /// <inheritdoc cref="OpeningAnswer.Cancelled"/>
    Cancelled,

    /// <summary>The parts were released, and the reader has not said what became of the file.</summary>
    NotReported,

    /// <inheritdoc cref="OpeningOutcome.WrongKey"/>
    WrongKey,

    /// <inheritdoc cref="OpeningOutcome.KeyRefused"/>
    KeyRefused,

    /// <inheritdoc cref="OpeningOutcome.Altered"/>
    Altered,

    /// <inheritdoc cref="OpeningOutcome.Malformed"/>
    Malformed,

    /// <inheritdoc cref="OpeningOutcome.PartsRefused"/>
    PartsRefused,

    /// <inheritdoc cref="OpeningOutcome.ReaderFailed"/>
    ReaderFailed,
}

/// <summary>On whose side a cause lies.</summary>
public enum OpeningParty
{
    /// <summary>There is nothing to blame.</summary>
    Nobody,

    /// <summary>The events do not show it.</summary>
    Undetermined,

    /// <summary>The bidder: its phone, its PIN, its certificate, its file as it signed it.</summary>
    Bidder,

    /// <summary>The trading platform: it did not ask, gave up, or did not keep the file whole.</summary>
    Platform,

    /// <summary>This service.</summary>
    Service,
}
