using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Bzt.LoadTests.Fuzzing;

/// <summary>Makes the request of a number: a right one for an operation, or one that is wrong in one of the ways requests are.</summary>
internal sealed class RequestFuzzer(ApiDescription api, IReadOnlyDictionary<string, string[]> known, int seed)
{
    private const int Kilobyte = 1024;

    public FuzzedRequest Make(int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        var operation = api.Operations[number % api.Operations.Count];
        var mark = $"fz{seed}x{number}z";
        var isWellFormed = random.NextDouble() < 0.3;
        var values = new ValueSource(api, known, random, isWellFormed ? 0 : random.NextDouble() < 0.5 ? 0.06 : 0.2, mark);
        var headers = new List<(string, string)>();
        foreach (var header in operation.Parameters.Where(parameter => parameter.In == "header" && values.Chance(0.7)))
        {
            headers.Add((header.Name, AsHeader(values.Parameter(header))));
        }

        while (!isWellFormed && values.Chance(0.25))
        {
            var (name, value) = values.Pick(Hostile.Headers);
            headers.Add((name, AsHeader(values.Marked(value))));
        }

        var method = !isWellFormed && values.Chance(0.06) ? values.Pick(Hostile.Methods) : operation.Method;
        var target = Target(operation, values, isWellFormed);
        var (body, mediaType) = operation.Bodies.Count > 0 ? Body(operation, values, isWellFormed, headers)
            : !isWellFormed && values.Chance(0.1) ? (values.Octets(values.Pick([0, 1, 100, 70 * Kilobyte])), values.Pick(Hostile.MediaTypes)) : ((byte[]?)null, null);
        return new FuzzedRequest(number, operation, method, target, headers, body, mediaType, body is not null && values.Chance(0.15), mark) { IsWellFormed = isWellFormed };
    }

