using Orleans.Concurrency;

namespace Bzt.Grains.Accounts.Legal;

/// <inheritdoc cref="ILegalGrain"/>
[GrainType("legal"), StatelessWorker]
public sealed class LegalGrain(LegalTexts texts) : Grain, ILegalGrain
{
    public Task<IReadOnlyList<LegalTextView>> GetTexts() => Task.FromResult<IReadOnlyList<LegalTextView>>(texts.All);
}
