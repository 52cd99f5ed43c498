using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Scalar.AspNetCore;

namespace Bzt.Gateway.OpenApi;

internal static partial class ApiDocument
{
    private const string Name = "v1";

    public static void AddApiDocument(this WebApplicationBuilder builder)
    {
        builder.Services.AddOpenApi(Name, options =>
        {
            options.AddOperationTransformer<DescribeOperation>();
            options.AddDocumentTransformer<DescribeDocument>();
        });
        builder.Services.AddSingleton(services => new WrittenDocument(services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name)));
    }

    /// <summary>The statuses of problem documents this endpoint answers, beside those every endpoint of its API may answer.</summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder builder, params int[] statuses) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RefusalStatuses(statuses));

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapGet($"/openapi/{Name}.json", async (HttpContext http, WrittenDocument document) =>
        {
            var (octets, tag) = await document.GetAsync();
            http.Response.Headers.CacheControl = "no-cache";
            return Results.Bytes(octets, "application/json;charset=utf-8", entityTag: tag);
        }).ExcludeFromDescription();
        app.MapScalarApiReference("/docs", scalar => scalar.WithTitle("BztCluster").WithOpenApiRoutePattern($"/openapi/{Name}.json").DisableDefaultFonts()
            // What leads to its maker's services, which the page's policy forbids.
            .DisableAgent().DisableMcp().DisableTelemetry().HideDeveloperTools().HideClientButton())
            .AddEndpointFilter(async (context, next) =>
            {
                // The reference page brings its own scripts and styles from this origin, where the phone app keeps its keys: of scripts in the page
                // itself only those run that stand there now.
                var result = await next(context);
                var content = (result is INestedHttpResult nested ? nested.Result : result) as ContentHttpResult;
                var inline = string.Concat(InlineScripts().Matches(content?.ResponseContent ?? "").Select(script => $" 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script.Groups[1].Value)))}'"));
                context.HttpContext.Response.Headers.ContentSecurityPolicy =
                    $"default-src 'none'; script-src 'self'{inline}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
                return result;
            });
    }

    [GeneratedRegex("""<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>""", RegexOptions.Singleline)]
    private static partial Regex InlineScripts();
}

internal sealed record RefusalStatuses(IReadOnlyList<int> Statuses);
