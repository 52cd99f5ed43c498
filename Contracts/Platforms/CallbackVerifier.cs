using System.Globalization;
using System.Text.Json;

namespace Bzt.Contracts.Platforms;

/// <summary>What a received callback is worth.</summary>
public enum CallbackVerdict
{
    /// <summary>Ours, of now, and new: act on it and answer 2xx.</summary>
    Accepted,

    /// <summary>Ours, and taken before: answer 2xx and do nothing.</summary>
    Repeated,

    /// <summary>Forged, altered, too old, or none of ours: answer 400.</summary>
    Refused,
}

/// <summary>
/// Checks callbacks at the platform. A message is one with its id, its time and its body: headers of one with the body of another are
/// refused, and so is whatever is older than five minutes. Within these, what was taken once is told apart by its id, in this process's
/// memory: a platform with several keeps the ids in its database.
/// </summary>
public sealed class CallbackVerifier
{
    /// <summary>How far the sender's clock may be away, either way.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const int LongestId = 100;
    private const int LongestBody = 64 * 1024;

    private readonly List<byte[]> keys = [];
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> taken = new(StringComparer.Ordinal);

    /// <param name="secrets">The newest, and while a rotation overlaps the one before.</param>
    /// <param name="clock">What is too old is judged by it.</param>
    /// <exception cref="ArgumentException">A secret is none.</exception>
    public CallbackVerifier(IEnumerable<string> secrets, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        this.clock = clock;
        foreach (var secret in secrets)
        {
            keys.Add(CallbackSignature.TryReadSecret(secret, out var key) ? key : throw new ArgumentException("A secret is whsec_ and base64.", nameof(secrets)));
        }
    }

    /// <summary>Judges one request. Call it once a request: accepted once, a message is repeated ever after.</summary>
    /// <param name="id">webhook-id.</param>
    /// <param name="timestamp">webhook-timestamp.</param>
    /// <param name="signatures">webhook-signature.</param>
    /// <param name="body">The octets as received.</param>
    /// <param name="message">What it says; null when refused.</param>
    public CallbackVerdict Judge(string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, out CallbackEvent? message)
    {
        message = null;
        if (id is not { Length: > 0 and <= LongestId } || signatures is not { Length: <= 1000 } || body.Length > LongestBody
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || !CallbackSignature.Verify(keys, id, timestamp, signatures, body))
        {
            return CallbackVerdict.Refused;
        }

        var now = clock.GetUtcNow();
        if (Math.Abs(now.ToUnixTimeSeconds() - seconds) > Tolerance.TotalSeconds)
        {
            return CallbackVerdict.Refused;
        }

        try
        {
            message = JsonSerializer.Deserialize(body, BztJson.Default.CallbackEvent);
        }
        catch (JsonException)
        {
            // Ours by its signature, and of a release that this one does not know.
        }

        return message is null ? CallbackVerdict.Refused : Take(id, now) ? CallbackVerdict.Accepted : CallbackVerdict.Repeated;
    }

    /// <summary>Remembers an id for as long as its message could come again unrefused.</summary>
    private bool Take(string id, DateTimeOffset now)
    {
        lock (gate)
        {
            foreach (var (old, _) in taken.Where(entry => entry.Value < now - (2 * Tolerance)).ToList())
            {
                taken.Remove(old);
            }

            return taken.TryAdd(id, now);
        }
    }
}
