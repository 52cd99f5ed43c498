namespace Bzt.Grains.Enterprises;

/// <summary>How often somebody may say who the administrator is, pure. Only wrong guesses count; the limit of all together is against many accounts.</summary>
internal static class AdministratorGuesses
{
    public const int EachPerDay = 5;
    public const int AllPerDay = 100;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static Refusal? MayGuess(StoredEnterprise state, UserId user, DateTimeOffset now)
    {
        var recent = Recent(state, now).ToList();
        var own = recent.Where(guess => guess.User == user).ToList();
        return own.Count >= EachPerDay ? new Refusal(RefusalCode.RateLimited, own[0].At + Day)
            : recent.Count >= AllPerDay ? new Refusal(RefusalCode.RateLimited, recent[0].At + Day)
            : null;
    }

    public static (StoredEnterprise State, Refusal Refusal) Wrong(StoredEnterprise state, UserId user, DateTimeOffset now)
    {
        var next = state with { WrongGuesses = [.. Recent(state, now), new WrongGuess(user, now)] };
        return (next, new Refusal(RefusalCode.AdministratorMismatch, TriesLeft: EachPerDay - next.WrongGuesses.Count(guess => guess.User == user)));
    }

    private static IEnumerable<WrongGuess> Recent(StoredEnterprise state, DateTimeOffset now) => state.WrongGuesses.Where(guess => guess.At > now - Day);
}
