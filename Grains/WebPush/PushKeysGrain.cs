using System.Collections.Immutable;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.WebPush;

public sealed record PushKeysState
{
    /// <summary>The newest first.</summary>
    public ImmutableArray<StoredPushKey> Keys { get; init; } = [];
}

/// <param name="Generation">The configured number it was made for.</param>
public sealed record StoredPushKey(int Generation, byte[] PublicKey, byte[] SealedPrivateKey);

/// <inheritdoc cref="IPushKeysGrain"/>
/// <remarks>While an operator changes the setting, silos differ: a silo that still has the old number finds a newer key and leaves it.</remarks>
[GrainType("push-keys")]
internal sealed class PushKeysGrain([PersistentState("push-keys")] IPersistentState<PushKeysState> store, IKeyProtector protector, WebPushOptions options) : Grain, IPushKeysGrain
{
    /// <summary>Who did not start the app over so many rotations is not pushed to until he does.</summary>
    private const int Kept = 3;

    public async Task<IReadOnlyList<PushKey>> Get()
    {
        if (options.Contact is null)
        {
            return [];
        }

        if (store.State.Keys.IsEmpty || store.State.Keys[0].Generation < options.KeyGeneration)
        {
            var key = Vapid.NewKey(protector);
            await store.WriteAsync(this, new PushKeysState
            {
                Keys = [new StoredPushKey(options.KeyGeneration, key.PublicKey, key.SealedPrivateKey), .. store.State.Keys.Take(Kept - 1)],
            });
        }

        return [.. store.State.Keys.Select(key => new PushKey(key.PublicKey, key.SealedPrivateKey))];
    }
}
