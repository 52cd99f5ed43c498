using System.Collections.Immutable;
using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Enterprises;

/// <summary>The stored state of <see cref="InvitationBoxGrain"/>.</summary>
public sealed record StoredInvitationBox
{
    /// <summary>Oldest first.</summary>
    public ImmutableArray<WaitingInvitation> Waiting { get; init; } = [];
}

/// <inheritdoc cref="IInvitationBoxGrain"/>
/// <remarks>Called by outbox handlers and gateways only, so it may ask the number's grain and the inbox.</remarks>
[GrainType("invitation-box")]
public sealed class InvitationBoxGrain([PersistentState("invitation-box")] IPersistentState<StoredInvitationBox> storage, TimeProvider time) : Grain, IInvitationBoxGrain
{
    private const int Kept = 50;

    public async Task Add(WaitingInvitation invitation)
    {
        if (!storage.State.Waiting.Any(known => known.Enterprise == invitation.Enterprise && known.Id == invitation.Id))
        {
            await storage.WriteAsync(this, new StoredInvitationBox { Waiting = [.. Open().TakeLast(Kept - 1), invitation] });
        }

        // After the write: an account that is registered meanwhile comes here by itself and finds it.
        if (await GrainFactory.PhoneNumber(this.GetPrimaryKeyString()).GetOwner() is { } owner)
        {
            await GrainFactory.Inbox(owner).Post(EnterpriseMessages.Invited(invitation));
        }
    }

    public async Task Registered(UserId user)
    {
        foreach (var invitation in Open())
        {
            await GrainFactory.Inbox(user).Post(EnterpriseMessages.Invited(invitation));
        }
    }

    public Task<IReadOnlyList<WaitingInvitation>> List() => Task.FromResult<IReadOnlyList<WaitingInvitation>>([.. Enumerable.Reverse(Open())]);

    private List<WaitingInvitation> Open() => [.. storage.State.Waiting.Where(invitation => time.GetUtcNow() < invitation.ExpiresAt)];
}
