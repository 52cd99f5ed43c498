using System.Collections.Immutable;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Remittances;

/// <summary>The stored state of <see cref="RemittanceGrain"/>.</summary>
public sealed record StoredRemittance : IHasOutbox<StoredRemittance>
{
    /// <summary>Null before it was opened.</summary>
    public RemittanceRecord? Remittance { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public StoredRemittance WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <param name="Opened">What was agreed.</param>
/// <param name="Received">In the order told; a serial stands here once.</param>
/// <param name="ClosedAt">When it was withdrawn.</param>
public sealed record RemittanceRecord(
    OpenRemittance Opened,
    PayeeAccount Payee,
    ImmutableArray<ReceivedRemittance> Received,
    DateTimeOffset? ClosedAt);
