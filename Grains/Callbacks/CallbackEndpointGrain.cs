using System.Text;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Callbacks;

/// <inheritdoc cref="ICallbackEndpointGrain"/>
[GrainType("callback-endpoint")]
internal sealed class CallbackEndpointGrain(
    [PersistentState("callback-endpoint")] IPersistentState<StoredCallbackEndpoint> store, IKeyProtector protector, CallbackOptions options, TimeProvider clock)
    : Grain, ICallbackEndpointGrain
{
    /// <summary>Of the key protector; <see cref="HttpCallbackSender"/> opens with it.</summary>
    internal const string SecretPurpose = "callback-secret";

    public Task<Reply<CallbackEndpointView>> Get() => Task.FromResult<Reply<CallbackEndpointView>>(
        store.State.Url is null ? new Refusal(RefusalCode.NotFound) : View());

    public async Task<Reply<CallbackEndpointChanged>> Set(string url)
    {
        if (!CallbackAddresses.TryParse(url, options.AllowLoopback, out _))
        {
            return new Refusal(RefusalCode.CallbackUrlRefused);
        }

        if (store.State.Url is null)
        {
            return await WithNewSecret(store.State with { Url = url, Secrets = [] }, TimeSpan.Zero);
        }

        if (store.State.Url != url)
        {
            await store.WriteAsync(this, store.State with { Url = url });
        }

        return new CallbackEndpointChanged(View(), null);
    }

    public async Task<Reply<CallbackEndpointChanged>> Rotate(TimeSpan overlap) =>
        store.State.Url is null ? new Refusal(RefusalCode.NotFound)
        : overlap < TimeSpan.Zero || overlap > CallbackRules.LongestOverlap ? new Refusal(RefusalCode.InvalidRequest)
        : await WithNewSecret(store.State, overlap);

    public async Task Remove()
    {
        if (store.State.Url is not null)
        {
            await store.WriteAsync(this, store.State with { Url = null, Secrets = [] });
        }
    }

    public Task<CallbackTarget?> GetTarget() => Task.FromResult(store.State.Url is not { } url ? null
        : new CallbackTarget(Platform, url, [.. CallbackRules.Valid(store.State, clock.GetUtcNow()).Select(secret => secret.Protected)]));

    public Task Bury(DeadCallback dead) => store.WriteAsync(this, CallbackRules.Bury(store.State, dead));

    public Task Raise(Guid session) =>
        store.State.Dead.Any(dead => dead.Session == session) ? store.WriteAsync(this, CallbackRules.Raise(store.State, session)) : Task.CompletedTask;

    public Task<DeadCallbacks> GetDead() => Task.FromResult(new DeadCallbacks([.. store.State.Dead.Reverse()], store.State.Dropped));

    private PlatformId Platform => new(this.GetPrimaryKeyString());

    private async Task<CallbackEndpointChanged> WithNewSecret(StoredCallbackEndpoint endpoint, TimeSpan overlap)
    {
        var secret = CallbackSignature.NewSecret();
        var sealedSecret = protector.Protect(SecretPurpose, Encoding.UTF8.GetBytes(Platform.Value), Encoding.ASCII.GetBytes(secret));
        await store.WriteAsync(this, CallbackRules.WithSecret(endpoint, sealedSecret, overlap, clock.GetUtcNow()));
        return new CallbackEndpointChanged(View(), secret);
    }

    private CallbackEndpointView View() => new(
        store.State.Url!, [.. CallbackRules.Valid(store.State, clock.GetUtcNow()).Select(secret => new CallbackSecretView(secret.CreatedAt, secret.ValidUntil))]);
}
