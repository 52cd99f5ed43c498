using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Platforms;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Bzt.Gateway.OpenApi;

/// <summary>An operation's name, tag, credentials and refusals, from what its endpoint says of itself.</summary>
internal sealed class DescribeOperation : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.OperationId ??= JsonNamingPolicy.CamelCase.ConvertName(metadata.OfType<MethodInfo>().Last().DeclaringType!.Name);

        List<int> refusals = [429, 500, 503, .. metadata.OfType<RefusalStatuses>().SelectMany(refusal => refusal.Statuses)];
        if (metadata.OfType<PlatformAccessMetadata>().LastOrDefault() is { Access: var platform })
        {
            operation.Tags = Tag(ApiTags.Platforms, context.Document!);
            operation.Security = [.. SchemesOf(platform).Select(schemes => Requirement(schemes, context.Document!))];
            refusals.Add(401);
        }
        else if (metadata.OfType<PhoneAccessMetadata>().LastOrDefault() is { Access: var phone })
        {
            operation.Tags = Tag(ApiTags.Phones, context.Document!);
            operation.Security = phone switch
            {
                PhoneAccess.Anyone => [],
                PhoneAccess.DeviceKey => [Requirement([ApiSchemes.Proof], context.Document!)],
                _ => [Requirement([ApiSchemes.PhoneToken, ApiSchemes.Proof], context.Document!)],
            };
            refusals.Add(426);
            refusals.AddRange(phone switch { PhoneAccess.Anyone => [], PhoneAccess.DeviceKey or PhoneAccess.Device => [401], _ => [401, 403] });
        }

        if (operation.RequestBody is not null || operation.Parameters?.Count > 0)
        {
            refusals.Add(400);
        }

        Describe(operation, refusals, context.Document!);
        if (context.Description.RelativePath == Routes.Platforms.Sessions.TrimStart('/') || operation.OperationId is "createOpening" or "changeOpening")
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = Routes.IdempotencyKeyHeader,
                In = ParameterLocation.Header,
                Description = "1 to 100 visible characters; names this request of this caller.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 100 },
            });
        }

        PlatformExamples.Add(operation);
        return Task.CompletedTask;
    }

    private static string[][] SchemesOf(PlatformAccess access) =>
        access == PlatformAccess.PlatformOnly ? [[ApiSchemes.Platform]] : [[ApiSchemes.Platform], [ApiSchemes.ProjectToken, ApiSchemes.Proof]];

    private static void Describe(OpenApiOperation operation, IEnumerable<int> refusals, OpenApiDocument document)
    {
        var described = (operation.Responses ?? []).Where(response => response.Key[0] is '2' or '3').ToDictionary(response => response.Key, response => response.Value);
        foreach (var status in refusals.Concat((operation.Responses ?? []).Keys.Where(key => key[0] is '4' or '5').Select(key => int.Parse(key, CultureInfo.InvariantCulture))).Distinct())
        {
            described[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = ReasonPhrases.GetReasonPhrase(status),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(nameof(Problem), document) },
                },
            };
        }

        operation.Responses = [];
        foreach (var (status, response) in described.OrderBy(response => response.Key, StringComparer.Ordinal))
        {
            operation.Responses.Add(status, response);
        }
    }

    private static HashSet<OpenApiTagReference> Tag(string name, OpenApiDocument document) => [new OpenApiTagReference(name, document)];

    private static OpenApiSecurityRequirement Requirement(IEnumerable<string> schemes, OpenApiDocument document)
    {
        var requirement = new OpenApiSecurityRequirement();
        foreach (var scheme in schemes)
        {
            requirement.Add(new OpenApiSecuritySchemeReference(scheme, document), []);
        }

        return requirement;
    }
}
