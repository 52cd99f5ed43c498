using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bzt.Gateway.Csc;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CscErrorBody))]
[JsonSerializable(typeof(CscInfo))]
[JsonSerializable(typeof(CscCredential))]
[JsonSerializable(typeof(CscCredentialList))]
[JsonSerializable(typeof(CscHandle))]
[JsonSerializable(typeof(CscSad))]
[JsonSerializable(typeof(CscSignatures))]
internal sealed partial class CscJson : JsonSerializerContext
{
    /// <summary>base64 as it is, its + not escaped: nothing here is ever read as HTML.</summary>
    public static CscJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
