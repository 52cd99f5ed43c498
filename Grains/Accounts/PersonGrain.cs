using Bzt.Grains.Foundations;

namespace Bzt.Grains.Accounts;

public sealed record PersonState
{
    public Guid? User { get; init; }
}

[GrainType("person")]
public sealed class PersonGrain([PersistentState("person")] IPersistentState<PersonState> state) : Grain, IPersonGrain
{
    public async Task<UserId> Claim(UserId user)
    {
        if (state.State.User is null)
        {
            await state.WriteAsync(this, new PersonState { User = user.Value });
        }

        return new UserId(state.State.User!.Value);
    }

    public async Task Release(UserId user)
    {
        if (state.State.User == user.Value)
        {
            await state.WriteAsync(this, new PersonState());
        }
    }
}
