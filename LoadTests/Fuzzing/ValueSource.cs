using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bzt.LoadTests.Fuzzing;

/// <summary>Draws values: right by their schema, and where chance has it, wrong ones in their place.</summary>
/// <param name="known">Values that mean something to the system under test, by the name of their member or parameter.</param>
/// <param name="spoilt">How likely a place holds something else than its schema says.</param>
internal sealed class ValueSource(ApiDescription api, IReadOnlyDictionary<string, string[]> known, Random random, double spoilt, string mark)
{
    private const int Deepest = 8;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool Chance(double probability) => random.NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>A text somebody trips over.</summary>
    public string HostileText() => random.Next(12) switch
    {
        0 => new string('a', Pick([255, 256, 257, 1000, 4000])),
        1 => string.Concat(Enumerable.Repeat(Pick(["甲", "\u0300", "👩‍👩‍👧", "%2e%2e/", "{{", "<"]), Pick([40, 400, 1500]))),
        _ => Pick(Hostile.Texts).Replace(Hostile.Mark, mark, StringComparison.Ordinal),
    };

    public string Marked(string text) => text.Replace(Hostile.Mark, mark, StringComparison.Ordinal);

    /// <summary>For a path, a query or a header.</summary>
    public string Parameter(ApiParameter parameter) => Chance(spoilt) ? HostileText() : Text(parameter.Name, parameter.Schema);

    /// <summary>JSON of the schema; with something spoilt it may be none any more.</summary>
    public string Json(JsonObject schema)
    {
        var json = new StringBuilder();
        Write(json, "", schema, 0);
        return json.ToString();
    }

    /// <summary>An example, with members of it replaced, left out or doubled.</summary>
    public string Json(JsonNode example)
    {
        var json = new StringBuilder();
        Write(json, example);
        return json.ToString();
    }

    private void Write(StringBuilder json, string name, JsonObject unresolved, int depth)
    {
        if (Chance(spoilt))
        {
            json.Append(HostileJson());
            return;
        }

        var schema = api.Resolve(unresolved);
        if (IsNullable(unresolved) && Chance(0.3))
        {
            json.Append("null");
            return;
        }

        switch (ApiDescription.TypeOf(schema))
        {
            case "object" when depth < Deepest:
                var required = schema["required"]?.AsArray().Select(member => member!.GetValue<string>()).ToHashSet() ?? [];
                WriteObject(json, [.. (schema["properties"]?.AsObject() ?? []).Where(member => required.Contains(member.Key) || Chance(0.7)).Select(member =>
                    (member.Key, (Action)(() => Write(json, member.Key, member.Value!.AsObject(), depth + 1))))]);
                break;
            case "array" when depth < Deepest:
                WriteArray(json, Chance(spoilt / 4) ? Pick([50, 300]) : random.Next(3), () => Write(json, name, schema["items"]?.AsObject() ?? [], depth + 1));
                break;
            case "integer":
                json.Append(Chance(0.2) ? random.NextInt64(-1000, 100_000_000) : random.Next(0, 12));
                break;
            case "number":
                json.Append(random.NextDouble().ToString(CultureInfo.InvariantCulture));
                break;
            case "boolean":
                json.Append(Chance(0.5) ? "true" : "false");
                break;
            default:
                WriteText(json, Text(name, schema));
                break;
        }
    }

    private void Write(StringBuilder json, JsonNode? example)
    {
        if (Chance(spoilt))
        {
            json.Append(HostileJson());
            return;
        }

        switch (example)
        {
            case JsonObject members:
                WriteObject(json, [.. members.Select(member => (member.Key, (Action)(() => Write(json, member.Value))))]);
                break;
            case JsonArray items:
                var next = 0;
                WriteArray(json, items.Count, () => Write(json, items[next++]));
                break;
            case JsonValue value when value.TryGetValue<string>(out var text) && text.StartsWith('{') && text.EndsWith('}') && known.TryGetValue(text[1..^1], out var values):
                WriteText(json, Pick(values));
                break;
            default:
                json.Append(example?.ToJsonString(Plain) ?? "null");
                break;
        }
    }

    private void WriteObject(StringBuilder json, IReadOnlyList<(string Name, Action Write)> members)
    {
        json.Append('{');
        var first = true;
        foreach (var (name, write) in members)
        {
            // Left out, twice, or by another name.
            var times = Chance(spoilt / 2) ? 0 : Chance(spoilt / 2) ? 2 : 1;
            for (var i = 0; i < times; i++)
            {
                json.Append(first ? "" : ",");
                WriteText(json, Chance(spoilt / 4) ? name.ToUpperInvariant() : name);
                json.Append(':');
                write();
                first = false;
            }
        }

        if (Chance(spoilt / 2))
        {
            json.Append(first ? "" : ",");
            WriteText(json, HostileText());
            json.Append(":1");
        }

        json.Append('}');
    }

    private static void WriteArray(StringBuilder json, int count, Action write)
    {
        json.Append('[');
        for (var i = 0; i < count; i++)
        {
            json.Append(i == 0 ? "" : ",");
            write();
        }

        json.Append(']');
    }

    // By hand: a serialiser would mend what is broken.
    private static void WriteText(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var character in text)
        {
            _ = character is '"' or '\\' || char.IsControl(character) || char.IsSurrogate(character) ? json.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : json.Append(character);
        }

        json.Append('"');
    }

    private string HostileJson()
    {
        if (Chance(0.5))
        {
            return Pick(Hostile.JsonFragments);
        }

        var json = new StringBuilder();
        WriteText(json, HostileText());
        return json.ToString();
    }

    private string Text(string name, JsonObject schema)
    {
        if (schema["enum"] is JsonArray names)
        {
            return names[random.Next(names.Count)]?.GetValue<string>() ?? "";
        }

        if (known.TryGetValue(name, out var values) && Chance(0.8))
        {
            return Pick(values);
        }

        // A wait is short, or longer than any that is granted.
        return name == "timeoutMs" ? Pick(["0", "1", "40", "600001", "2147483647", "-1"]) : (ApiDescription.TypeOf(schema), schema["format"]?.GetValue<string>()) switch
        {
            ("integer", _) => random.Next(0, 100).ToString(CultureInfo.InvariantCulture),
            ("boolean", _) => Chance(0.5) ? "true" : "false",
            (_, "uuid") => Chance(0.5) && known.TryGetValue("operationId", out var ids) ? Pick(ids) : RandomId().ToString(),
            (_, "date-time") => DateTimeOffset.UnixEpoch.AddSeconds(random.NextInt64(0, 4_000_000_000)).ToString("O", CultureInfo.InvariantCulture),
            (_, "date") => "2030-01-01",
            (_, "uri") => "https://platform.example/" + RandomId(),
            (_, "byte" or "binary") => Convert.ToBase64String(Octets(Pick([0, 1, 16, 32, 33, 64, 65, 100, 1000]))),
            _ => Pick(["宜昌测试", "a", "2026", "123456", RandomId().ToString("N")]),
        };
    }

    public byte[] Octets(int length)
    {
        var octets = new byte[length];
        random.NextBytes(octets);
        return octets;
    }

    private Guid RandomId() => new(Octets(16));

    private static bool IsNullable(JsonObject schema) => schema["type"] is JsonArray || schema["oneOf"] is not null;
}
