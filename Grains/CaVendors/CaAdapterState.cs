using System.Collections.Immutable;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.CaVendors;

/// <summary>The stored state of <see cref="CaAdapterGrain"/>.</summary>
public sealed record StoredCaAdapter : IHasOutbox<StoredCaAdapter>
{
    /// <summary>Submissions the vendor has not decided yet. A decided one leaves: asked again, the vendor answers from its own record.</summary>
    public ImmutableArray<QueuedSubmission> Queue { get; init; } = [];

    /// <summary>Revocations the vendor has not confirmed yet.</summary>
    public ImmutableArray<QueuedRevocation> Revocations { get; init; } = [];

    /// <summary>Where the first release kept a whole CA: read once, handed on to its holders, and gone.</summary>
    public EmbeddedCaState? EmbeddedCa { get; init; }

    /// <summary>Counts the audit's records.</summary>
    public long Audited { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public StoredCaAdapter WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

public enum SubmissionStage
{
    /// <summary>The vendor has not confirmed that it has it.</summary>
    Sending,
    /// <summary>At the vendor, or on our own desk.</summary>
    InReview,
    /// <summary>A reviewer of ours has decided, for good; the vendor has not confirmed that it knows.</summary>
    Decided,
}

/// <param name="Failures">In a row; they space the tries out.</param>
/// <param name="NextTry">When the vendor is called about it again; null while a reviewer of ours has it.</param>
/// <param name="RejectionReason">The reviewer's, once decided; null approves.</param>
public sealed record QueuedSubmission(
    CaSubmissionOrder Order, DateTimeOffset SubmittedAt, SubmissionStage Stage, int Failures, DateTimeOffset? NextTry, string? RejectionReason = null);

/// <param name="Failures">In a row; they space the tries out.</param>
/// <param name="NextTry">When the vendor is called about it again.</param>
public sealed record QueuedRevocation(CaRevocationOrder Order, DateTimeOffset OrderedAt, int Failures, DateTimeOffset NextTry);
