using System.Collections.Immutable;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Platforms;

public sealed record BindingState
{
    public ImmutableArray<PlatformBinding> Bindings { get; init; } = [];
}

/// <inheritdoc cref="IBindingGrain"/>
[GrainType("binding")]
internal sealed class BindingGrain([PersistentState("binding")] IPersistentState<BindingState> store) : Grain, IBindingGrain
{
    /// <summary>More than an enterprise has in use; the oldest falls out, and is bound again as it was first: by a session of that kind.</summary>
    private const int Kept = 2000;

    public async Task Bind(PlatformBinding binding)
    {
        if (store.State.Bindings.Any(known => known.Certificate == binding.Certificate && known.SigningSerial == binding.SigningSerial))
        {
            return;
        }

        await store.WriteAsync(this, new BindingState
        {
            Bindings = [.. store.State.Bindings.RemoveAll(known => known.Certificate == binding.Certificate).TakeLast(Kept - 1), binding],
        });
    }

    public Task<Reply<PlatformBinding>> Get(CertificateId? certificate)
    {
        var found = store.State.Bindings.LastOrDefault(known => certificate is null || known.Certificate == certificate);
        return Task.FromResult<Reply<PlatformBinding>>(found is null ? new Refusal(RefusalCode.NotBound) : found);
    }

    public Task<IReadOnlyList<PlatformBinding>> List(int most) => Task.FromResult<IReadOnlyList<PlatformBinding>>([.. store.State.Bindings.Reverse().Take(most)]);
}
