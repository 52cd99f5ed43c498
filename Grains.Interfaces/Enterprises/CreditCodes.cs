namespace Bzt.Grains.Enterprises;

/// <summary>Unified social credit codes, GB 32100-2015: 17 characters and a check character, modulus 31.</summary>
public static class CreditCodes
{
    // No I, O, S, V, Z: they look like digits and letters that are there.
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private const int Length = 18;

    // 3^i mod 31, i from 0: the weights of the standard's table 3.
    private static ReadOnlySpan<byte> Weights => [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

    /// <summary>False unless it is exactly a code with its right check character. Lower case is accepted and becomes upper case; nothing is trimmed.</summary>
    public static bool TryParse(string? text, out CreditCode code)
    {
        code = default;
        if (text is not { Length: Length })
        {
            return false;
        }

        var upper = text.ToUpperInvariant();
        foreach (var character in upper)
        {
            if (!Alphabet.Contains(character))
            {
                return false;
            }
        }

        if (upper[^1] != CheckCharacter(upper.AsSpan(0, Length - 1)))
        {
            return false;
        }

        code = new CreditCode(upper);
        return true;
    }

    /// <summary>The check character of the first 17.</summary>
    public static char CheckCharacter(ReadOnlySpan<char> body)
    {
        var sum = 0;
        for (var i = 0; i < body.Length; i++)
        {
            sum += Alphabet.IndexOf(body[i]) * Weights[i];
        }

        return Alphabet[(31 - (sum % 31)) % 31];
    }
}
