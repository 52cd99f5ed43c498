using System.Globalization;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Terminal;

/// <summary>The facts of a result as a person reads them; programs get them by name, with <c>--json</c>.</summary>
internal static class Facts
{
    /// <summary>Codes, whose sentence stands above them.</summary>
    private static readonly HashSet<string> ForPrograms = ["state", "secondsLeft", "verdict", "cause", "responsible"];

    private static readonly Dictionary<string, string> Chinese = new()
    {
        ["file"] = "文件",
        ["size"] = "字节数",
        ["sections"] = "部分数",
        ["section"] = "部分",
        ["folder"] = "文件夹",
        ["openingTime"] = "开标时间",
        ["project"] = "项目",
        ["enterprise"] = "企业",
        ["by"] = "方式",
        ["seals"] = "签章数",
        ["seal"] = "签章",
        ["reason"] = "原因",
        ["deadline"] = "解密截止",
        ["asked"] = "请求次数",
        ["record"] = "开标记录",
        ["opening"] = "开标编号",
        ["digest"] = "文件摘要",
        ["bidder"] = "投标人信用代码",
        ["events"] = "经过",
        ["changes"] = "时间调整",
        ["signedAt"] = "签发时间",
        ["certificate"] = "证书",
        ["entries"] = "记录数",
        ["first"] = "最早",
        ["last"] = "最近",
        ["signed"] = "签名次数",
        ["decrypted"] = "解密次数",
        ["wrongPins"] = "PIN码错误次数",
        ["checkpoint"] = "存证检查点",
        ["checkpointed"] = "检查点所含记录",
    };

    /// <summary>A line for each that a person can use.</summary>
    public static IEnumerable<string> Lines(IReadOnlyDictionary<string, object?> facts) => facts
        .Where(fact => fact.Value is not null && !ForPrograms.Contains(fact.Key))
        .Select(fact => $"  {Name(fact.Key)}  {Value(fact.Value!)}");

    /// <summary>As a clock in China shows it, whatever the computer's is set to.</summary>
    public static string China(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Name(string name) => English ? name : Chinese.GetValueOrDefault(name, name);

    private static string Value(object value) => value switch
    {
        DateTimeOffset at => Say($"{China(at)}（北京时间）", $"{China(at)} (Beijing)"),
        "scan" => Say("扫码", "scan"),
        "lock" => Say("CA锁", "CA lock"),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
