using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Bzt.Grains.Accounts.Passwords;

/// <summary>What is no password, and how often one may be tried.</summary>
internal static class PasswordRules
{
    public const int Shortest = 8;
    public const int Longest = 64;
    public const int TriesPerQuarter = 5;
    public const int TriesPerDay = 20;

    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly FrozenSet<string> Common = ReadCommon();

    /// <summary>As NIST SP 800-63B has it: length counts, mixing of kinds of characters does not; nothing that everybody tries first.</summary>
    public static bool IsAcceptable(string password, string phoneNumber) =>
        password.Length is >= Shortest and <= Longest
        && !password.Any(char.IsControl)
        && !password.Contains(phoneNumber, StringComparison.Ordinal)
        && !IsRun(password)
        && !Common.Contains(password.ToLowerInvariant());

    /// <summary>Whether another try may be made. Asked before the password is looked at, so it says nothing about it, nor whether there is an account.</summary>
    public static Refusal? MayTry(ImmutableArray<DateTimeOffset> wrong, DateTimeOffset now)
    {
        var today = wrong.RemoveAll(at => at <= now - Day);
        var quarter = today.RemoveAll(at => at <= now - Quarter);
        return today.Length >= TriesPerDay ? new Refusal(RefusalCode.RateLimited, today[^TriesPerDay] + Day)
            : quarter.Length >= TriesPerQuarter ? new Refusal(RefusalCode.RateLimited, quarter[^TriesPerQuarter] + Quarter)
            : null;
    }

    public static ImmutableArray<DateTimeOffset> AfterWrong(ImmutableArray<DateTimeOffset> wrong, DateTimeOffset now) => wrong.RemoveAll(at => at <= now - Day).Add(now);

    /// <summary>Every character from its predecessor by the same step: 11111111, 12345678, hgfedcba.</summary>
    private static bool IsRun(string password)
    {
        var step = password[1] - password[0];
        return Math.Abs(step) <= 1 && password.Zip(password.Skip(1)).All(pair => pair.Second - pair.First == step);
    }

    private static FrozenSet<string> ReadCommon()
    {
        using var stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("common-passwords.txt")
            ?? throw new InvalidOperationException("The list of common passwords is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
