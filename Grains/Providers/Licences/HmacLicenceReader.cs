using System.Text.Json;
using Bzt.Protocol.Forms;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.Licences;

/// <summary>The neutral licence interface of <c>docs/providers.md</c>.</summary>
sealed class HmacLicenceReader(IHttpClientFactory http, IOptions<LicenceReaderOptions> options, TimeProvider time) : ILicenceReader
{
    public const string HttpClientName = "licence-reader";

    const int Longest = 200;

    public bool IsOffered => options.Value.Endpoint is not null;

    public async Task<LicenceReading> ReadAsync(ReadOnlyMemory<byte> picture, string mediaType, string requestId, CancellationToken cancellation)
    {
        var settings = options.Value;
        if (settings.Endpoint is not { } endpoint)
        {
            return new LicenceReading.Unavailable("not configured");
        }

        using var client = http.CreateClient(HttpClientName);
        var body = JsonSerializer.SerializeToUtf8Bytes(new { requestId, mediaType, picture });
        return await SignedJson.CallAsync(client, new(settings.AppId, settings.Secret, settings.Timeout), HttpMethod.Post, endpoint, body, time, cancellation) switch
        {
            SignedAnswer.Ok(var answer) => Read(ProviderCall.TryReadStrings(answer), requestId),
            SignedAnswer.Refused(var error) => new LicenceReading.Unavailable(error),
            SignedAnswer.Unavailable(var reason) => new LicenceReading.Unavailable(reason),
            _ => throw new InvalidOperationException("No such answer."),
        };
    }

    static LicenceReading Read(Dictionary<string, string>? fields, string requestId)
    {
        if (fields?.GetValueOrDefault("requestId") != requestId)
        {
            return new LicenceReading.Unavailable("answer to another request");
        }

        return fields.GetValueOrDefault("result") switch
        {
            "READ" => (Text("enterpriseName"), Text("creditCode"), Text("legalRepresentative")) switch
            {
                (null, null, null) => new LicenceReading.NotReadable(),
                var (name, code, person) => new LicenceReading.Read(name, code, person),
            },
            "NOT_READABLE" => new LicenceReading.NotReadable(),
            _ => new LicenceReading.Unavailable("unreadable answer"),
        };

        // Whatever stands on a picture may come back: nothing long, nothing that is not text.
        string? Text(string name) => fields.GetValueOrDefault(name)?.Trim() is { Length: > 0 and <= Longest } text && VisibleText.Is(text) ? text : null;
    }
}
