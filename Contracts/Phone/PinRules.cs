namespace Bzt.Contracts.Phone;

/// <summary>Why a PIN is not accepted.</summary>
public enum PinWeakness
{
    /// <summary>It is accepted.</summary>
    None,

    /// <summary>Not six digits.</summary>
    NotSixDigits,

    /// <summary>过于简单: repeated, sequential, or among the first that anybody tries.</summary>
    TooSimple,

    /// <summary>Part of a number others know: phone number, ID number, birth date.</summary>
    Personal,
}

/// <summary>Which PINs may be set (M034). The server cannot check this: it never learns a PIN.</summary>
public static class PinRules
{
    /// <summary>Length of a PIN.</summary>
    public const int Length = 6;

    /// <summary>Common ones that no pattern below catches.</summary>
    private static readonly HashSet<string> Common =
    [
        "147258", "258369", "369258", "159357", "357159", "147369", "123654", "456123", "456789", "789456", "321654", "142536",
        "520131", "521131", "131452", "201314", "520134", "110120", "114514", "112358", "314159", "102030", "010203", "147852", "963852",
    ];

    /// <param name="pin">What the user entered.</param>
    /// <param name="known">Numbers of the user that others know, as far as the phone knows them: phone number, ID number.</param>
    public static PinWeakness Check(string pin, params ReadOnlySpan<string?> known)
    {
        ArgumentNullException.ThrowIfNull(pin);
        if (pin.Length != Length || pin.Any(c => c is < '0' or > '9'))
        {
            return PinWeakness.NotSixDigits;
        }

        if (IsSimple(pin))
        {
            return PinWeakness.TooSimple;
        }

        foreach (var number in known)
        {
            // An ID number holds the birth date as yyyyMMdd; yyMMdd and MMddyy are what people make of it.
            if (number is not null && (number.Contains(pin, StringComparison.Ordinal) || IsBirthDate(pin, number)))
            {
                return PinWeakness.Personal;
            }
        }

        return PinWeakness.None;
    }

    private static bool IsSimple(string pin) =>
        Common.Contains(pin)
        || pin.Distinct().Count() < 3
        || pin[..3] == pin[3..]
        || (pin[..2] == pin[2..4] && pin[..2] == pin[4..])
        || (pin[0] == pin[1] && pin[2] == pin[3] && pin[4] == pin[5])
        || (pin[0] == pin[5] && pin[1] == pin[4] && pin[2] == pin[3])
        || IsRun(pin);

    /// <summary>Each digit the same distance from the one before: 123456, 975310 as well as 864208.</summary>
    private static bool IsRun(string pin)
    {
        var step = (pin[1] - pin[0] + 10) % 10;
        for (var i = 2; i < pin.Length; i++)
        {
            if ((pin[i] - pin[i - 1] + 10) % 10 != step)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsBirthDate(string pin, string number)
    {
        if (number.Length != 18)
        {
            return false;
        }

        var date = number.Substring(6, 8);
        return pin == date[4..] + date[2..4] || pin == date[6..] + date[4..6] + date[2..4];
    }
}
