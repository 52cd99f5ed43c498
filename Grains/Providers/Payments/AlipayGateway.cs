using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.Payments;

/// <summary>What came back; one of the two is there.</summary>
/// <param name="Fields">The signed inner object, its code among it.</param>
/// <param name="Failure">Why there is no answer.</param>
readonly record struct AlipayAnswer(JsonObject? Fields, string Failure)
{
    /// <summary>The text of a member; null when it is none.</summary>
    public string? this[string name] => Fields?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>支付宝开放平台: signed calls of its gateway, and signed addresses of its pages.</summary>
sealed class AlipayGateway(IHttpClientFactory http, IOptions<AlipayOptions> options, TimeProvider time)
{
    public const string HttpClientName = "alipay";
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public AlipaySignature Signature { get; } = new(options.Value);

    /// <summary>An address that a browser opens; Alipay learns of the request only then, so this cannot fail for Alipay's trouble.</summary>
    public Uri Page(string method, JsonObject content, params IEnumerable<(string Name, string Value)> more)
    {
        var query = string.Join('&', Request(method, content, more).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        return new UriBuilder(options.Value.Gateway!) { Query = query }.Uri;
    }

    public async Task<AlipayAnswer> CallAsync(string method, JsonObject content, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(Request(method, content, []));
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Value.Gateway) { Content = form };
        using var client = http.CreateClient(HttpClientName);
        var (answer, failure) = await ProviderCall.SendAsync(client, request, options.Value.Timeout, time, cancellation);
        if (answer is not { } received)
        {
            return new AlipayAnswer(null, failure);
        }

        return received.Status == 200 && ReadSigned(received.Body, method.Replace('.', '_') + "_response") is { } fields
            ? new AlipayAnswer(fields, "")
            : new AlipayAnswer(null, "answer without a valid signature");
    }

    private SortedDictionary<string, string> Request(string method, JsonObject content, IEnumerable<(string Name, string Value)> more)
    {
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["app_id"] = options.Value.AppId,
            ["method"] = method,
            ["format"] = "JSON",
            ["charset"] = "utf-8",
            ["sign_type"] = "RSA2",
            ["timestamp"] = AlipayTime.Text(time.GetUtcNow()),
            ["version"] = "1.0",
            ["biz_content"] = content.ToJsonString(Json),
        };
        foreach (var (name, value) in more)
        {
            parameters[name] = value;
        }

        parameters["sign"] = Signature.Sign(AlipaySignature.Content(parameters));
        return parameters;
    }

    // The signature is over the inner object's characters as they came.
    private JsonObject? ReadSigned(byte[] body, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(name, out var inner) && inner.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("sign", out var sign) && sign.ValueKind == JsonValueKind.String
                && Signature.Verify(Encoding.UTF8.GetBytes(inner.GetRawText()), sign.GetString()!)
                    ? JsonNode.Parse(inner.GetRawText()) as JsonObject
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
