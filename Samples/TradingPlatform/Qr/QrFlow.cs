using Bzt.Contracts.Platforms;
using Bzt.Samples.TradingPlatform.Data;

namespace Bzt.Samples.TradingPlatform.Qr;

/// <summary>What a flow asks of a phone, and what follows from its end.</summary>
public sealed record QrRequest(CreateSessionRequest Session)
{
    /// <summary>For a decryption: what only the app's own scanner reads.</summary>
    public string? Fragment { get; init; }

    /// <summary>For a decryption: shown by page and phone alike.</summary>
    public string? CheckCode { get; init; }

    /// <summary>Called once when the phone has confirmed, whether a page still waits or not: checks the result, keeps it, and says where to go.</summary>
    public required Func<Guid, SessionResult, Task<QrOutcome>> Finish { get; init; }

    /// <summary>Told when it ends in another way.</summary>
    public Action<SessionEnd> Ended { get; init; } = _ => { };
}

/// <summary>Where the page goes, or why it stays.</summary>
public sealed record QrOutcome(string? Next, string? Error = null)
{
    /// <summary>Whom the browser that asked is logged in as.</summary>
    public Account? LogIn { get; init; }

    public static QrOutcome Refused(string error) => new(null, error);
}

/// <summary>One QR on a page.</summary>
/// <param name="Id">Random; part of the address the page asks.</param>
/// <param name="Browser">The browser that asked; no other sees or finishes the flow.</param>
/// <param name="Until">By the monotonic clock: what is left is the same however the clocks of two servers differ.</param>
public sealed record QrFlow(string Id, string Browser, QrRequest Request, OpenedSession Session, long StartedAt, TimeSpan Until)
{
    private readonly Lock finishing = new();
    private SessionStatus? status;
    private Task<QrOutcome>? outcome;

    /// <summary>As the service last told.</summary>
    public SessionStatus? Status
    {
        get => Volatile.Read(ref status);
        set => Volatile.Write(ref status, value);
    }

    public Task<QrOutcome> FinishAsync(SessionResult result)
    {
        lock (finishing)
        {
            return outcome ??= Request.Finish(Session.SessionId, result);
        }
    }
}
