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
internal sealed partial class CscJson : JsonSerializerContext;
