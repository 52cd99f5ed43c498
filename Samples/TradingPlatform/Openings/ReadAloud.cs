using Bzt.Samples.TradingPlatform.Data;

namespace Bzt.Samples.TradingPlatform.Openings;

/// <summary>What is read aloud of an opened bid: lines of text "名称：值" in its first section. A bidder wrote them, so only so much of them is read.</summary>
internal static class ReadAloud
{
    private const string Section = "唱标信息";
    private const int MostFacts = 12, LongestFact = 100, MostCharacters = 8192;

    /// <param name="folder">With a folder for each section.</param>
    public static IReadOnlyList<Fact> Of(string folder)
    {
        var section = Path.Combine(folder, Section);
        var file = Directory.Exists(section) ? Directory.EnumerateFiles(section, "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault() : null;
        if (file is null)
        {
            return [];
        }

        using var reader = new StreamReader(file);
        var text = new char[MostCharacters];
        return [.. new string(text, 0, reader.ReadBlock(text)).Split('\n').Take(MostFacts)
            .Select(line => line.Split('：', 2, StringSplitOptions.TrimEntries))
            .Where(parts => parts is [{ Length: > 0 and <= LongestFact }, { Length: > 0 and <= LongestFact }])
            .Select(parts => new Fact(parts[0], parts[1]))];
    }
}
