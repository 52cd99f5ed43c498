namespace Bzt.Contracts.Platforms;

/// <summary>Where a sealing session (会话签章) is.</summary>
public enum SealingSessionState
{
    /// <summary>The user was asked for the PIN that signs its bounds; nothing may be pushed yet.</summary>
    Proposed,
    /// <summary>Requests are pushed and, with automatic confirmation, answered.</summary>
    Running,
    /// <summary>The phone holds no opened share: requests wait, within their own time, until the user enters the PIN again.</summary>
    Paused,
    /// <summary>Over, for the reason in <c>end</c>.</summary>
    Ended,
}

/// <summary>Why a sealing session ended.</summary>
public enum SealingSessionEnd
{
    StoppedByHolder,
    StoppedByPlatform,
    StoppedByAdministrator,
    /// <summary>已达份数上限.</summary>
    CountReached,
    /// <summary>已到时间上限.</summary>
    TimeReached,
    /// <summary>A part of an automatic signature did not fit the key: it counts as a wrong PIN.</summary>
    WrongPin,
    /// <summary>The certificate was locked after wrong PINs.</summary>
    PinLocked,
    /// <summary>Revoked, frozen, expired, or made anew on another phone.</summary>
    CertificateUnusable,
    /// <summary>The holder was removed from the enterprise, or the authorisation for the platform ended.</summary>
    NotAuthorised,
    /// <summary>The bounds were never confirmed with the PIN.</summary>
    NotConfirmed,
}

/// <summary>A sealing session as the platform, or the bid tool of the same bidder and project, sees it.</summary>
/// <param name="SealingSessionId">To be named in <see cref="CreateSessionRequest.UseSealingSession"/>.</param>
/// <param name="State">Requests may be opened in it while it is running or paused.</param>
/// <param name="End">Set when it ended.</param>
/// <param name="Automatic">自动确认: the phone answers without a touch.</param>
/// <param name="MaxDocuments">Most documents in all.</param>
/// <param name="UsedDocuments">Documents signed so far.</param>
/// <param name="WaitingDocuments">Documents of pushed requests that are not answered yet.</param>
/// <param name="Project">The only project it serves.</param>
/// <param name="Enterprise">Whose certificate signs.</param>
/// <param name="ExpiresAt">Its end in time.</param>
public sealed record SealingSessionStatus(
    Guid SealingSessionId,
    SealingSessionState State,
    SealingSessionEnd? End,
    bool Automatic,
    int MaxDocuments,
    int UsedDocuments,
    int WaitingDocuments,
    ProjectInfo Project,
    EnterpriseInfo Enterprise,
    DateTimeOffset ExpiresAt);
