using Bzt.Grains.Foundations;

namespace Bzt.Grains.Applications;

/// <summary>The stored state of <see cref="RefundGrain"/>.</summary>
public sealed record StoredRefund : IHasOutbox<StoredRefund>
{
    /// <summary>Null before it was begun.</summary>
    public RefundRecord? Refund { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public StoredRefund WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <param name="Number">Ours at the provider.</param>
/// <param name="Tries">Asked so often.</param>
/// <param name="NextTry">Not before.</param>
/// <param name="LastAnswer">Why it is not back yet.</param>
/// <param name="Refused">The order knows that the provider refuses it.</param>
/// <param name="PaidBackAt">The end.</param>
public sealed record RefundRecord(
    BeginRefund Begun, string Number, int Tries, DateTimeOffset NextTry, string? LastAnswer, bool Refused, DateTimeOffset? PaidBackAt);
