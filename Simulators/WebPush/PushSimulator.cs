using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Bzt.Simulators.WebPush;

/// <summary>A browser's subscription, with what only that browser knows: whoever reads it here can be the browser.</summary>
/// <param name="Endpoint">Where the product sends to.</param>
/// <param name="P256dh">65 octets.</param>
/// <param name="PrivateKey">32 octets.</param>
/// <param name="ServerKey">Who may send, 65 octets.</param>
public sealed record PushBrowser(string Id, string Endpoint, byte[] P256dh, byte[] PrivateKey, byte[] Auth, byte[] ServerKey);

/// <param name="Authorization">As it came.</param>
/// <param name="Body">Encrypted.</param>
public sealed record PushedMessage(string Authorization, int Ttl, string? Urgency, string? Topic, byte[] Body);

/// <summary>A push service (RFC 8030) that takes messages from whom a browser subscribed for (RFC 8292), as strictly as the browsers' own do.</summary>
sealed class PushSimulator(SimulatorState state, TimeProvider time)
{
    const int LongestMessage = 4096;
    const int LongestTopic = 32;

    internal sealed class Subscription
    {
        public required PushBrowser Browser { get; init; }
        public bool Gone { get; set; }
        public List<PushedMessage> Messages { get; init; } = [];
    }

    public PushBrowser Subscribe(Uri address, byte[] serverKey)
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var parameters = key.ExportParameters(includePrivateParameters: true);
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var browser = new PushBrowser(
            id, new Uri(address, $"push/{id}").AbsoluteUri, [4, .. parameters.Q.X!, .. parameters.Q.Y!], parameters.D!, RandomNumberGenerator.GetBytes(16), serverKey);
        return state.Change(world => world.PushSubscriptions[id] = new Subscription { Browser = browser }).Browser;
    }

    /// <summary>The user took the permission away: false when there is no such subscription.</summary>
    public bool Expire(string id) => state.Change(world => world.PushSubscriptions.TryGetValue(id, out var found) && (found.Gone = true));

    public IReadOnlyList<PushedMessage>? Messages(string id) => state.Read<IReadOnlyList<PushedMessage>?>(world => world.PushSubscriptions.TryGetValue(id, out var found) ? [.. found.Messages] : null);

    /// <summary>The status of the answer.</summary>
    public int Take(string id, string origin, string authorization, string? ttl, string encoding, string? urgency, string? topic, byte[] body)
    {
        if (state.Read(world => world.PushSubscriptions.GetValueOrDefault(id)) is not { } subscription)
        {
            return StatusCodes.Status404NotFound;
        }

        if (subscription.Gone)
        {
            return StatusCodes.Status410Gone;
        }

        if (!int.TryParse(ttl, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || encoding != "aes128gcm"
            || urgency is not (null or "very-low" or "low" or "normal" or "high")
            || (topic is not null && (topic.Length is 0 or > LongestTopic || topic.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_')))))
        {
            return StatusCodes.Status400BadRequest;
        }

        if (body.Length > LongestMessage)
        {
            return StatusCodes.Status413PayloadTooLarge;
        }

        if (!IsAuthorised(authorization, origin, subscription.Browser.ServerKey))
        {
            return StatusCodes.Status403Forbidden;
        }

        state.Change(world =>
        {
            subscription.Messages.Add(new PushedMessage(authorization, seconds, urgency, topic, body));
            return true;
        });
        return StatusCodes.Status201Created;
    }

    bool IsAuthorised(string authorization, string origin, byte[] serverKey)
    {
        var parts = authorization.StartsWith("vapid ", StringComparison.Ordinal)
            ? authorization["vapid ".Length..].Split(',', StringSplitOptions.TrimEntries).Select(part => part.Split('=', 2)).Where(part => part.Length == 2).ToDictionary(part => part[0], part => part[1])
            : [];
        if (!parts.TryGetValue("t", out var token) || !parts.TryGetValue("k", out var key) || key != Base64Url.EncodeToString(serverKey) || token.Split('.') is not [var header, var claims, var signature])
        {
            return false;
        }

        try
        {
            using var verifier = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = serverKey[1..33], Y = serverKey[33..] } });
            using var said = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
            using var type = JsonDocument.Parse(Base64Url.DecodeFromChars(header));
            var (now, expires) = (time.GetUtcNow().ToUnixTimeSeconds(), said.RootElement.GetProperty("exp").GetInt64());
            return type.RootElement.GetProperty("alg").GetString() == "ES256" && said.RootElement.GetProperty("aud").GetString() == origin
                && said.RootElement.GetProperty("sub").GetString() is { Length: > 0 } && expires > now && expires <= now + 86_400
                && verifier.VerifyData(Encoding.ASCII.GetBytes($"{header}.{claims}"), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256);
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or KeyNotFoundException or InvalidOperationException or CryptographicException)
        {
            return false;
        }
    }
}
