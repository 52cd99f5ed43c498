using Bzt.Contracts.Phone;

namespace Bzt.Tests.Certificates;

public class PinRulesTests
{
    private const string Phone = "13987654321";
    private const string IdNumber = "420502199003074512";

    [Theory]
    [InlineData("493817", PinWeakness.None)]
    [InlineData("900718", PinWeakness.None)]
    [InlineData("", PinWeakness.NotSixDigits)]
    [InlineData("12345", PinWeakness.NotSixDigits)]
    [InlineData("4938170", PinWeakness.NotSixDigits)]
    [InlineData("49381a", PinWeakness.NotSixDigits)]
    [InlineData("４９３８１７", PinWeakness.NotSixDigits)]
    [InlineData("000000", PinWeakness.TooSimple)]
    [InlineData("123456", PinWeakness.TooSimple)]
    [InlineData("890123", PinWeakness.TooSimple)]
    [InlineData("654321", PinWeakness.TooSimple)]
    [InlineData("135791", PinWeakness.TooSimple)]
    [InlineData("121212", PinWeakness.TooSimple)]
    [InlineData("112211", PinWeakness.TooSimple)]
    [InlineData("493493", PinWeakness.TooSimple)]
    [InlineData("112233", PinWeakness.TooSimple)]
    [InlineData("123321", PinWeakness.TooSimple)]
    [InlineData("147258", PinWeakness.TooSimple)]
    [InlineData("987654", PinWeakness.TooSimple)]
    [InlineData("139876", PinWeakness.Personal)]
    [InlineData("420502", PinWeakness.Personal)]
    [InlineData("900307", PinWeakness.Personal)]
    [InlineData("030790", PinWeakness.Personal)]
    [InlineData("070390", PinWeakness.Personal)]
    [InlineData("074512", PinWeakness.Personal)]
    public void Weak_pins_are_refused(string pin, PinWeakness expected) => Assert.Equal(expected, PinRules.Check(pin, Phone, IdNumber, null));
}
