using System.Net;
using System.Text.Json;

namespace Bzt.Tests.Peers;

/// <summary>MDN's HTTP Observatory: a grade from F to A+ for a page's headers, cookies, policies and redirects.</summary>
internal static class Observatory
{
    /// <param name="Tests">How many there were.</param>
    /// <param name="Failed">Name and result of those that were not passed.</param>
    public sealed record Grade(string Page, string Letter, int Score, int Tests, IReadOnlyList<string> Failed);

    /// <param name="pages">As host/path, http first.</param>
    public static async Task<IReadOnlyList<Grade>> ScanAsync(IPAddress address, string authorityFile, IEnumerable<string> pages)
    {
        var answer = await PeerProcess.Run("env", [$"NODE_EXTRA_CA_CERTS={authorityFile}", "node", "observatory.mjs", address.ToString(), .. pages], PeerProcess.Sources("node"));
        using var grades = JsonDocument.Parse(answer.OrFail().Output);
        return [.. grades.RootElement.EnumerateArray().Select(grade => new Grade(
            grade.GetProperty("page").GetString()!, grade.GetProperty("grade").GetString()!, grade.GetProperty("score").GetInt32(), grade.GetProperty("tests").GetInt32(),
            [.. grade.GetProperty("failed").EnumerateArray().Select(failed => failed.GetString()!)]))];
    }
}
