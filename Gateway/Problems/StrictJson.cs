using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bzt.Contracts;

namespace Bzt.Gateway.Problems;

/// <summary>The JSON of the contracts as a server reads it: a member that may not be null must be there.</summary>
internal static class StrictJson
{
    public static void Apply(JsonSerializerOptions options)
    {
        var contracts = BztJson.Default.Options;
        options.PropertyNamingPolicy = contracts.PropertyNamingPolicy;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        options.DefaultIgnoreCondition = contracts.DefaultIgnoreCondition;
        options.RespectNullableAnnotations = true;
        // Of two members of one name another reader on the way may have taken the other.
        options.AllowDuplicateProperties = false;
        options.MaxDepth = 32;
        foreach (var converter in contracts.Converters)
        {
            options.Converters.Add(converter);
        }

        options.TypeInfoResolverChain.Insert(0, BztJson.Default.WithAddedModifier(RequireMembers));
    }

    // RespectRequiredConstructorParameters would also ask for members that may be null, which clients leave out.
    private static void RequireMembers(JsonTypeInfo type)
    {
        foreach (var member in type.Properties)
        {
            if (member.AssociatedParameter is { HasDefaultValue: false } parameter
                && (parameter.ParameterType.IsValueType ? Nullable.GetUnderlyingType(parameter.ParameterType) is null : !parameter.IsNullable))
            {
                member.IsRequired = true;
            }
        }
    }
}
