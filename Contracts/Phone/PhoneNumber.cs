namespace Bzt.Contracts.Phone;

/// <summary>Mobile numbers of mainland China.</summary>
public static class PhoneNumber
{
    /// <summary>Eleven digits, the first 1, the second 3 to 9.</summary>
    public static bool IsMobile(string? number) => number is { Length: 11 } && number[0] == '1' && number[1] is >= '3' and <= '9' && number.All(char.IsAsciiDigit);
}
