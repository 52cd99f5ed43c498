using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Grains.Providers.BankCards;
using Bzt.Grains.Providers.RealNames;

namespace Bzt.Grains.Accounts;

/// <summary>What a provider's answer means, of whichever way.</summary>
internal abstract record RealNameVerdict
{
    private RealNameVerdict() { }

    public sealed record Passed(string Receipt) : RealNameVerdict;

    public sealed record Refused(RefusalCode Code) : RealNameVerdict;

    /// <summary>The person has yet to go through the provider's page.</summary>
    public sealed record Waiting : RealNameVerdict;

    /// <summary>Nothing was learnt.</summary>
    public sealed record Unknown : RealNameVerdict;
}

/// <summary>Who may prove which identity, how often, and how an operation goes on. The same for all three ways.</summary>
/// <remarks>
/// <code>
/// (none) ──Begin, counted──▶ asking ──Settle──▶ ended          bank card
///                              │ ▲
///                          Wait│ └─ a crash: asked again, uncounted
///                              ▼
///                           waiting ──Settle, Prove, Cancel──▶ ended      Alipay, face
/// </code>
/// A provider that fails while asked sets back to (none) and gives the try back; one that fails while waiting changes nothing.
/// Ended is for ever: whatever comes later finds the recorded outcome.
/// </remarks>
internal static class RealNameRules
{
    public const int MinimumAge = 18;
    public const int TriesPerDay = 5;
    public const int OperationsKept = 20;

    /// <summary>How long a person may take on the provider's page.</summary>
    public static readonly TimeSpan PageLifetime = TimeSpan.FromMinutes(30);

    /// <summary>How long after that the provider's yes still counts: later it is no longer what the person says now.</summary>
    public static readonly TimeSpan AnswerLifetime = TimeSpan.FromHours(1);

