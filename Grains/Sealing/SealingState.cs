using System.Collections.Immutable;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Bzt.Grains.Sessions;

namespace Bzt.Grains.Sealing;

/// <summary>A sealing session at rest: what was asked, and what became of every request. Its bounds and their use are the certificate's.</summary>
[StateVersion(1)]
public sealed record SealingState : IHasOutbox<SealingState>
{
    /// <summary>Null before it was asked for.</summary>
    public ProposeSealing? Command { get; init; }

    /// <summary>Platform and project it is for.</summary>
    public SealingOrigin? Origin { get; init; }

    public CreditCode CreditCode { get; init; }

    public string EnterpriseName { get; init; } = "";

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>As the certificate last said.</summary>
    public SealingSessionState Phase { get; init; }

    public SealingSessionEnd? End { get; init; }

    /// <summary>Documents signed, as the certificate last said.</summary>
    public int Used { get; init; }

    /// <summary>The bounds were confirmed once: it is listed, and whoever has to know was told.</summary>
    public bool Begun { get; init; }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<SealingLogLine> Log { get; init; } = [];

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public SealingState WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <summary>The sealing sessions of a user, or of an enterprise.</summary>
public sealed record SealingIndexState
{
    /// <summary>Oldest first.</summary>
    public ImmutableArray<SealingId> Sessions { get; init; } = [];
}
