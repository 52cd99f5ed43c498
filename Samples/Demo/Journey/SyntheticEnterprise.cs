namespace Bzt.Samples.Demo;

/// <summary>An enterprise that does not exist, with a credit code whose check character is right (GB 32100).</summary>
internal sealed record SyntheticEnterprise(string Name, string CreditCode)
{
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private static readonly int[] Weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

    public static SyntheticEnterprise Create()
    {
        var body = $"91420500MA{Random.Shared.Next(1_000_000, 9_999_999)}";
        var sum = body.Select((character, i) => Alphabet.IndexOf(character, StringComparison.Ordinal) * Weights[i]).Sum();
        return new SyntheticEnterprise($"宜昌演示{body[^5..]}建设有限公司", body + Alphabet[(31 - (sum % 31)) % 31]);
    }
}
