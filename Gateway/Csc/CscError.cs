using System.Text.Json.Serialization;

namespace Bzt.Gateway.Csc;

/// <summary>CSC §10: a status, a code of OAuth's, and words for the developer. Texts are those of the specification where it has one.</summary>
internal sealed class CscError(string error, string description, int status = StatusCodes.Status400BadRequest) : IResult
{
    public const string InvalidRequest = "invalid_request";
    public const string InvalidToken = "invalid_token";
    public const string AccessDenied = "access_denied";
    public const string UnauthorizedClient = "unauthorized_client";
    public const string ServerError = "server_error";
    public const string TemporarilyUnavailable = "temporarily_unavailable";

    public static CscError Missing(string type, string name) => new(InvalidRequest, $"Missing (or invalid type) {type} parameter {name}");

    public static CscError Invalid(string name) => new(InvalidRequest, $"Invalid parameter {name}");

    /// <summary>What routing refuses before any method is reached; null for what is none of its refusals.</summary>
    public static CscError? OfRouting(int status) => status switch
    {
        StatusCodes.Status400BadRequest => new(InvalidRequest, "The request cannot be read"),
        StatusCodes.Status404NotFound => new(InvalidRequest, "There is nothing at this path", status),
        StatusCodes.Status405MethodNotAllowed => new(InvalidRequest, "The HTTP method is not allowed here", status),
        StatusCodes.Status413PayloadTooLarge => new(InvalidRequest, "The request is too large", status),
        StatusCodes.Status415UnsupportedMediaType => new(InvalidRequest, "The content type is not supported here", status),
        _ => null,
    };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        httpContext.Response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status401Unauthorized)
        {
            httpContext.Response.Headers.WWWAuthenticate = error == InvalidToken ? "Bearer error=\"invalid_token\"" : "Bearer";
        }

        await httpContext.Response.WriteAsJsonAsync(new CscErrorBody(error, description), CscJson.Wire.CscErrorBody, cancellationToken: httpContext.RequestAborted);
    }
}

internal sealed record CscErrorBody([property: JsonPropertyName("error")] string Error, [property: JsonPropertyName("error_description")] string Description);
