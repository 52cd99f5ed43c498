using System.Reflection;
using Bzt.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Bzt.Gateway.OpenApi;

internal static class ApiTags
{
    public const string Platforms = "Platforms";
    public const string Phones = "Phone app";
}

internal static class ApiSchemes
{
    public const string Platform = "platform";
    public const string ProjectToken = "projectToken";
    public const string PhoneToken = "phoneToken";
    public const string Proof = "dpopProof";
}

/// <summary>
/// What no endpoint says of itself: the whole, the credentials, the token endpoint. In a fixed order and without a server's address,
/// so that the document differs only where the API does.
/// </summary>
internal sealed class DescribeDocument : IOpenApiDocumentTransformer
{
    public async Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "BztCluster",
            Version = "v1",
            Description = "The phone in place of the USB key. Trading platforms open sessions and wait for their end; phones scan, show and confirm. "
                + "v1 grows additively: ignore members you do not know. Every refusal is an RFC 9457 problem document; decide by its `code`.",
        };
        document.Servers = [];
        document.Tags = new HashSet<OpenApiTag>
        {
            new() { Name = ApiTags.Platforms, Description = "For trading platforms and bid tools." },
            new() { Name = ApiTags.Phones, Description = "For the phone app. Not needed to connect a platform." },
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = Schemes();
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas.Remove("ProblemDetails");
        document.Components.Schemas[nameof(Problem)] = await ProblemSchemaAsync(context, cancellationToken);
        document.Paths[Routes.Token] = TokenEndpoint(document);
        Sort(document);
    }

    private static async Task<OpenApiSchema> ProblemSchemaAsync(OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(Problem), cancellationToken: cancellation);
        schema.Description = "An RFC 9457 problem document. Its code is stable, its texts are for people.";
        var codes = typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
        if (schema.Properties?["code"] is OpenApiSchema code)
        {
            code.Description = "Known codes; more may come: " + string.Join(", ", codes.Order(StringComparer.Ordinal));
        }

        return schema;
    }

    private static Dictionary<string, IOpenApiSecurityScheme> Schemes() => new()
    {
        [ApiSchemes.Platform] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.OAuth2,
            Description = "OAuth 2.0 client credentials (RFC 6749 §4.4) of a platform's backend.",
            Flows = new OpenApiOAuthFlows
            {
                ClientCredentials = new OpenApiOAuthFlow { TokenUrl = new Uri(Routes.Token, UriKind.Relative), Scopes = new Dictionary<string, string>() },
            },
        },
        [ApiSchemes.ProjectToken] = Dpop("A project token that a platform issued to a bid tool, presented as `Authorization: DPoP …` (RFC 9449 §7.1)."),
        [ApiSchemes.PhoneToken] = Dpop("A phone's token, bound to its device key, presented as `Authorization: DPoP …` (RFC 9449 §7.1)."),
        [ApiSchemes.Proof] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = "DPoP",
            Description = "A proof for this request, ES256 (RFC 9449 §4). After 401 with a DPoP-Nonce, once more with that nonce in it.",
        },
    };

    private static OpenApiSecurityScheme Dpop(string description) => new() { Type = SecuritySchemeType.Http, Scheme = "DPoP", Description = description };

    /// <summary>Served by the OAuth server, which describes no endpoints.</summary>
    private static OpenApiPathItem TokenEndpoint(OpenApiDocument document) => new()
    {
        Operations = new Dictionary<HttpMethod, OpenApiOperation>
        {
            [HttpMethod.Post] = new()
            {
                OperationId = "getToken",
                Summary = "An access token for a platform",
                Description = "Refusals are those of RFC 6749 §5.2: invalid_client, invalid_request, unsupported_grant_type.",
                Tags = new HashSet<OpenApiTagReference> { new(ApiTags.Platforms, document) },
                Security = [],
                RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType> { ["application/x-www-form-urlencoded"] = new OpenApiMediaType { Schema = Members(("grant_type", "client_credentials"), ("client_id", null), ("client_secret", null)) } },
                },
                Responses = new OpenApiResponses
                {
                    ["200"] = Answer("OK", Members(("access_token", null), ("token_type", "Bearer"), ("expires_in", null))),
                    ["400"] = Answer("Bad Request", Members(("error", null))),
                    ["401"] = Answer("Unauthorized", Members(("error", "invalid_client"))),
                },
            },
        },
    };

    private static OpenApiResponse Answer(string description, OpenApiSchema schema) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = schema } },
    };

    private static OpenApiSchema Members(params ReadOnlySpan<(string Name, string? Value)> members)
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema>(), Required = new HashSet<string>() };
        foreach (var (name, value) in members)
        {
            schema.Properties[name] = new OpenApiSchema
            {
                Type = name == "expires_in" ? JsonSchemaType.Integer : JsonSchemaType.String,
                Description = name == "expires_in" ? "Seconds." : null,
                Enum = value is null ? null : [value],
            };
            schema.Required.Add(name);
        }

        return schema;
    }

    private static void Sort(OpenApiDocument document)
    {
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            paths.Add(path, item);
        }

        document.Paths = paths;
        document.Components!.Schemas = document.Components.Schemas!.OrderBy(schema => schema.Key, StringComparer.Ordinal).ToDictionary(schema => schema.Key, schema => schema.Value);
    }
}
