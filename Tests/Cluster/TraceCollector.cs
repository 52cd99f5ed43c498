using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bzt.Tests.Cluster;

/// <summary>A collector of OpenTelemetry's wire format: what left the process, octet by octet.</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<byte[]> requests = new();

    private TraceCollector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            requests.Enqueue(body.ToArray());
        });
    }

    public string Address => app.Urls.Single();

    /// <summary>All that came.</summary>
    public byte[] Received => [.. requests.SelectMany(request => request)];

    public static async Task<TraceCollector> StartAsync()
    {
        var collector = new TraceCollector();
        await collector.app.StartAsync();
        return collector;
    }

    /// <summary>ExportTraceServiceRequest: resource_spans (1), scope_spans (2), spans (2).</summary>
    public IReadOnlyList<Span> Spans() => [.. from request in requests
                                              from resource in Fields(request, 1)
                                              from scope in Fields(resource, 2)
                                              from span in Fields(scope, 2)
                                              select new Span(
                                                  Convert.ToHexStringLower(Fields(span, 1).Single()), Convert.ToHexStringLower(Fields(span, 2).Single()),
                                                  Convert.ToHexStringLower(Fields(span, 4).SingleOrDefault([])), System.Text.Encoding.UTF8.GetString(Fields(span, 5).Single()))];

    public ValueTask DisposeAsync() => app.DisposeAsync();

    /// <summary>The length-delimited fields of that number in a protobuf message.</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var (found, at) = (new List<byte[]>(), 0);
        while (at < message.Length)
        {
            var key = Varint();
            switch (key & 7)
            {
                case 0:
                    Varint();
                    break;
                case 1:
                    at += 8;
                    break;
                case 5:
                    at += 4;
                    break;
                case 2:
                    var length = (int)Varint();
                    if ((int)(key >> 3) == number)
                    {
                        found.Add(message[at..(at + length)]);
                    }

                    at += length;
                    break;
                default:
                    throw new InvalidDataException("Not protobuf.");
            }
        }

        return found;

        ulong Varint()
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var octet = message[at++];
                value |= (ulong)(octet & 0x7f) << shift;
                if (octet < 0x80)
                {
                    return value;
                }
            }
        }
    }

    internal sealed record Span(string TraceId, string SpanId, string ParentId, string Name);
}
