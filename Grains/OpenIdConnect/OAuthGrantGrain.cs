using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.OpenIdConnect;

/// <summary>A grant at rest. Nothing is stored before its code is redeemed.</summary>
public sealed record OAuthGrantState
{
    public bool Redeemed { get; init; }

    public bool Revoked { get; init; }
}

/// <inheritdoc cref="IOAuthGrantGrain"/>
[GrainType("oauth-grant")]
internal sealed class OAuthGrantGrain([PersistentState("oauth-grant")] IPersistentState<OAuthGrantState> store) : Grain, IOAuthGrantGrain
{
    public async Task<bool> Redeem()
    {
        // The write comes before the answer: a crash in between costs the user one more scan, and never lets a code in twice.
        if (store.State is { Redeemed: false, Revoked: false })
        {
            await store.WriteAsync(this, store.State with { Redeemed = true });
            return true;
        }

        await Revoke();
        return false;
    }

    public Task Revoke() => store.State.Revoked ? Task.CompletedTask : store.WriteAsync(this, store.State with { Revoked = true });

    public Task<bool> IsAlive() => Task.FromResult(store.State is { Redeemed: true, Revoked: false });
}
