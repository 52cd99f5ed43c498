using System.Collections.Immutable;
using Bzt.Grains.Providers.BankCards;

namespace Bzt.Grains.Wallets;

/// <summary>What a wallet decides, without clock, randomness or I/O.</summary>
public static class WalletRules
{
    public const int MostCards = 10;
    public const int TriesPerDay = 5;
    public const int OperationsKept = 20;
    public const int UnboundKept = 20;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static BindOperation? Find(StoredWallet state, Guid operation) => state.Operations.FirstOrDefault(known => known.Id == operation);

    public static IEnumerable<StoredCard> Bound(StoredWallet state) => state.Cards.Where(card => card.UnboundAt is null);

    /// <summary>Why this card is not even asked about; null: ask.</summary>
    public static RefusalCode? Refuse(StoredWallet state, string numberHash) =>
        Bound(state).Any(card => card.NumberHash == numberHash) ? RefusalCode.BankCardBound
        : Bound(state).Count() >= MostCards ? RefusalCode.BankCardsTooMany
        : null;

    /// <summary>The state that says that the bank is being asked: whoever tries cards of others is counted before he learns anything. Going on with the same operation costs nothing.</summary>
    public static (StoredWallet State, Refusal? Refusal) Begin(StoredWallet state, Guid operation, string inputHash, DateTimeOffset now)
    {
        if (Find(state, operation) is not null)
        {
            return (state, null);
        }

        var today = state.Tries.RemoveAll(at => at <= now - Day);
        return today.Length >= TriesPerDay
            ? (state, new Refusal(RefusalCode.RateLimited, today[0] + Day))
            : (state with
            {
                Tries = today.Add(now),
                Operations = [.. state.Operations.TakeLast(OperationsKept - 1), new BindOperation(operation, inputHash, now)],
            }, null);
    }

    /// <summary>The state after the bank's answer. When nothing was learnt the operation is forgotten and its try given back.</summary>
    /// <param name="card">What is bound when the bank said yes.</param>
    public static StoredWallet Answered(StoredWallet state, Guid operation, BankCardResult answer, StoredCard card) => answer switch
    {
        BankCardResult.Ok => End(state with { Cards = state.Cards.Add(card) }, operation, new BindOutcome(null, card.Id)),
        BankCardResult.Refused { Code: BankCardRefusal.Mismatch } => End(state, operation, new BindOutcome(RefusalCode.BankCardMismatch)),
        BankCardResult.Refused { Code: BankCardRefusal.CardUnusable or BankCardRefusal.CardUnsupported } => End(state, operation, new BindOutcome(RefusalCode.BankCardUnusable)),
        BankCardResult.Refused { Code: BankCardRefusal.TooMany } => End(state, operation, new BindOutcome(RefusalCode.RateLimited)),
        _ => Forget(state, operation),
    };

    /// <summary>Null when there is no such card. What was kept of it goes, and with the oldest that it was.</summary>
    public static StoredWallet? Unbind(StoredWallet state, Guid card, DateTimeOffset now)
    {
        if (state.Cards.FirstOrDefault(known => known.Id == card) is not { } found)
        {
            return null;
        }

        if (found.UnboundAt is not null)
        {
            return state;
        }

        var cards = state.Cards.Replace(found, found with { NumberHash = null, SealedEnding = null, UnboundAt = now });
        var gone = cards.Where(known => known.UnboundAt is not null).OrderBy(known => known.UnboundAt).SkipLast(UnboundKept).ToHashSet();
        return state with { Cards = cards.RemoveAll(gone.Contains) };
    }

    private static StoredWallet End(StoredWallet state, Guid operation, BindOutcome outcome) =>
        state with { Operations = [.. state.Operations.Select(known => known.Id == operation ? known with { Outcome = outcome } : known)] };

    private static StoredWallet Forget(StoredWallet state, Guid operation) => Find(state, operation) is not { } asked ? state : state with
    {
        Operations = state.Operations.Remove(asked),
        Tries = state.Tries.Remove(asked.At),
    };
}