    /// <summary>However often a phone asks, the provider is asked about a check once in this time, and less often when it gave no answer.</summary>
    public static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan AskIntervalInTrouble = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>What can be said without asking the provider: a refusal, the answer of an earlier operation, or null: ask.</summary>
    public static RealNameOutcome? Before(UserState state, Guid operation, string inputHash, string idNumber, string idNumberHash, DateTimeOffset now)
    {
        if (Find(state, operation) is { } known)
        {
            return known.InputHash == inputHash ? known.Outcome : new RealNameOutcome(RefusalCode.IdempotencyConflict);
        }

        // Asia/Shanghai decides on which day somebody comes of age.
        if (!IdNumber.TryReadBirth(idNumber, out var birth))
        {
            return new RealNameOutcome(RefusalCode.InvalidRequest);
        }

        return IdNumber.AgeAt(birth, DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime)) < MinimumAge ? new RealNameOutcome(RefusalCode.RealNameUnderage)
            : IsAnother(state, idNumberHash) ? new RealNameOutcome(RefusalCode.RealNameAlready)
            : null;
    }

    /// <summary>An identity once proven is not exchanged.</summary>
    public static bool IsAnother(UserState state, string idNumberHash) => state.RealName is { } proven && proven.IdNumberHash != idNumberHash;

    public static RealNameOperation? Find(UserState state, Guid operation) => state.Operations.FirstOrDefault(known => known.Id == operation);

    /// <summary>The state that says that the provider is being asked; a crash does not give the try back. Asking again for the same operation costs nothing.</summary>
    public static (UserState State, Refusal? Refusal) Begin(UserState state, RealNameOperation operation, DateTimeOffset now)
    {
        if (Find(state, operation.Id) is not null)
        {
            return (state, null);
        }

        var today = state.RealNameTries.RemoveAll(at => at <= now - Day);
        return today.Length >= TriesPerDay
            ? (state, new Refusal(RefusalCode.RateLimited, today[0] + Day))
            : (state with
            {
                RealNameTries = today.Add(now),
                Operations = [.. state.Operations.TakeLast(OperationsKept - 1).Select(known => Forget(known, now)), operation with { At = now }],
            }, null);
    }

    /// <summary>The provider has a page for the person.</summary>
    public static UserState Wait(UserState state, Guid operation, PageProof page) => Change(state, operation, known => known with { Page = page });

    public static UserState Return(UserState state, Guid operation) => Change(state, operation, known => known with { Page = known.Page! with { Returned = true } });

    public static RealNameVerdict Read(BankCardResult result) => result switch
    {
        BankCardResult.Ok(var receipt, _) => new RealNameVerdict.Passed(receipt),
        BankCardResult.Refused { Code: BankCardRefusal.Mismatch } => new RealNameVerdict.Refused(RefusalCode.RealNameMismatch),
        BankCardResult.Refused { Code: BankCardRefusal.CardUnusable or BankCardRefusal.CardUnsupported } => new RealNameVerdict.Refused(RefusalCode.BankCardUnusable),
        BankCardResult.Refused { Code: BankCardRefusal.TooMany } => new RealNameVerdict.Refused(RefusalCode.RateLimited),
        _ => new RealNameVerdict.Unknown(),
    };

    public static RealNameVerdict Read(HostedCheckResult result) => result switch
    {
        HostedCheckResult.Passed(var receipt) => new RealNameVerdict.Passed(receipt),
        HostedCheckResult.Waiting => new RealNameVerdict.Waiting(),
        HostedCheckResult.Refused(var code, _) => Read(code),
        _ => new RealNameVerdict.Unknown(),
    };

    /// <summary>Of a check that the provider does not even begin.</summary>
    public static RealNameVerdict Read(HostedCheckRefusal code) => code switch
    {
        HostedCheckRefusal.NotPassed => new RealNameVerdict.Refused(RefusalCode.RealNameNotPassed),
        HostedCheckRefusal.Cancelled => new RealNameVerdict.Refused(RefusalCode.RealNameCancelled),
        HostedCheckRefusal.Expired => new RealNameVerdict.Refused(RefusalCode.RealNameExpired),
        HostedCheckRefusal.TooMany => new RealNameVerdict.Refused(RefusalCode.RateLimited),
        _ => new RealNameVerdict.Unknown(),
    };

    /// <summary>Whether it is too late to ask.</summary>
    public static bool IsOver(PageProof page, DateTimeOffset now) => now >= page.ExpiresAt + AnswerLifetime;

    /// <summary>The state after any answer but a yes, which <see cref="Prove"/> takes.</summary>
    public static UserState Settle(UserState state, Guid operation, RealNameVerdict verdict, DateTimeOffset now) => (Find(state, operation), verdict) switch
    {
        (null or { Outcome: not null }, _) => state,
        (_, RealNameVerdict.Refused(var code)) => End(state, operation, code),
        ({ Page: null } asking, RealNameVerdict.Unknown) => Undo(state, asking),
        ({ Page: { } page }, RealNameVerdict.Waiting) when now >= page.ExpiresAt => End(state, operation, RefusalCode.RealNameExpired),
        _ => state,
    };

    /// <summary>Who it is, and that the device that proved it is the active one.</summary>
    public static UserState Prove(UserState state, Guid operation, DeviceId device, ProvenPerson person, DateTimeOffset now) =>
        DeviceRules.Prove(End(state, operation, refusal: null), device, now) with { RealName = person };

    /// <summary>Records a definite outcome. What was kept of the person for it is given up.</summary>
    public static UserState End(UserState state, Guid operation, RefusalCode? refusal) => Change(state, operation, known => Ended(known, refusal));

    // Nothing was learnt: the operation is forgotten and its try given back.
    private static UserState Undo(UserState state, RealNameOperation operation)
    {
        var at = operation.At is { } counted ? state.RealNameTries.LastIndexOf(counted) : state.RealNameTries.Length - 1;
        return state with
        {
            Operations = state.Operations.Remove(operation),
            RealNameTries = at < 0 ? state.RealNameTries : state.RealNameTries.RemoveAt(at),
        };
    }

    // A person who never came back: nothing of him is kept for ever.
    private static RealNameOperation Forget(RealNameOperation operation, DateTimeOffset now) =>
        operation is { Outcome: null, Page: { } page } && IsOver(page, now) ? Ended(operation, RefusalCode.RealNameExpired) : operation;

    private static RealNameOperation Ended(RealNameOperation operation, RefusalCode? refusal) =>
        operation with { Outcome = new RealNameOutcome(refusal), Page = operation.Page is { } page ? page with { Name = null, IdNumber = null } : null };

    private static UserState Change(UserState state, Guid operation, Func<RealNameOperation, RealNameOperation> change) =>
        state with { Operations = [.. state.Operations.Select(known => known.Id == operation ? change(known) : known)] };
}
