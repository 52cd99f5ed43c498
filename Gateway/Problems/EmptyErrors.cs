using Bzt.Contracts;
using Bzt.Gateway.Csc;

namespace Bzt.Gateway.Problems;

internal static class EmptyErrors
{
    private static readonly string[] Apis = ["/phone/", "/rp/", "/hubs/", "/connect/", "/evidence/", Routes.PhoneAppTrust, Routes.PhoneAppAbout];

    /// <summary>What routing itself refuses under an API (no such path, no such method, no such media type) is a problem document too, and under the CSC's its error.</summary>
    public static void UseProblemsForEmptyErrors(this WebApplication app) => app.UseStatusCodePages(async pages =>
    {
        var context = pages.HttpContext;
        if (context.Request.Path.StartsWithSegments(Routes.Csc.Base, StringComparison.Ordinal))
        {
            if (CscError.OfRouting(context.Response.StatusCode) is { } refused)
            {
                await refused.ExecuteAsync(context);
            }

            return;
        }

        if (!Array.Exists(Apis, api => context.Request.Path.StartsWithSegments(api.TrimEnd('/'), StringComparison.Ordinal)))
        {
            return;
        }

        var code = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ErrorCodes.NotFound,
            StatusCodes.Status405MethodNotAllowed => ErrorCodes.MethodNotAllowed,
            StatusCodes.Status413PayloadTooLarge => ErrorCodes.BodyTooLarge,
            StatusCodes.Status400BadRequest or StatusCodes.Status415UnsupportedMediaType => ErrorCodes.InvalidRequest,
            _ => null,
        };
        if (code is not null)
        {
            await new ProblemResult(code)
            {
                Detail = context.Response.StatusCode == StatusCodes.Status415UnsupportedMediaType ? "不支持的Content-Type" : null,
            }.ExecuteAsync(context);
        }
    });
}
