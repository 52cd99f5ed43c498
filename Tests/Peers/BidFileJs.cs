using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bzt.Tests.Peers;

/// <summary>A reader of bid files in another language, written from docs/bid-file.md alone.</summary>
internal static class BidFileJs
{
    /// <summary>One answer a file: what it read, or <c>refused</c>.</summary>
    /// <param name="files">Bid files.</param>
    /// <param name="serial">Of the encryption certificate.</param>
    /// <param name="privateKey">Its key, 32 bytes.</param>
    /// <param name="sections">Those to open; null: all.</param>
    /// <param name="output">Where files are written; null: nowhere.</param>
    public static async Task<IReadOnlyList<JsonElement>> ReadAsync(IReadOnlyList<string> files, string serial, byte[] privateKey, IReadOnlyList<string>? sections = null, string? output = null)
    {
        var question = new JsonObject { ["files"] = Array(files), ["serial"] = serial, ["privateKey"] = Convert.ToHexStringLower(privateKey), ["output"] = output };
        if (sections is not null) question["sections"] = Array(sections);
        var result = (await PeerProcess.Run("node", ["bid-file.mjs"], PeerProcess.Sources("node"), question.ToJsonString())).OrFail();
        using var answers = JsonDocument.Parse(result.Output);
        return [.. answers.RootElement.EnumerateArray().Select(answer => answer.Clone())];
    }

    private static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
