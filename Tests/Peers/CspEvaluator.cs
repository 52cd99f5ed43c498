using System.Text.Json;

namespace Bzt.Tests.Peers;

/// <summary>npm's csp_evaluator: Google's judgement of content security policies.</summary>
internal static class CspEvaluator
{
    /// <summary>Its gradation: 10 high, 20 syntax, 30 medium, 40 possibly high; above, what is possible only where a host offers more than ours do.</summary>
    private const int Serious = 40;

    /// <summary>What it finds serious, of each policy.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<string>>> FindAsync(IReadOnlyList<string> policies)
    {
        var answer = (await PeerProcess.Run("node", ["csp.js"], PeerProcess.Sources("node"), JsonSerializer.Serialize(policies))).OrFail();
        using var found = JsonDocument.Parse(answer.Output);
        return [.. found.RootElement.EnumerateArray().Select(findings => (IReadOnlyList<string>)[.. findings.EnumerateArray()
            .Where(finding => finding.GetProperty("severity").GetInt32() <= Serious).Select(finding => finding.GetProperty("text").GetString()!)])];
    }
}
