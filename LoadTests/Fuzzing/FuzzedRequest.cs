using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Bzt.LoadTests.Fuzzing;

/// <summary>One request as it goes out, whole before it is sent: the same seed and number make the same again.</summary>
/// <param name="Target">Path and query as they stand in the request's line.</param>
/// <param name="Mark">Stands in hostile values of it and nowhere else.</param>
internal sealed record FuzzedRequest(
    int Number, ApiOperation Operation, string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body, string? MediaType, bool Chunked, string Mark)
{
    private const int Shown = 600;

    /// <summary>Nothing in it was spoilt: what refuses it refuses its content.</summary>
    public bool IsWellFormed { get; init; }

    /// <param name="gateway">Where to; the target goes there octet by octet.</param>
    public HttpRequestMessage ToMessage(Uri gateway)
    {
        var address = new Uri(gateway.GetLeftPart(UriPartial.Authority) + Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(new HttpMethod(Method), address) { Version = System.Net.HttpVersion.Version11 };
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            if (MediaType is not null)
            {
                message.Content.Headers.TryAddWithoutValidation("Content-Type", MediaType);
            }

            message.Headers.TransferEncodingChunked = Chunked ? true : null;
        }

        foreach (var (name, value) in Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    public override string ToString()
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"request {Number}, {Operation.Name}\n    {Method} {Short(Target)}\n"));
        foreach (var (name, value) in Headers)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {name}: {Short(value)}\n");
        }

        return Body is null ? text.ToString() : text.Append(
            CultureInfo.InvariantCulture, $"    Content-Type: {MediaType}{(Chunked ? ", chunked" : "")}, {Body.Length} octets\n    {Short(Encoding.UTF8.GetString(Body))}\n").ToString();
    }

    /// <summary>Control characters as they are written in C#, so that a report is one to read.</summary>
    private static string Short(string text)
    {
        var shown = new StringBuilder();
        foreach (var character in text.Length > Shown ? text.AsSpan(0, Shown) : text)
        {
            _ = char.IsControl(character) || char.IsSurrogate(character) || char.GetUnicodeCategory(character) == UnicodeCategory.Format
                ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : shown.Append(character);
        }

        return text.Length > Shown ? shown.Append(CultureInfo.InvariantCulture, $"… ({text.Length} characters)").ToString() : shown.ToString();
    }
}

/// <summary>What came back.</summary>
/// <param name="IsOurs">It passed our own code; otherwise the server refused it before, as no HTTP.</param>
internal sealed record FuzzedAnswer(int Status, string? MediaType, string Headers, string? Location, string Body, bool IsOurs)
{
    public bool Succeeded => Status is >= 200 and < 300;

    public static async Task<FuzzedAnswer> ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        // A stream ends when it likes; that it began is its answer.
        var body = mediaType == "text/event-stream" ? "" : Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync(stop));
        return new FuzzedAnswer(
            (int)response.StatusCode, mediaType, response.Headers.ToString() + response.Content.Headers, response.Headers.TryGetValues("Location", out var location) ? location.First() : null, body,
            response.Headers.Contains("X-Content-Type-Options"));
    }
}
