using System.Text.Json;

namespace Bzt.Tests.Peers;

/// <summary>npm's yaml: YAML files as the JSON they stand for.</summary>
internal static class Yaml
{
    /// <summary>The documents of each file.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<JsonElement>>> ReadAsync(params IEnumerable<string> files)
    {
        var read = await PeerProcess.Run("node", ["yaml.mjs"], PeerProcess.Sources("node"), JsonSerializer.Serialize(files));
        using var json = JsonDocument.Parse(read.OrFail().Output);
        return [.. json.RootElement.Clone().EnumerateArray().Select(documents => (IReadOnlyList<JsonElement>)[.. documents.EnumerateArray()])];
    }
}
