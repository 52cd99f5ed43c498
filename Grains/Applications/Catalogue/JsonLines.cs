using System.Text;
using System.Text.Json;

namespace Bzt.Grains.Applications.Catalogue;

/// <summary>On which line of a JSON text each value begins, by its path as System.Text.Json writes it: <c>provinces[0].platforms[2].name</c>.</summary>
internal sealed class JsonLines
{
    private readonly Dictionary<string, int> lines = new(StringComparer.Ordinal);

    /// <param name="text">Well formed; comments and trailing commas are read over.</param>
    public JsonLines(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var places = new Stack<(string Path, int Index)>();
        string? member = null;
        var (line, seen) = (1, 0);
        while (reader.Read())
        {
            for (var start = (int)reader.TokenStartIndex; seen < start; seen++)
            {
                line += bytes[seen] == '\n' ? 1 : 0;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                member = reader.GetString();
                continue;
            }

            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                places.Pop();
                continue;
            }

            // A value: named by its member, or counted in its array.
            var path = "";
            if (places.TryPop(out var within))
            {
                path = member is not null ? (within.Path.Length == 0 ? member : $"{within.Path}.{member}") : $"{within.Path}[{within.Index}]";
                places.Push(member is not null ? within : within with { Index = within.Index + 1 });
            }

            lines.TryAdd(path, line);
            member = null;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                places.Push((path, 0));
            }
        }
    }

    /// <summary>The line of the value, or of the nearest one around it: a member that is missing has none.</summary>
    public int Of(string path)
    {
        for (var at = path; ; at = at[..Math.Max(at.LastIndexOf('.'), at.LastIndexOf('['))])
        {
            if (lines.TryGetValue(at, out var line))
            {
                return line;
            }

            if (!at.Contains('.', StringComparison.Ordinal) && !at.Contains('[', StringComparison.Ordinal))
            {
                return 1;
            }
        }
    }
}
