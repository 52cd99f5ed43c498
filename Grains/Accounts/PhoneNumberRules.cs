using System.Collections.Immutable;

namespace Bzt.Grains.Accounts;

/// <summary>When a code may be sent and what it is good for.</summary>
/// <remarks>Ten codes a day with five tries each are fifty guesses of a million.</remarks>
internal static class PhoneNumberRules
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(60);
    public const int TriesPerCode = 5;
    public const int CodesPerDay = 10;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The state with the new code, or why none is sent. The waiting time is for each purpose, the day's limit for the number.</summary>
    public static (PhoneNumberState State, Refusal? Refusal) Issue(PhoneNumberState state, SmsCodePurpose purpose, string codeHash, DateTimeOffset now)
    {
        if (state.Codes.TryGetValue(purpose, out var last) && now < last.At + ResendAfter)
        {
            return (state, new Refusal(RefusalCode.SmsTooMany, last.At + ResendAfter));
        }

        var today = state.Sent.RemoveAll(at => at <= now - Day);
        if (today.Length >= CodesPerDay)
        {
            return (state, new Refusal(RefusalCode.SmsTooMany, today[0] + Day));
        }

        return (state with { Sent = today.Add(now), Codes = state.Codes.SetItem(purpose, new IssuedCode(codeHash, now)) }, null);
    }

    /// <summary>
    /// The state after a try, and the refusal if it was none. A used code goes through again for the device key, or the operation, that used it:
    /// its answer may have been lost, and nobody else can show that key.
    /// </summary>
    public static (PhoneNumberState State, Refusal? Refusal) Use(PhoneNumberState state, SmsCodePurpose purpose, string codeHash, string usedBy, DateTimeOffset now)
    {
        if (!state.Codes.TryGetValue(purpose, out var code) || now >= code.At + Lifetime || code.WrongTries >= TriesPerCode)
        {
            return (state, new Refusal(RefusalCode.SmsCodeExpired));
        }

        // Keyed hashes: their comparison tells nothing about the code.
        if (code.Hash != codeHash)
        {
            var tries = code.WrongTries + 1;
            return (With(code with { WrongTries = tries }), new Refusal(RefusalCode.SmsCodeWrong, TriesLeft: TriesPerCode - tries));
        }

        return code.UsedBy is null ? (With(code with { UsedBy = usedBy }), null)
            : code.UsedBy == usedBy ? (state, null)
            : (state, new Refusal(RefusalCode.SmsCodeExpired));

        PhoneNumberState With(IssuedCode changed) => state with { Codes = state.Codes.SetItem(purpose, changed) };
    }
}
