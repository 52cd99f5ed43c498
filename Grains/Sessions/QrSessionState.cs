using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Bzt.Grains.Platforms;

namespace Bzt.Grains.Sessions;

/// <summary>A session at rest. Written when it is created and when it ends, and when its device link was opened; a scanned code lives in memory only, and a phone may scan again.</summary>
public sealed record QrSessionState : IHasOutbox<QrSessionState>
{
    public CreateSession? Command { get; init; }

    public PlatformFacts? Platform { get; init; }

    /// <summary>base64url of the session's id and 128 random bits: public, part of the link.</summary>
    public string Token { get; init; } = "";

    /// <summary>Sealed by the key protector.</summary>
    public byte[] ProtectedSecret { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public SessionScanner? Scanner { get; init; }

    /// <summary>The signer's choice, of those the documents come with.</summary>
    public SealKind? Seal { get; init; }

    /// <summary>会话签章: asked for by the user at this request; the newest.</summary>
    public SealingId? Sealing { get; init; }

    /// <summary>The last confirmation failed for a wrong PIN: what a later time-out is reported as.</summary>
    public bool WrongPin { get; init; }

    public SessionEnd? End { get; init; }

    /// <summary>When the end was written; absent while it is only a matter of time.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>With a bid opening: whose files they are.</summary>
    public CreditCode? OpeningBidder { get; init; }

    /// <summary>Refused as 不是我发起的.</summary>
    public bool Disowned { get; init; }

    public SessionOutcome? Outcome { get; init; }

    /// <summary>The platform is told of the end.</summary>
    public bool Tells { get; init; }

    /// <summary>The browser of a session opened on the same device has come back, and was told the outcome.</summary>
    public bool Returned { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public QrSessionState WithOutbox(Outbox outbox) => this with { Outbox = outbox };

    /// <summary>What a link that was sent on to somebody else would have told its sender.</summary>
    public bool AwaitsReturn() => End is not null && Scanner is { SameDevice: true } && !Returned;

    public SessionState Phase(bool confirming) => this switch
    {
        { End: not null } => SessionState.Completed,
        { Scanner: null } => SessionState.Created,
        _ => confirming ? SessionState.Confirmed : SessionState.Scanned,
    };
}

/// <param name="SameDevice">By the device link.</param>
public sealed record SessionScanner(UserId User, DeviceId Device, bool SameDevice = false);
