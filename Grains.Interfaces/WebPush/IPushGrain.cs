using Orleans.Concurrency;

namespace Bzt.Grains.WebPush;

/// <summary>
/// What a user's closed phone apps are to be woken up with (RFC 8030). Key: the user id. Where the subscriptions are, is the account's: they live and end
/// with its devices. Calls <c>User</c>, <c>Inbox</c> and <c>PushKeys</c>.
/// </summary>
[Alias("bzt.IPushGrain")]
public interface IPushGrain : IGrainWithGuidKey
{
    [Alias("settings")]
    Task<PushSettingsView> GetSettings(DeviceId device);

    /// <summary>A device's one subscription; another replaces it, the same changes nothing.</summary>
    [Alias("subscribe")]
    Task<Reply<Nothing>> Subscribe(DeviceId device, PushSubscription subscription);

    /// <summary>Idempotent.</summary>
    [Alias("unsubscribe")]
    Task Unsubscribe(DeviceId device);

    /// <summary>From an outbox, at least once. Nothing is sent to a device that has fetched by itself within a few seconds.</summary>
    [Alias("ask")]
    Task Ask(PushOrder order);

    /// <summary>From this grain's own sending, which goes on beside its turns: a push service that hangs holds up nobody.</summary>
    [Alias("settle")]
    Task Settle(IReadOnlyList<PushOutcome> outcomes);
}

/// <summary>What signs requests to push services (RFC 8292): one key of the cluster, under which browsers subscribe. Key 0; calls nobody.</summary>
[Alias("bzt.IPushKeysGrain")]
public interface IPushKeysGrain : IGrainWithIntegerKey
{
    /// <summary>The newest first: it is offered to browsers; the others serve what was subscribed under them. Empty where pushing is not set up.</summary>
    [Alias("get")]
    Task<IReadOnlyList<PushKey>> Get();
}

/// <param name="PublicKey">65 octets 04‖x‖y, P-256.</param>
/// <param name="SealedPrivateKey">PKCS#8 under the key protector.</param>
[GenerateSerializer, Immutable, Alias("bzt.PushKey")]
public sealed record PushKey([property: Id(0)] byte[] PublicKey, [property: Id(1)] byte[] SealedPrivateKey);

/// <param name="ServerKey">What a browser is to subscribe under; null where pushing is not set up.</param>
/// <param name="Subscribed">This device has a subscription.</param>
[GenerateSerializer, Immutable, Alias("bzt.PushSettingsView")]
public sealed record PushSettingsView([property: Id(0)] byte[]? ServerKey, [property: Id(1)] bool Subscribed);

/// <summary>A browser's subscription (RFC 8030, 8291). Who has it can wake that browser up: it is sealed where it is stored.</summary>
/// <param name="Endpoint">The push service's address of it.</param>
/// <param name="P256dh">The browser's key, 65 octets 04‖x‖y, P-256.</param>
/// <param name="Auth">Its secret, 16 octets.</param>
/// <param name="ServerKey">The key of ours it was made under.</param>
[GenerateSerializer, Immutable, Alias("bzt.PushSubscription")]
public sealed record PushSubscription(
    [property: Id(0)] string Endpoint,
    [property: Id(1)] byte[] P256dh,
    [property: Id(2)] byte[] Auth,
    [property: Id(3)] byte[] ServerKey)
{
    /// <summary>Only the type.</summary>
    public override string ToString() => nameof(PushSubscription);
}

/// <param name="Active">May act for the account.</param>
[GenerateSerializer, Immutable, Alias("bzt.PushTarget")]
public sealed record PushTarget([property: Id(0)] DeviceId Device, [property: Id(1)] bool Active, [property: Id(2)] PushSubscription Subscription);

/// <summary>What a push may say: never more than what it is about and an id.</summary>
/// <param name="Subject">An id; null where the app's list of messages says all.</param>
/// <param name="AskedAt">Whoever fetched since then knows already.</param>
/// <param name="Until">After this it is of no use.</param>
[GenerateSerializer, Immutable, Alias("bzt.PushOrder")]
public sealed record PushOrder(
    [property: Id(0)] PushKind Kind,
    [property: Id(1)] Guid? Subject,
    [property: Id(2)] DateTimeOffset AskedAt,
    [property: Id(3)] DateTimeOffset Until);

/// <summary>Stored and sent by value; values are never reused. The service worker has a text for each.</summary>
public enum PushKind
{
    /// <summary>A request for signatures that was pushed to this user.</summary>
    Signature = 0,
    /// <summary>A request within a sealing session.</summary>
    Sealing = 1,
    /// <summary>An application waits for the administrator.</summary>
    Approval = 2,
    /// <summary>The administrator's office, or an invitation, is offered.</summary>
    Offer = 3,
    /// <summary>Something about the account that its user must know, on whatever device.</summary>
    Security = 4,
}

public enum PushResult
{
    Sent = 0,
    /// <summary>The subscription is no more (404, 410).</summary>
    Gone = 1,
    /// <summary>The push service will never take it.</summary>
    Refused = 2,
    /// <summary>No answer, or not now.</summary>
    Away = 3,
}

/// <param name="AskedAt">Which order it was: a newer one may have taken its place meanwhile.</param>
/// <param name="Endpoint">Where it went; what is gone may have been replaced meanwhile.</param>
/// <param name="RetryAfter">As the push service asked.</param>
[GenerateSerializer, Immutable, Alias("bzt.PushOutcome")]
public sealed record PushOutcome(
    [property: Id(0)] DeviceId Device,
    [property: Id(1)] PushKind Kind,
    [property: Id(2)] DateTimeOffset AskedAt,
    [property: Id(3)] string Endpoint,
    [property: Id(4)] PushResult Result,
    [property: Id(5)] TimeSpan? RetryAfter)
{
    /// <summary>Only the type.</summary>
    public override string ToString() => nameof(PushOutcome);
}
