namespace Bzt.Grains.OpenIdConnect;

/// <summary>The keys that sign ID tokens: made, published ahead, retired by time, the same for every gateway. One grain, key 0; calls nobody.</summary>
[Alias("bzt.IOpenIdKeys")]
public interface IOpenIdKeysGrain : IGrainWithIntegerKey
{
    /// <summary>All that are to be published now, after what is due was done: the first signs.</summary>
    [Alias("get")]
    Task<IReadOnlyList<OpenIdKey>> Get();
}

/// <param name="SealedPrivateKey">PKCS#8 of an RSA key, under the key protector: only a process with its root key can open it.</param>
[GenerateSerializer, Immutable, Alias("bzt.OpenIdKey")]
public sealed record OpenIdKey([property: Id(0)] string KeyId, [property: Id(1)] byte[] SealedPrivateKey);
