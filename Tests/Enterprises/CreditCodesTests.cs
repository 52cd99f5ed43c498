using Bzt.Grains.Enterprises;
using CsCheck;

namespace Bzt.Tests.Enterprises;

public sealed class CreditCodesTests
{
    // Published codes of public bodies and companies.
    [Theory, Trait("Feature", "M024"), Trait("Surface", "api")]
    [InlineData("91350100M000100Y43")]
    [InlineData("91110000600037341L")]
    [InlineData("91440300708461136T")]
    [InlineData("91330100799655058B")]
    public void Published_codes_are_accepted(string code)
    {
        Assert.True(CreditCodes.TryParse(code, out var parsed));
        Assert.Equal(code, parsed.Value);
        Assert.True(CreditCodes.TryParse(code.ToLowerInvariant(), out parsed));
        Assert.Equal(code, parsed.Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("91350100M000100Y4")]
    [InlineData("91350100M000100Y433")]
    [InlineData(" 91350100M000100Y43")]
    [InlineData("91350100M000100Y44")]
    [InlineData("91350100I000100Y43")]
    [InlineData("９１350100M000100Y43")]
    public void Anything_else_is_not_a_code(string? text) => Assert.False(CreditCodes.TryParse(text, out _));

    [Fact]
    public void One_changed_character_is_always_noticed()
    {
        const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        Gen.Select(Gen.Char[Alphabet].Array[17], Gen.Int[0, 16], Gen.Int[1, 30]).Sample((body, place, shift) =>
        {
            var code = new string(body) + CreditCodes.CheckCharacter(body);
            Assert.True(CreditCodes.TryParse(code, out _));
            var changed = code.ToCharArray();
            changed[place] = Alphabet[(Alphabet.IndexOf(changed[place]) + shift) % Alphabet.Length];
            Assert.False(CreditCodes.TryParse(new string(changed), out _));
        });
    }
}
