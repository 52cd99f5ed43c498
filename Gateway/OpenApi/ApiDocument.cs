using Scalar.AspNetCore;

namespace Bzt.Gateway.OpenApi;

internal static class ApiDocument
{
    public static void AddApiDocument(this WebApplicationBuilder builder) => builder.Services.AddOpenApi("v1", options =>
    {
        options.AddOperationTransformer<DescribeOperation>();
        options.AddDocumentTransformer<DescribeDocument>();
    });

    /// <summary>The statuses of problem documents this endpoint answers, beside those every endpoint of its API may answer.</summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder builder, params int[] statuses) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RefusalStatuses(statuses));

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapScalarApiReference("/docs", scalar => scalar.WithTitle("BztCluster").WithOpenApiRoutePattern("/openapi/{documentName}.json").DisableDefaultFonts())
            .AddEndpointFilter(async (context, next) =>
            {
                // The reference page brings its own script and style, both from this origin.
                context.HttpContext.Response.Headers.ContentSecurityPolicy =
                    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'";
                return await next(context);
            });
    }
}

internal sealed record RefusalStatuses(IReadOnlyList<int> Statuses);
