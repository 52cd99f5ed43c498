using Bzt.Grains.Foundations;

namespace Bzt.Grains.Accounts.WeChat;

public sealed record WeChatAccountState
{
    public Guid? User { get; init; }
}

/// <inheritdoc cref="IWeChatAccountGrain"/>
[GrainType("wechat-account")]
public sealed class WeChatAccountGrain([PersistentState("wechat-account")] IPersistentState<WeChatAccountState> state) : Grain, IWeChatAccountGrain
{
    public async Task<Reply<WeChatLogin>> LogIn(LogIn command)
    {
        if (state.State.User is not { } owner)
        {
            return new WeChatLogin(null, Tied: false);
        }

        // The account knows it too: a tie that was given up halfway, or ended and not told yet, logs nobody in.
        if (!await GrainFactory.GetGrain<IUserSteps>(owner).HasWeChat(this.GetPrimaryKeyString()))
        {
            return new WeChatLogin(null, Tied: false);
        }

        return await GrainFactory.User(new UserId(owner)).LogIn(command) switch
        {
            Done<LoggedIn>(var loggedIn) => new WeChatLogin(loggedIn, Tied: true),
            Refused<LoggedIn> { Refusal.Code: RefusalCode.AccountClosed } => new WeChatLogin(null, Tied: false),
            Refused<LoggedIn>(var refusal) => refusal,
            var other => throw new InvalidOperationException($"A reply of type {other.GetType()}."),
        };
    }

    public async Task<bool> IsTaken(UserId user) =>
        state.State.User is { } owner && owner != user.Value && await GrainFactory.GetGrain<IUserSteps>(owner).HasWeChat(this.GetPrimaryKeyString());

    public async Task<Reply<Nothing>> Tie(UserId user)
    {
        if (await IsTaken(user))
        {
            return new Refusal(RefusalCode.WeChatTaken);
        }

        if (state.State.User != user.Value)
        {
            await state.WriteAsync(this, new WeChatAccountState { User = user.Value });
        }

        return new Nothing();
    }

    public async Task Untie(UserId user)
    {
        if (state.State.User == user.Value && !await GrainFactory.GetGrain<IUserSteps>(user.Value).HasWeChat(this.GetPrimaryKeyString()))
        {
            await state.WriteAsync(this, new WeChatAccountState());
        }
    }
}
