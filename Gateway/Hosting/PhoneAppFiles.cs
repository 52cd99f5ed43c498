using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Gateway.Admission;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Hosting;

/// <summary>Serves the published phone app under <c>/app</c>, as the publish step left it: compressed files beside the plain ones.</summary>
internal static partial class PhoneAppFiles
{
    private const string Index = "index.html";

    // The runtime compiles WebAssembly; no script but the app's own files and the import map of index.html runs, and nothing is fetched from elsewhere.
    private static readonly CompositeFormat AppPolicy = CompositeFormat.Parse(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{0}; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; "
        + "worker-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'");

    private static readonly FrozenDictionary<string, string> Encodings = new Dictionary<string, string> { ["br"] = ".br", ["gzip"] = ".gz" }.ToFrozenDictionary();

    public static void MapPhoneApp(this WebApplication app)
    {
        // The link in a QR code, opened by any camera: the app gets it whole, in the fragment, so that it reaches no log on the way.
        app.MapGet(Routes.QrLink, (HttpRequest request) => Results.Redirect($"{Routes.PhoneApp}/#{Routes.QrLink}{request.QueryString}", permanent: false)).ExcludeFromDescription();

        if (app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.PhoneAppFolder is not { } folder)
        {
            return;
        }

        var files = new PhysicalFileProvider(Path.GetFullPath(folder));
        var policy = PolicyFor(files);
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".dat"] = types.Mappings[".dll"] = types.Mappings[".blat"] = "application/octet-stream";
        types.Mappings[".webmanifest"] = "application/manifest+json";
        app.MapMethods($"{Routes.PhoneApp}/{{**path}}", ["GET", "HEAD"], (HttpContext context, string? path) =>
            string.IsNullOrEmpty(path) && !context.Request.Path.Value!.EndsWith('/')
                ? Results.Redirect($"{Routes.PhoneApp}/{context.Request.QueryString}")
                : Serve(context, files, types, policy, path)).WithMetadata(new ServesFile()).ExcludeFromDescription();
    }

    private static IResult Serve(HttpContext context, PhysicalFileProvider files, FileExtensionContentTypeProvider types, string policy, string? path)
    {
        // A path without a file is a place in the app; a missing file is missing, or an old app would parse the index as a script.
        var name = string.IsNullOrEmpty(path) || (!files.GetFileInfo(path).Exists && !Path.HasExtension(path)) ? Index : path;
        var plain = files.GetFileInfo(name);
        if (!plain.Exists || Encodings.Values.Contains(Path.GetExtension(name)))
        {
            return Results.NotFound();
        }

        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=(), payment=()";
        headers.CacheControl = Fingerprinted().IsMatch(name) ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = "Accept-Encoding";
        var (file, encoding) = Choose(context.Request, files, name, plain);
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        var type = types.TryGetContentType(name, out var known) ? known : "application/octet-stream";
        return Results.File(file.PhysicalPath!, type, lastModified: file.LastModified);
    }

    /// <summary>The one script that stands in the page itself is the import map with the hashes of all others: it runs as it was published, or not at all.</summary>
    private static string PolicyFor(PhysicalFileProvider files)
    {
        var map = ImportMap().Match(File.ReadAllText(files.GetFileInfo(Index).PhysicalPath!));
        var source = map.Success ? $" 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(map.Groups[1].Value)))}'" : "";
        return string.Format(CultureInfo.InvariantCulture, AppPolicy, source);
    }

    /// <summary>Brotli before gzip before plain, as far as the caller takes it and the publish step made it.</summary>
    private static (IFileInfo File, string? Encoding) Choose(HttpRequest request, PhysicalFileProvider files, string name, IFileInfo plain)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        foreach (var encoding in (string[])["br", "gzip"])
        {
            if (accepted.Any(value => value.Value == encoding && value.Quality is not 0) && files.GetFileInfo(name + Encodings[encoding]) is { Exists: true } compressed)
            {
                return (compressed, encoding);
            }
        }

        return (plain, null);
    }

    [GeneratedRegex("""<script type="importmap">(.*?)</script>""", RegexOptions.Singleline)]
    private static partial Regex ImportMap();

    /// <summary>The publish step names files of the framework by their content: <c>dotnet.native.k3x9a0qz1w.js</c>.</summary>
    [GeneratedRegex(@"^_framework/.*\.[a-z0-9]{10}\.(js|wasm|dat|dll|pdb|map)$")]
    private static partial Regex Fingerprinted();
}
