using System.Globalization;

namespace Bzt.Simulators.BankCards;

/// <summary>
/// A person who does not exist: number n of a directory without end, so that any number of simulated phones can be real-name authenticated.
/// The ID number's region is a province as a whole (420000), which is never issued to anybody; check digits are right.
/// </summary>
public sealed record TestPerson(int Number, string Name, string IdNumber, string CardNumber, string Phone)
{
    public const int Last = 9_999_999;

    const string Surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗";
    const string FirstSyllables = "建文志明国晓海春秀丽红玉";
    const string SecondSyllables = "华军平伟芳敏静强磊洋勇艳杰娟涛超";

    public static TestPerson Get(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, Last);
        var n = number - 1;
        var name = $"{Surnames[n % Surnames.Length]}{FirstSyllables[n / 20 % FirstSyllables.Length]}{SecondSyllables[n / 240 % SecondSyllables.Length]}";
        // 999 sequence numbers a day; enough days from 1960 on for the whole directory.
        var birth = new DateOnly(1960, 1, 1).AddDays(n / 999).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var id = $"420000{birth}{(n % 999) + 1:D3}";
        var card = $"629999{number:D12}";
        return new(number, name, id + IdCheckCharacter(id), card + LuhnDigit(card), $"199{number:D8}");
    }

    /// <summary>Whose card this is, by its number alone.</summary>
    public static TestPerson? OfCard(string cardNumber) =>
        cardNumber.Length == 19 && cardNumber.StartsWith("629999", StringComparison.Ordinal)
        && int.TryParse(cardNumber.AsSpan(6, 12), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Last
        && Get(number) is var person && person.CardNumber == cardNumber
            ? person
            : null;

    /// <summary>Whose ID number this is.</summary>
    public static TestPerson? OfIdNumber(string idNumber) =>
        idNumber.Length == 18 && idNumber.StartsWith("420000", StringComparison.Ordinal)
        && DateOnly.TryParseExact(idNumber.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var birth)
        && int.TryParse(idNumber.AsSpan(14, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence >= 1
        && ((birth.DayNumber - new DateOnly(1960, 1, 1).DayNumber) * 999) + sequence is >= 1 and <= Last and var number
        && Get(number) is var person && person.IdNumber == idNumber
            ? person
            : null;

    // GB 11643: ISO 7064 MOD 11-2.
    static char IdCheckCharacter(string seventeen)
    {
        var sum = 0;
        foreach (var digit in seventeen)
        {
            sum = (sum + (digit - '0')) * 2 % 11;
        }

        return "0123456789X"[(12 - sum) % 11];
    }

    static char LuhnDigit(string payload)
    {
        var sum = 0;
        for (var i = 0; i < payload.Length; i++)
        {
            var digit = payload[^(i + 1)] - '0';
            digit = i % 2 == 0 ? digit * 2 : digit;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return (char)('0' + ((10 - (sum % 10)) % 10));
    }
}
