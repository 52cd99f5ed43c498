using System.Globalization;

namespace Bzt.Contracts.Phone;

/// <summary>公民身份号码 (GB 11643): six digits of place, eight of birth, three of order, one check character.</summary>
public static class IdNumber
{
    private const int Length = 18;
    private const string CheckCharacters = "10X98765432";

    /// <summary>Length, date of birth and check character (ISO 7064 MOD 11-2) hold. A lower-case x is not accepted: write it as the card does.</summary>
    public static bool TryReadBirth(string? number, out DateOnly birth)
    {
        birth = default;
        return number is { Length: Length }
            && number.AsSpan(0, Length - 1).IndexOfAnyExceptInRange('0', '9') < 0
            && DateOnly.TryParseExact(number.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out birth)
            && CheckCharacter(number) == number[^1];
    }

    /// <summary>Full years at <paramref name="today"/>. Who was born on 29 February is a year older on 1 March.</summary>
    public static int AgeAt(DateOnly birth, DateOnly today)
    {
        var age = today.Year - birth.Year;
        return (today.Month, today.Day).CompareTo((birth.Month, birth.Day)) < 0 ? age - 1 : age;
    }

    private static char CheckCharacter(string number)
    {
        // Weights 2^(18-i) mod 11.
        ReadOnlySpan<int> weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += (number[i] - '0') * weights[i];
        }

        return CheckCharacters[sum % 11];
    }
}
