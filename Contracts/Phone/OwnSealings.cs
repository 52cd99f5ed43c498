using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bzt.Contracts.Phone;

/// <summary>
/// What a phone itself holds of the automatic sealing sessions of one certificate: the bounds that were ticked on it, and the digests it has made its part
/// for. It survives a pause and a restart of the app, so that no server can say that less is used or more was agreed to. Pure.
/// </summary>
/// <param name="Sessions">Oldest first.</param>
public sealed record OwnSealings(IReadOnlyList<OwnSealing> Sessions)
{
    /// <summary>More than a certificate can have open.</summary>
    private const int Kept = 16;

    /// <summary>One that was forgotten is not resumed, so that forgetting is safe.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    /// <summary>Under which a phone's store keeps it.</summary>
    public static string NameOf(string keyId) => "sealing/" + keyId;

    /// <summary>Reads what <see cref="Encode"/> wrote; null is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static OwnSealings Parse(byte[]? octets)
    {
        if (octets is null)
        {
            return new([]);
        }

        try
        {
            return JsonSerializer.Deserialize(octets, OwnSealingJson.Default.OwnSealings) is { Sessions: { } sessions } parsed
                && sessions.All(session => session is { Bounds: not null, Digests: not null }) ? parsed : throw Damaged(null);
        }
        catch (JsonException exception)
        {
            throw Damaged(exception);
        }

        static InvalidDataException Damaged(Exception? inner) => new("What is stored of the sealing sessions is damaged.", inner);
    }

    /// <summary>The octets to store.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, OwnSealingJson.Default.OwnSealings);

    /// <summary>One of this certificate's; null when this phone knows none of that id.</summary>
    public (OwnSealings Next, OwnSealing? Result) Find(Guid sealingSessionId) =>
        (this, Sessions.FirstOrDefault(session => session.Bounds.SealingSessionId == sealingSessionId));

    /// <summary>One that was ticked; a repeat is the one that was begun first. Null when other bounds go by that id.</summary>
    /// <param name="bounds">Those that are to be signed.</param>
    /// <param name="lifetime">As ticked.</param>
    /// <param name="now">By the phone's clock.</param>
    public (OwnSealings Next, OwnSealing? Result) Begin(SealingBounds bounds, TimeSpan lifetime, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(bounds);
        if (Find(bounds.SealingSessionId).Result is { } known)
        {
            return (this, known.Bounds == bounds ? known : null);
        }

        var begun = new OwnSealing(bounds, now, now + lifetime, []);
        return (new([.. Sessions.Where(session => session.EndsAt + Remembered > now).TakeLast(Kept - 1), begun]), begun);
    }

    /// <summary>Takes digests into the count, each one once; null, and nothing is taken, beyond the bounds.</summary>
    public (OwnSealings Next, OwnSealing? Result) Count(Guid sealingSessionId, IReadOnlyList<byte[]> digests, DateTimeOffset now)
    {
        if (Find(sealingSessionId).Result is not { } session || session.LeftAt(now) == TimeSpan.Zero || !session.Fits(digests))
        {
            return (this, null);
        }

        var counted = session with { Digests = session.With(digests) };
        return (new([.. Sessions.Select(known => ReferenceEquals(known, session) ? counted : known)]), counted);
    }
}

/// <summary>An automatic sealing session as the phone itself holds it.</summary>
/// <param name="Bounds">As ticked and signed.</param>
/// <param name="BegunAt">When it was ticked, by the phone's clock.</param>
/// <param name="EndsAt">When the ticked minutes have run, by the phone's clock.</param>
/// <param name="Digests">Every e it has made its part for: whether the silo finished a signature with it is not the phone's to know.</param>
public sealed record OwnSealing(SealingBounds Bounds, DateTimeOffset BegunAt, DateTimeOffset EndsAt, IReadOnlyList<byte[]> Digests)
{
    /// <summary>What is left of the ticked minutes: never more than all of them, should the clock have been set back.</summary>
    public TimeSpan LeftAt(DateTimeOffset now)
    {
        var all = EndsAt - BegunAt;
        var left = EndsAt - now;
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < all ? left : all;
    }

    /// <summary>Nothing can be signed in it any more.</summary>
    public bool IsOver(DateTimeOffset now) => LeftAt(now) == TimeSpan.Zero || Digests.Count >= Bounds.MaxDocuments;

    /// <summary>Whether these are within the count: what was counted before is not counted again.</summary>
    public bool Fits(IReadOnlyList<byte[]> digests) => With(digests).Count <= Bounds.MaxDocuments;

    internal IReadOnlyList<byte[]> With(IReadOnlyList<byte[]> digests) => [.. Digests.Concat(digests).DistinctBy(Convert.ToHexString)];
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(OwnSealings))]
internal sealed partial class OwnSealingJson : JsonSerializerContext;
