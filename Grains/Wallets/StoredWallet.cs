using System.Collections.Immutable;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Wallets;

/// <summary>The stored state of <see cref="WalletGrain"/>.</summary>
/// <param name="WrappedKey">Of this wallet; what is kept of the cards is sealed with it. Null before the first card.</param>
/// <param name="Cards">Oldest first; of those unbound only that they were.</param>
/// <param name="Operations">The newest ones, so that a repeat gets the recorded outcome.</param>
/// <param name="Tries">When the bank was asked in the last day, oldest first.</param>
[StateVersion(1)]
public sealed record StoredWallet(
    byte[]? WrappedKey, ImmutableArray<StoredCard> Cards, ImmutableArray<BindOperation> Operations, ImmutableArray<DateTimeOffset> Tries)
{
    public StoredWallet() : this(null, [], [], [])
    {
    }
}

/// <param name="NumberHash">Keyed: whether a card is bound already. Null once unbound.</param>
/// <param name="SealedEnding">The last four digits. Null once unbound.</param>
/// <param name="Receipt">The provider's, for disputes.</param>
public sealed record StoredCard(
    Guid Id, string? NumberHash, byte[]? SealedEnding, string? Bank, string Receipt, DateTimeOffset BoundAt, DateTimeOffset? UnboundAt = null);

/// <param name="InputHash">Keyed hash of what was asked: the same id for other data is a conflict.</param>
/// <param name="At">When it was counted.</param>
/// <param name="Outcome">Null while the bank is being asked, or after a crash meanwhile.</param>
public sealed record BindOperation(Guid Id, string InputHash, DateTimeOffset At, BindOutcome? Outcome = null);

/// <param name="Refusal">Null: bound, as <paramref name="Card"/>.</param>
public sealed record BindOutcome(RefusalCode? Refusal, Guid? Card = null);
