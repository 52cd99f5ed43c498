using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bzt.Contracts;

/// <summary>An RFC 9457 problem document as every endpoint answers it (<c>application/problem+json</c>).</summary>
/// <param name="Type">A URI of the documentation of the code.</param>
/// <param name="Title">What happened, in Chinese, fit to be shown to a person.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
public sealed record Problem(string Type, string Title, int Status, string Code)
{
    /// <summary>What the caller can do about it, in Chinese.</summary>
    public string? Detail { get; init; }

    /// <summary>A number to quote to support: the trace id.</summary>
    public string? TraceId { get; init; }

    /// <summary>Seconds to wait, with <c>rate_limited</c>, <c>sms_too_many</c>, <c>unavailable</c>.</summary>
    public int? RetryAfterSeconds { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extensions { get; set; }
}

/// <summary>Thrown by the typed clients when the server answered a problem document.</summary>
public sealed class ApiRefusedException(Problem problem) : Exception($"{problem.Code}: {problem.Title}")
{
    public Problem Problem { get; } = problem;

    public string Code => Problem.Code;
}
