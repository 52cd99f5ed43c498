using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.OpenIdConnect;

/// <inheritdoc cref="IOpenIdKeysGrain"/>
[GrainType("openid-keys")]
internal sealed class OpenIdKeysGrain(
    [PersistentState("openid-keys")] IPersistentState<OpenIdKeysState> store, IKeyProtector protector, TimeProvider clock) : Grain, IOpenIdKeysGrain
{
    private const int Bits = 2048;

    public async Task<IReadOnlyList<OpenIdKey>> Get()
    {
        var now = clock.GetUtcNow();
        if (OpenIdKeyRules.NextDue(store.State.Keys, now) is { } from)
        {
            // What is not published any more goes with the same write.
            await store.WriteAsync(this, new OpenIdKeysState { Keys = OpenIdKeyRules.Published(store.State.Keys, now).Add(Make(from)) });
        }

        return [.. OpenIdKeyRules.Published(store.State.Keys, now).Select(key => new OpenIdKey(key.KeyId, key.SealedPrivateKey))];
    }

    private StoredOpenIdKey Make(DateTimeOffset from)
    {
        using var key = RSA.Create(Bits);
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));
        var content = key.ExportPkcs8PrivateKey();
        try
        {
            return new StoredOpenIdKey(id, OpenIdKeySeal.Seal(protector, id, content), from, from + OpenIdKeyRules.Signing);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }
}

/// <summary>How a signing key lies in the store; gateways open it with the same protector.</summary>
public static class OpenIdKeySeal
{
    private const string Purpose = "openid/signing-key";

    public static byte[] Seal(IKeyProtector protector, string keyId, ReadOnlySpan<byte> pkcs8) => protector.Protect(Purpose, Encoding.ASCII.GetBytes(keyId), pkcs8);

    public static SecretBytes Open(IKeyProtector protector, OpenIdKey key) => protector.Unprotect(Purpose, Encoding.ASCII.GetBytes(key.KeyId), key.SealedPrivateKey);
}

public sealed record OpenIdKeysState
{
    public ImmutableArray<StoredOpenIdKey> Keys { get; init; } = [];
}

public sealed record StoredOpenIdKey(string KeyId, byte[] SealedPrivateKey, DateTimeOffset SignsFrom, DateTimeOffset SignsUntil);
