using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Bzt.Contracts;
using Microsoft.AspNetCore.Http.Features;

namespace Bzt.Gateway.Problems;

/// <summary>Writes an RFC 9457 problem document.</summary>
internal sealed class ProblemResult(string code) : IResult
{
    /// <summary>Chinese as it is: who develops a platform reads it in a terminal.</summary>
    private static readonly BztJson Readable = new(new JsonSerializerOptions(BztJson.Default.Options) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) });

    public string Code { get; } = code;

    /// <summary>A grain's: perhaps with a code this release does not know.</summary>
    public bool IsRefusal { get; init; }

    public string? Detail { get; init; }

    public DateTimeOffset? RetryAt { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (status, title) = IsRefusal ? ProblemTexts.OfRefusal(Code) : ProblemTexts.Of(Code);
        int? retryAfter = RetryAt is { } at
            ? Math.Max(1, (int)Math.Ceiling((at - httpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()).TotalSeconds))
            : Code is ErrorCodes.Unavailable or ErrorCodes.KeysUnavailable or ErrorCodes.ProviderUnavailable ? 2 : null;
        if (retryAfter is { } seconds)
        {
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        httpContext.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            // Whose unavailability it is: ours calls somebody at night, a provider's does not.
            httpContext.Features.Get<IHttpMetricsTagsFeature>()?.Tags.Add(new("problem", Code));
        }

        httpContext.Response.Headers.CacheControl = "no-store";
        var problem = new Problem($"urn:bzt:problem:{Code}", title, status, Code)
        {
            Detail = Detail,
            TraceId = Activity.Current?.TraceId.ToHexString() ?? httpContext.TraceIdentifier,
            RetryAfterSeconds = retryAfter,
        };
        await httpContext.Response.WriteAsJsonAsync(problem, Readable.Problem, "application/problem+json", httpContext.RequestAborted);
    }
}
