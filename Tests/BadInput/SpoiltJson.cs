using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bzt.Tests.BadInput;

/// <summary>Requests that are wrong in one place each.</summary>
internal static class SpoiltJson
{
    /// <summary>The sample with one member wrong; with the value that was put there, when it is one that could be recognised.</summary>
    public static IEnumerable<(string What, string Json, string? Value)> Of(string sample, IReadOnlySet<string> required)
    {
        foreach (var (name, value) in JsonNode.Parse(sample)!.AsObject().ToList())
        {
            if (required.Contains(name))
            {
                yield return ($"without {name}", With(sample, members => members.Remove(name)), null);
                if (value is not null)
                {
                    yield return ($"{name} null", With(sample, members => members[name] = null), null);
                }
            }

            yield return ($"{name} twice", "{" + JsonValue.Create(name).ToJsonString() + ":" + (value?.ToJsonString() ?? "null") + "," + sample.TrimStart()[1..], null);
            yield return ($"{name} an object", With(sample, members => members[name] = value is JsonObject ? JsonValue.Create("NOTANOBJECT") : new JsonObject { ["x"] = 1 }), null);
            yield return ($"{name} an array", With(sample, members => members[name] = value is JsonArray ? JsonValue.Create("NOTANARRAY") : new JsonArray(1)), null);
            yield return ($"{name} a boolean", With(sample, members => members[name] = true), null);
            if (value is not JsonValue text || text.GetValueKind() != JsonValueKind.String)
            {
                yield return ($"{name} a text", With(sample, members => members[name] = "SPOILTVALUE"), "SPOILTVALUE");
            }
            else
            {
                yield return ($"{name} a number", With(sample, members => members[name] = 731731731731), "731731731731");
            }

            if (value is JsonObject inner)
            {
                foreach (var (what, json, put) in Of(inner.ToJsonString(), inner.Select(member => member.Key).ToHashSet()))
                {
                    yield return ($"{name}.{what}", With(sample, members => members[name] = JsonNode.Parse(json)), put);
                }
            }
        }
    }

    private static string With(string sample, Action<JsonObject> change)
    {
        var members = JsonNode.Parse(sample)!.AsObject();
        change(members);
        return members.ToJsonString();
    }
}
