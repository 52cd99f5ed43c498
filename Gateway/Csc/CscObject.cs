using System.Text.Json;

namespace Bzt.Gateway.Csc;

/// <summary>A JSON object of a request, read as CSC wants it said: a member that is missing and one of the wrong type are the same fault.</summary>
internal sealed class CscObject(JsonElement element)
{
    private readonly JsonElement element = element;

    /// <summary>Null when it is absent or no string.</summary>
    public string? Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public int? Number(string name) => Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    /// <summary>False when absent; null when it is no boolean.</summary>
    public bool? Flag(string name) => Member(name) switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        _ => null,
    };

    public bool Has(string name) => Member(name) is { ValueKind: not JsonValueKind.Null };

    /// <summary>Null when it is absent, no array, or not of strings only.</summary>
    public IReadOnlyList<string>? Texts(string name) =>
        Member(name) is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
            : null;

    public IReadOnlyList<CscObject>? Objects(string name) =>
        Member(name) is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? [.. list.EnumerateArray().Select(item => new CscObject(item))]
            : null;

    private JsonElement? Member(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;
}
