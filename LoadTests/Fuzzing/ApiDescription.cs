using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bzt.LoadTests.Fuzzing;

/// <param name="In"><c>path</c>, <c>query</c> or <c>header</c>.</param>
internal sealed record ApiParameter(string Name, string In, bool Required, JsonObject Schema);

/// <param name="Bodies">Schema by media type; none for an operation without a body.</param>
/// <param name="Examples">JSON bodies that the document gives as right.</param>
/// <param name="AnswersProblems">A refusal is a problem document; otherwise it is in the form of another standard, or a page.</param>
internal sealed record ApiOperation(
    string Method, string Path, IReadOnlyList<ApiParameter> Parameters, IReadOnlyDictionary<string, JsonObject> Bodies, IReadOnlyList<JsonNode> Examples, bool AnswersProblems)
{
    public string Name => $"{Method} {Path}";
}

/// <summary>What the API's own document says may be asked, and beside it the endpoints that follow other standards and stand in their documents.</summary>
internal sealed class ApiDescription
{
    private readonly JsonObject schemas;

    private ApiDescription(JsonObject schemas, IReadOnlyList<ApiOperation> operations) => (this.schemas, Operations) = (schemas, operations);

    public IReadOnlyList<ApiOperation> Operations { get; }

    /// <param name="document">OpenAPI 3.1, as <c>/openapi/v1.json</c> answers it.</param>
    public static ApiDescription Read(string document)
    {
        var root = JsonNode.Parse(document)!.AsObject();
        var operations =
            from path in root["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            select Read(operation.Key.ToUpperInvariant(), path.Key, operation.Value!.AsObject());
        return new ApiDescription(root["components"]!["schemas"]!.AsObject(), [.. operations, .. OtherEndpoints.All]);
    }

    /// <summary>Follows <c>$ref</c>, and of alternatives takes the one that is not null.</summary>
    public JsonObject Resolve(JsonObject schema) =>
        schema["$ref"]?.GetValue<string>() is { } reference ? Resolve(schemas[reference[(reference.LastIndexOf('/') + 1)..]]!.AsObject())
        : schema["oneOf"] is JsonArray alternatives ? Resolve(alternatives.Select(one => one!.AsObject()).First(one => TypeOf(one) != "null"))
        : schema;

    /// <summary>The first that is not null; empty when the schema leaves it open.</summary>
    public static string TypeOf(JsonObject schema) => schema["type"] switch
    {
        JsonArray types => types.Select(type => type!.GetValue<string>()).First(type => type != "null"),
        JsonValue type => type.GetValue<string>(),
        _ => schema["properties"] is null ? schema["enum"] is null ? "" : "string" : "object",
    };

    private static ApiOperation Read(string method, string path, JsonObject operation)
    {
        var parameters = operation["parameters"]?.AsArray().Select(parameter => new ApiParameter(
            parameter!["name"]!.GetValue<string>(), parameter["in"]!.GetValue<string>(), parameter["required"]?.GetValue<bool>() ?? false,
            parameter["schema"]?.AsObject() ?? [])) ?? [];
        var content = operation["requestBody"]?["content"]?.AsObject() ?? [];
        var examples = content.SelectMany(body => body.Value!["examples"]?.AsObject().Select(example => example.Value!["value"]!) ?? (body.Value["example"] is { } one ? [one] : []));
        return new ApiOperation(
            method, path, [.. parameters], content.ToDictionary(body => body.Key, body => body.Value!["schema"]?.AsObject() ?? [], StringComparer.Ordinal),
            [.. examples.Where(example => example.GetValueKind() == JsonValueKind.Object)],
            // The token endpoint is OAuth's, and answers as RFC 6749 says.
            AnswersProblems: !path.StartsWith("/connect/", StringComparison.Ordinal));
    }
}
