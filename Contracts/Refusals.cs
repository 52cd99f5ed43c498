using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Bzt.Contracts;

/// <summary>Turns an answer that is not a success into an exception the caller can decide by.</summary>
internal static class Refusals
{
    public static async Task<ApiRefusedException> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            try
            {
                if (await response.Content.ReadFromJsonAsync(BztJson.Default.Problem, cancellation) is { Code: not null } problem)
                {
                    return new ApiRefusedException(problem);
                }
            }
            catch (JsonException)
            {
                // Falls through: something between us and the server answered.
            }
        }

        var code = status switch { 401 => ErrorCodes.Unauthenticated, 413 => ErrorCodes.BodyTooLarge, 429 => ErrorCodes.RateLimited, >= 500 => ErrorCodes.Unavailable, _ => ErrorCodes.InvalidRequest };
        return new ApiRefusedException(new Problem("about:blank", string.Create(CultureInfo.InvariantCulture, $"服务器返回 {status}"), status, code));
    }
}
