using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Grains.Providers.BankCards;

namespace Bzt.Grains.Accounts;

/// <summary>Who may prove which identity, how often, and what a provider's answer means.</summary>
internal static class RealNameRules
{
    public const int MinimumAge = 18;
    public const int TriesPerDay = 5;
    public const int OperationsKept = 20;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>What can be said without asking the provider: a refusal, the answer of an earlier operation, or null: ask.</summary>
    public static RealNameOutcome? Before(UserState state, ProveByBankCard command, string inputHash, string idNumberHash, DateTimeOffset now)
    {
        if (state.Operations.FirstOrDefault(operation => operation.Id == command.Operation) is { } known)
        {
            return known.InputHash == inputHash ? known.Outcome : new RealNameOutcome(RefusalCode.IdempotencyConflict);
        }

        // Asia/Shanghai decides on which day somebody comes of age.
        if (!IdNumber.TryReadBirth(command.IdNumber, out var birth))
        {
            return new RealNameOutcome(RefusalCode.InvalidRequest);
        }

        if (IdNumber.AgeAt(birth, DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime)) < MinimumAge)
        {
            return new RealNameOutcome(RefusalCode.RealNameUnderage);
        }

        if (state.RealName is { } proven && proven.IdNumberHash != idNumberHash)
        {
            return new RealNameOutcome(RefusalCode.RealNameAlready);
        }

        return null;
    }

    /// <summary>The state that says that the provider is being asked; a crash does not give the try back. Asking again for the same operation costs nothing.</summary>
    public static (UserState State, Refusal? Refusal) Begin(UserState state, Guid operation, string inputHash, DateTimeOffset now)
    {
        if (state.Operations.Any(known => known.Id == operation))
        {
            return (state, null);
        }

        var today = state.RealNameTries.RemoveAll(at => at <= now - Day);
        return today.Length >= TriesPerDay
            ? (state, new Refusal(RefusalCode.RateLimited, today[0] + Day))
            : (state with
            {
                RealNameTries = today.Add(now),
                Operations = [.. state.Operations.TakeLast(OperationsKept - 1), new RealNameOperation(operation, inputHash, null)],
            }, null);
    }

    /// <summary>Null: the four belong together.</summary>
    public static RefusalCode? Read(BankCardResult result) => result switch
    {
        BankCardResult.Ok => null,
        BankCardResult.Refused { Code: BankCardRefusal.Mismatch } => RefusalCode.RealNameMismatch,
        BankCardResult.Refused { Code: BankCardRefusal.CardUnusable or BankCardRefusal.CardUnsupported } => RefusalCode.BankCardUnusable,
        BankCardResult.Refused { Code: BankCardRefusal.TooMany } => RefusalCode.RateLimited,
        _ => RefusalCode.ProviderUnavailable,
    };

    /// <summary>Records a definite outcome.</summary>
    public static UserState End(UserState state, Guid operation, RefusalCode? refusal) => state with
    {
        Operations = [.. state.Operations.Select(known => known.Id == operation ? known with { Outcome = new RealNameOutcome(refusal) } : known)],
    };

    /// <summary>Nothing was learnt: the operation is forgotten and its try given back.</summary>
    public static UserState Undo(UserState state, Guid operation) => state with
    {
        Operations = state.Operations.RemoveAll(known => known.Id == operation),
        RealNameTries = state.RealNameTries.IsEmpty ? [] : state.RealNameTries.RemoveAt(state.RealNameTries.Length - 1),
    };
}
