namespace Bzt.Contracts.Platforms;

/// <summary>Where a platform wants to be told that a session has ended (docs/platforms/callbacks.md).</summary>
/// <param name="Url">https, 1,800 characters at most, on a public address.</param>
public sealed record CallbackEndpointRequest(string Url);

/// <param name="Secrets">Those that sign now: one, or two while a rotation overlaps. The secrets themselves are shown once, when they are made.</param>
/// <param name="Url">Where callbacks go.</param>
public sealed record CallbackEndpoint(string Url, IReadOnlyList<CallbackSecretInfo> Secrets);

/// <param name="CreatedAt">When it was made.</param>
/// <param name="ValidUntil">Null for the newest.</param>
public sealed record CallbackSecretInfo(DateTimeOffset CreatedAt, DateTimeOffset? ValidUntil);

/// <param name="Endpoint">As it is now.</param>
/// <param name="Secret"><c>whsec_</c> and base64: only here and never again. Null when the endpoint keeps the secret it has.</param>
public sealed record CallbackEndpointSaved(CallbackEndpoint Endpoint, string? Secret);

/// <param name="OverlapSeconds">How long the old secret signs beside the new one: 0 to 604,800.</param>
public sealed record CallbackRotationRequest(int OverlapSeconds);

/// <param name="Letters">The newest first, 500 at most.</param>
/// <param name="Dropped">How many older ones were dropped to make room; their sessions can be asked for like any.</param>
public sealed record DeadLetters(IReadOnlyList<DeadLetter> Letters, long Dropped);

/// <summary>A callback that was tried for two days and never taken.</summary>
/// <param name="MessageId">Its <c>webhook-id</c>.</param>
/// <param name="SessionId">What it is about.</param>
/// <param name="FailedAt">The last try.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Reason">What happened then: a status, or a word.</param>
public sealed record DeadLetter(string MessageId, Guid SessionId, DateTimeOffset FailedAt, int Attempts, string Reason);

/// <summary>The body of a callback. It says that something ended and not what came of it: fetch the session.</summary>
/// <param name="Type">session.completed; more may come, ignore those you do not know.</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="Data">What happened.</param>
public sealed record CallbackEvent(string Type, DateTimeOffset Timestamp, CallbackData Data)
{
    /// <summary>A session has ended, however it ended.</summary>
    public const string SessionCompleted = "session.completed";
}

/// <param name="SessionId">Fetch it: its result is there, and nothing of it is here.</param>
/// <param name="Kind">As it was opened.</param>
/// <param name="End">How it ended.</param>
public sealed record CallbackData(Guid SessionId, SessionKind Kind, SessionEnd End);
