using Bzt.Contracts;

namespace Bzt.Gateway.Problems;

internal static class Invalid
{
    /// <summary>The value of a member is wrong. Only its name is told back.</summary>
    public static IResult Member(string name) => new ProblemResult(ErrorCodes.InvalidRequest) { Detail = $"内容不正确：{name}" };
}
