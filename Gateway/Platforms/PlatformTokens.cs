using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains;
using Microsoft.Net.Http.Headers;

namespace Bzt.Gateway.Platforms;

/// <summary>
/// Platforms' own access tokens that were found good, until they run out: a platform's backend shows the same one thousands of times, and
/// OpenIddict takes as long to read it as the rest of a request. Nobody can give such a token back, so nothing else ends it.
/// Of a token only its hash is kept.
/// </summary>
internal sealed class PlatformTokens(TimeProvider time)
{
    private const string Bearer = "Bearer ";

    /// <summary>Far more than platforms have at once; when it is full, those that have run out go, or all.</summary>
    private const int Most = 4096;

    private readonly ConcurrentDictionary<string, (PlatformId Platform, DateTimeOffset Until)> known = new(StringComparer.Ordinal);

    /// <summary>Null when its token, if there is one, has to be read.</summary>
    public PlatformId? Find(HttpRequest request) =>
        TokenOf(request) is { } token && known.TryGetValue(Name(token), out var found) && time.GetUtcNow() < found.Until ? found.Platform : null;

    /// <summary>
    /// Looks once for the whole request and keeps what it found there: an entry that goes in between would leave a token that nobody has read, nor will.
    /// </summary>
    public bool Recall(HttpContext context)
    {
        var platform = Find(context.Request);
        context.Features.Set(platform is { } found ? new KnownPlatform(found) : null);
        return platform is not null;
    }

    /// <summary>The request's token is good for that platform.</summary>
    public void Remember(HttpRequest request, PlatformId platform, DateTimeOffset? until)
    {
        if (until is not { } end || TokenOf(request) is not { } token)
        {
            return;
        }

        if (known.Count >= Most)
        {
            Forget();
        }

        known[Name(token)] = (platform, end);
    }

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var entry in known)
        {
            if (entry.Value.Until <= now)
            {
                known.TryRemove(entry);
            }
        }

        if (known.Count >= Most)
        {
            known.Clear();
        }
    }

    /// <summary>From where OpenIddict takes it first.</summary>
    private static string? TokenOf(HttpRequest request) =>
        request.Headers[HeaderNames.Authorization] is [{ } header] && header.StartsWith(Bearer, StringComparison.Ordinal) ? header[Bearer.Length..] : null;

    private static string Name(string token) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

/// <summary>Whose request it is by a token that was found good before; a feature of the request.</summary>
internal sealed record KnownPlatform(PlatformId Platform);
