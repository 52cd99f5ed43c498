using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Enterprises;

/// <inheritdoc cref="IEnterpriseGrain"/>
[GrainType("enterprise")]
public sealed partial class EnterpriseGrain : Grain, IEnterpriseGrain, IOutboxOwner
{
    private static readonly TimeSpan LongestAsking = TimeSpan.FromSeconds(2);

    private readonly IPersistentState<StoredEnterprise> storage;
    private readonly OutboxDrain<StoredEnterprise> outbox;
    private readonly IKeyProtector protector;
    private readonly TimeProvider time;

    /// <summary>What interleaving readers see: never a state whose write has not succeeded.</summary>
    private StoredEnterprise durable = new();

    public EnterpriseGrain([PersistentState("enterprise")] IPersistentState<StoredEnterprise> storage, OutboxDrains drains, IKeyProtector protector, TimeProvider time)
    {
        (this.storage, this.protector, this.time) = (storage, protector, time);
        outbox = drains.Attach(this, storage);
    }

    private CreditCode Code => new(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        durable = storage.State;
        return Task.CompletedTask;
    }

    public Task<EnterpriseView> GetView()
    {
        var claimed = storage.State.Claimed;
        return Task.FromResult(new EnterpriseView(
            Code, claimed is not null, claimed?.Name, claimed?.AdministratorMaskedName, claimed?.AdministratorMaskedPhoneNumber));
    }

    public Task Contend(ApplicationId application) => Write(EnterpriseRules.Contend(storage.State, Code, application));

    public async Task<Reply<Nothing>> Reserve(ApplicationId application)
    {
        // Who reserved it may have crashed before it was written that he downloads, and need not come back.
        var free = EnterpriseRules.Rival(storage.State, application) is { } rival && !await Holds(rival) ? storage.State with { Reservation = null } : storage.State;
        var (next, refusal) = EnterpriseRules.Reserve(free, application);
        if (refusal is not null)
        {
            return refusal;
        }

        await Write(next);
        return default(Nothing);
    }

    public Task Release(ApplicationId application) => Write(EnterpriseRules.Release(storage.State, application));

    public async Task Confirm(ConfirmClaim claim) => await Write(await IsThereAsync(claim.Administrator)
        ? EnterpriseRules.Confirm(storage.State, Code, claim, time.GetUtcNow())
        : EnterpriseRules.Release(storage.State, claim.Application));

    public Task<Reply<UserId>> GetAdministrator() => Task.FromResult<Reply<UserId>>(
        durable.Claimed?.Administrator is { } administrator
            ? administrator
            : new Refusal(RefusalCode.NotFound));

    public Task DrainOutbox() => outbox.DrainAsync();

    /// <summary>Who does not say no in time has it: his activation may be leaving, and wait for this very turn.</summary>
    private async Task<bool> Holds(ApplicationId application)
    {
        try
        {
            return await GrainFactory.Application(application).HoldsEnterprise(Code).WaitAsync(LongestAsking, time);
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    private async Task Write(StoredEnterprise next)
    {
        if (!ReferenceEquals(next, storage.State))
        {
            await outbox.WriteAsync(next);
            durable = storage.State;
        }
    }
}
