using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Applications;

/// <summary>The stored state of <see cref="ClaimantGrain"/>.</summary>
public sealed record StoredClaimant
{
    /// <summary>The last one that entered; whether it is still under way it says itself, so nobody has to tell when it ends.</summary>
    public ApplicationId? Application { get; init; }
}

/// <inheritdoc cref="IClaimantGrain"/>
/// <remarks>A row of its own beside the enterprise's: a release before this one does not know it and leaves it alone.</remarks>
[GrainType("claimant")]
public sealed class ClaimantGrain([PersistentState("claimant")] IPersistentState<StoredClaimant> storage, TimeProvider time) : Grain, IClaimantGrain
{
    private static readonly TimeSpan LongestAsking = TimeSpan.FromSeconds(2);

    public async Task<Reply<Nothing>> Enter(ApplicationId application)
    {
        if (storage.State.Application == application)
        {
            return default(Nothing);
        }

        if (storage.State.Application is { } other && await IsUnderWay(other))
        {
            return new Refusal(RefusalCode.ClaimOpen);
        }

        await storage.WriteAsync(this, new StoredClaimant { Application = application });
        return default(Nothing);
    }

    /// <summary>What does not answer in time is: it may be handed in again in this very moment, and wait for its turn here.</summary>
    private async Task<bool> IsUnderWay(ApplicationId other)
    {
        var key = this.GetPrimaryKeyString().Split('/');
        var (code, user) = (new CreditCode(key[0]), new UserId(Guid.Parse(key[1])));
        try
        {
            return await GrainFactory.Application(other).GetView(user).WaitAsync(LongestAsking, time) is Done<ApplicationView>(var view)
                && view.Kind == ApplicationKind.Claim && view.CreditCode == code
                && view.State is not (ApplicationState.Rejected or ApplicationState.Cancelled or ApplicationState.Expired or ApplicationState.Completed);
        }
        catch (TimeoutException)
        {
            return true;
        }
    }
}