    private static string Target(ApiOperation operation, ValueSource values, bool isWellFormed)
    {
        var path = operation.Path;
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.In == "path"))
        {
            path = path.Replace("{" + parameter.Name + "}", AsPath(values.Parameter(parameter), values), StringComparison.Ordinal);
        }

        var query = new List<string>();
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.In == "query"))
        {
            for (var times = parameter.Required || values.Chance(0.7) ? 1 : 0; times > 0; times = !isWellFormed && values.Chance(0.1) ? 1 : 0)
            {
                query.Add($"{Uri.EscapeDataString(parameter.Name)}={Uri.EscapeDataString(values.Parameter(parameter))}");
            }
        }

        // Without it an open session's stream lasts for ten minutes: its end is not what is asked for here.
        if (!isWellFormed)
        {
            path = values.Chance(0.04) ? path + values.Pick(["/", "//", "/.", "/..", ";a=b", "%20", "%0a", ".json", "/%2e%2e/%2e%2e/", "%2f", "\\", "#a"]) : path;
            path = values.Chance(0.02) ? values.Pick(["/app/../", "/widget/v1/..%2f..%2f", "//evil.example", "/%61pp/%2e%2e", "/./", "/app/....//"]) + path : path;
            if (values.Chance(0.1))
            {
                query.Add(values.Pick(["", "&&&", "=", "a", "a=b=c", "%", "%zz=%zz", "timeoutMs[]=1", "__proto__[a]=1", "access_token=a", "a=" + new string('a', 3000)]));
            }
        }

        return query.Count == 0 ? path : path + "?" + string.Join('&', query);
    }

    private static string AsPath(string text, ValueSource values) =>
        // A part that is empty or only dots is another path; that is tried apart.
        text.Length == 0 || text.All(character => character == '.') ? "%20"
        : values.Chance(0.1) && text.StartsWith('%') ? text
        : Uri.EscapeDataString(text.Length > 2000 ? text[..500] : text);

    /// <summary>What HTTP lets into a header; the rest is tried octet by octet in <see cref="RawHttp"/>.</summary>
    private static string AsHeader(string value) => string.Concat((value.Length > 4000 ? value[..4000] : value).Select(character => character is < ' ' or (char)127 || char.IsSurrogate(character) ? '?' : character));

    private static (byte[] Body, string? MediaType) Body(ApiOperation operation, ValueSource values, bool isWellFormed, List<(string, string)> headers)
    {
        var (mediaType, schema) = values.Pick([.. operation.Bodies]);
        var right = Right(operation, mediaType, schema, values);
        if (isWellFormed)
        {
            return (right, mediaType);
        }

        switch (values.Pick(Ways))
        {
            case Way.Cut:
                return (right[..(right.Length * 2 / 3)], mediaType);
            case Way.Noise:
                return (values.Octets(values.Pick([1, 7, 100, 5000])), mediaType);
            case Way.Deep:
                var depth = values.Pick([33, 65, 1000, 20_000]);
                return (Encoding.UTF8.GetBytes(values.Chance(0.5) ? new string('[', depth) : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', values.Chance(0.5) ? depth : 0)), mediaType);
            case Way.OtherKind:
                return (right, values.Pick(Hostile.MediaTypes));
            case Way.NoKind:
                return (right, null);
            case Way.Empty:
                return ([], mediaType);
            case Way.Large:
                var large = new byte[values.Pick([64 * Kilobyte, (64 * Kilobyte) + 1, 300 * Kilobyte, (768 * Kilobyte) + 1])];
                large.AsSpan().Fill((byte)' ');
                right.AsSpan(0, Math.Min(right.Length, large.Length)).CopyTo(large);
                return (large, mediaType);
            case Way.Huge:
                return (new byte[(10 * Kilobyte * Kilobyte) + 1], mediaType);
            case Way.Compressed:
                headers.Add(("Content-Encoding", values.Pick(["gzip", "br", "deflate"])));
                return (values.Chance(0.5) ? Compress(right) : right, mediaType);
            case Way.OtherEncoding:
                return ([.. values.Pick([Encoding.Unicode.GetPreamble(), Encoding.UTF8.GetPreamble(), []]), .. values.Chance(0.5) ? Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(right)) : right], mediaType);
            case Way.More:
                return ([.. right, .. Encoding.UTF8.GetBytes(values.Pick([",", "}", "{}", "\u0000", "null", "\n\n//", "--"]))], mediaType);
            case Way.OctetWrong when right.Length > 0:
                right[values.Octets(1)[0] % right.Length] ^= 0x80;
                return (right, mediaType);
            default:
                return (right, mediaType);
        }
    }

    private static byte[] Right(ApiOperation operation, string mediaType, JsonObject schema, ValueSource values) => mediaType switch
    {
        "application/json" => Encoding.UTF8.GetBytes(operation.Examples.Count > 0 && values.Chance(0.6) ? values.Json(values.Pick(operation.Examples)) : values.Json(schema)),
        "application/x-www-form-urlencoded" => Encoding.UTF8.GetBytes(string.Join('&', (schema["properties"]?.AsObject() ?? []).Where(_ => values.Chance(0.7)).Select(member =>
            $"{Uri.EscapeDataString(member.Key)}={Uri.EscapeDataString(values.Parameter(new(member.Key, "form", Required: false, member.Value!.AsObject())))}"))),
        "image/png" => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. values.Octets(200)],
        "image/jpeg" => [0xFF, 0xD8, 0xFF, 0xE0, .. values.Octets(200)],
        "application/pdf" => [.. "%PDF-1.7\n"u8, .. values.Octets(200)],
        _ => values.Octets(values.Pick([0, 1, 64, 100, 500])),
    };

    private static byte[] Compress(byte[] content)
    {
        using var into = new MemoryStream();
        using (var gzip = new GZipStream(into, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return into.ToArray();
    }

    private enum Way
    {
        /// <summary>Only what the schema's places have.</summary>
        Spoilt, Cut, Noise, Deep, OtherKind, NoKind, Empty, Large, Huge, Compressed, OtherEncoding, More, OctetWrong,
    }

    // As often as each stands here.
    private static readonly Way[] Ways = [
        .. Enumerable.Repeat(Way.Spoilt, 110), .. Enumerable.Repeat(Way.Cut, 8), .. Enumerable.Repeat(Way.Noise, 6), .. Enumerable.Repeat(Way.Deep, 6), .. Enumerable.Repeat(Way.OtherKind, 8), Way.NoKind, Way.NoKind, Way.Empty, Way.Empty,
        Way.Large, Way.Large, Way.Huge, .. Enumerable.Repeat(Way.Compressed, 4), .. Enumerable.Repeat(Way.OtherEncoding, 4), .. Enumerable.Repeat(Way.More, 4), .. Enumerable.Repeat(Way.OctetWrong, 6)];
}
