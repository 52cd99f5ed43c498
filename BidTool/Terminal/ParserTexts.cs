using System.Text.RegularExpressions;

namespace Bzt.BidTool.Terminal;

/// <summary>
/// What the command line's library says itself, in the language of everything else: the headings of the help, and what is wrong with a command. Its own translations
/// are incomplete, and need ICU to be found. What is not known here stays English.
/// </summary>
internal static class ParserTexts
{
    private static readonly (Regex English, string Chinese)[] Texts =
    [
        (new(@"^Description:", RegexOptions.Multiline), "说明："), (new(@"^Usage:", RegexOptions.Multiline), "用法："), (new(@"^Arguments:", RegexOptions.Multiline), "参数："),
        (new(@"^Options:", RegexOptions.Multiline), "选项："), (new(@"^Commands:", RegexOptions.Multiline), "命令："), (new(@"\[command\]"), "[命令]"), (new(@"\[options\]"), "[选项]"),
        (new(@"\(REQUIRED\)"), "（必填）  "), (new("Show help and usage information"), "显示帮助"), (new("Show version information"), "显示版本"),
        (new(@"^Required command was not provided\.?$"), "缺少命令"), (new(@"^Unrecognized command or argument ('.*')\.?$"), "无法识别 $1"), (new(@"^Option ('.*') is required\.?$"), "缺少选项 $1"),
        (new(@"^Required argument missing for (?:command|option): ('.*')\.?$"), "$1 后缺少内容"), (new(@"^Argument ('.*') not recognized\. Must be one of: "), "$1 应为以下之一："),
        (new(@"^Cannot parse argument ('.*') for (?:command|option) ('.*')$"), "$2 不能是 $1"),
        (new(@"^Option ('.*') expects a single argument but \d+ were provided\.?$"), "$1 只能有一个值"),
    ];

    /// <summary>What is wrong, in one line and without the names of types.</summary>
    public static string Fault(string english)
    {
        var line = string.Join(", ", english.TrimEnd('.').Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Replace(":, ", ": ", StringComparison.Ordinal);
        return Say(line.Split(" as expected type", 2)[0]);
    }

    public static string Say(string english) =>
        Words.English ? english : Texts.Aggregate(english, (text, known) => known.English.Replace(text, known.Chinese));
}
