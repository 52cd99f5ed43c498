using Orleans.Concurrency;

namespace Bzt.Grains.Callbacks;

/// <summary>Where a platform is told that its sessions have ended, with which secrets, and what could not be told. Key: the platform's id.</summary>
[Alias("bzt.ICallbackEndpoint")]
public interface ICallbackEndpointGrain : IGrainWithStringKey
{
    /// <summary><see cref="RefusalCode.NotFound"/> when there is none.</summary>
    [Alias("get")]
    Task<Reply<CallbackEndpointView>> Get();

    /// <summary>Makes the endpoint with its first secret, or moves it and keeps its secrets. <see cref="RefusalCode.CallbackUrlRefused"/> for what is not a public https address.</summary>
    [Alias("set")]
    Task<Reply<CallbackEndpointChanged>> Set(string url);

    /// <summary>A new secret; the one before signs beside it for that long.</summary>
    [Alias("rotate")]
    Task<Reply<CallbackEndpointChanged>> Rotate(TimeSpan overlap);

    /// <summary>Nothing is told any more.</summary>
    [Alias("remove")]
    Task Remove();

    /// <summary>Where to, and with which secrets, now; null when nothing is to be told. Reads only.</summary>
    [Alias("target"), AlwaysInterleave]
    Task<CallbackTarget?> GetTarget();

    /// <summary>A message that was given up; again, the newer word about it.</summary>
    [Alias("bury")]
    Task Bury(DeadCallback dead);

    /// <summary>A message that had been given up was taken after all.</summary>
    [Alias("raise")]
    Task Raise(Guid session);

    [Alias("dead")]
    Task<DeadCallbacks> GetDead();
}

[GenerateSerializer, Immutable, Alias("bzt.CallbackEndpointView")]
public sealed record CallbackEndpointView([property: Id(0)] string Url, [property: Id(1)] IReadOnlyList<CallbackSecretView> Secrets);

/// <param name="ValidUntil">Null for the newest.</param>
[GenerateSerializer, Immutable, Alias("bzt.CallbackSecretView")]
public sealed record CallbackSecretView([property: Id(0)] DateTimeOffset CreatedAt, [property: Id(1)] DateTimeOffset? ValidUntil);

/// <param name="Secret">Only when one was made.</param>
[GenerateSerializer, Immutable, Alias("bzt.CallbackEndpointChanged")]
public sealed record CallbackEndpointChanged([property: Id(0)] CallbackEndpointView Endpoint, [property: Id(1)] string? Secret);

/// <param name="ProtectedSecrets">Sealed by the key protector; every one signs.</param>
[GenerateSerializer, Immutable, Alias("bzt.CallbackTarget")]
public sealed record CallbackTarget([property: Id(0)] PlatformId Platform, [property: Id(1)] string Url, [property: Id(2)] IReadOnlyList<byte[]> ProtectedSecrets);

[GenerateSerializer, Immutable, Alias("bzt.DeadCallback")]
public sealed record DeadCallback(
    [property: Id(0)] Guid Session, [property: Id(1)] DateTimeOffset FailedAt, [property: Id(2)] int Attempts, [property: Id(3)] string Reason);

/// <param name="Newest">The newest first.</param>
/// <param name="Dropped">How many made room.</param>
[GenerateSerializer, Immutable, Alias("bzt.DeadCallbacks")]
public sealed record DeadCallbacks([property: Id(0)] IReadOnlyList<DeadCallback> Newest, [property: Id(1)] long Dropped);
