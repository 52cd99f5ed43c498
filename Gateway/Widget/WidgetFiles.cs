using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Bzt.Contracts;
using Microsoft.Net.Http.Headers;

namespace Bzt.Gateway.Widget;

/// <summary>
/// The script a platform's page includes to show a session's QR (docs/platforms/widget.md). Pages of every origin may: it is public, holds no
/// state of ours, and is served without a look at who asks.
/// </summary>
internal static class WidgetFiles
{
    public static void MapWidget(this WebApplication app)
    {
        Map(app, "bzt.js", "text/javascript; charset=utf-8");
        Map(app, "bzt.d.ts", "application/typescript; charset=utf-8");
    }

    private static void Map(WebApplication app, string name, string type)
    {
        var plain = Read(name);
        var compressed = new Dictionary<string, byte[]> { ["br"] = Compress(plain, stream => new BrotliStream(stream, CompressionLevel.SmallestSize)), ["gzip"] = Compress(plain, stream => new GZipStream(stream, CompressionLevel.SmallestSize)) }.ToFrozenDictionary();
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(plain))[..16]}\"");
        app.MapMethods($"{Routes.Widget}/{name}", ["GET", "HEAD"], (HttpContext context) =>
        {
            var headers = context.Response.Headers;
            // Subresource integrity needs CORS; neither cookie nor token is ever looked at here.
            headers.AccessControlAllowOrigin = "*";
            headers["Cross-Origin-Resource-Policy"] = "cross-origin";
            headers.CacheControl = "public, max-age=3600";
            headers.Vary = "Accept-Encoding";
            var accepted = context.Request.GetTypedHeaders().AcceptEncoding;
            foreach (var encoding in (string[])["br", "gzip"])
            {
                if (accepted.Any(value => value.Value == encoding && value.Quality is not 0))
                {
                    headers.ContentEncoding = encoding;
                    return Results.Bytes(compressed[encoding], type, entityTag: new EntityTagHeaderValue($"\"{tag.Tag.Value!.Trim('"')}-{encoding}\""));
                }
            }

            return Results.Bytes(plain, type, entityTag: tag);
        }).WithMetadata(new Admission.ServesFile()).ExcludeFromDescription();
    }

    private static byte[] Read(string name)
    {
        using var source = typeof(WidgetFiles).Assembly.GetManifestResourceStream($"widget/{name}")!;
        using var bytes = new MemoryStream();
        source.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] Compress(byte[] plain, Func<Stream, Stream> compression)
    {
        using var bytes = new MemoryStream();
        using (var stream = compression(bytes))
        {
            stream.Write(plain);
        }

        return bytes.ToArray();
    }
}
