namespace Bzt.Contracts.Phone;

/// <summary>Binds a bank card of the user's own (四要素: name and ID number are the account's proven ones).</summary>
/// <param name="OperationId">Made by the phone; a repeat of the same id is the same card.</param>
/// <param name="CardNumber">12 to 19 digits, with the check digit of ISO/IEC 7812.</param>
/// <param name="PhoneNumber">Kept at the bank; eleven digits.</param>
public sealed record BankCardRequest(Guid OperationId, string CardNumber, string PhoneNumber);

/// <param name="Bank">As the bank calls itself; absent when it was not told.</param>
/// <param name="Ending">The last four digits, all that is kept of the number.</param>
public sealed record BankCardInfo(Guid BankCardId, string? Bank, string Ending, DateTimeOffset BoundAt);

/// <summary>Numbers of bank cards as they are written.</summary>
public static class BankCardNumber
{
    /// <summary>12 to 19 digits whose last one is the check digit of ISO/IEC 7812-1 (Luhn).</summary>
    public static bool IsValid(string? number)
    {
        if (number is not { Length: >= 12 and <= 19 } || !number.All(char.IsAsciiDigit))
        {
            return false;
        }

        var sum = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var digit = number[^(i + 1)] - '0';
            digit = i % 2 == 1 ? digit * 2 : digit;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }
}
