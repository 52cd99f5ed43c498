using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.WeChat;

namespace Bzt.Grains.Accounts.WeChat;

/// <summary>Null before WeChat said who it is.</summary>
public sealed record WeChatSignInState
{
    public SignIn? SignIn { get; init; }
}

/// <param name="Jkt">The device's key.</param>
/// <param name="CodeHash">Of the code that was redeemed: its repeat is not sent to WeChat, where it works once.</param>
/// <param name="Account">Key of the WeChat user's grain.</param>
/// <param name="User">The account it was tied to through this login.</param>
public sealed record SignIn(string Jkt, string CodeHash, string Account, DateTimeOffset At, Guid? User = null);

/// <inheritdoc cref="IWeChatSignInGrain"/>
/// <remarks>Calls <see cref="IWeChatAccountGrain"/>, <see cref="IPhoneNumberGrain"/> and <see cref="IUserGrain"/>, none of which calls it.</remarks>
[GrainType("wechat-sign-in")]
public sealed class WeChatSignInGrain(
    [PersistentState("wechat-sign-in")] IPersistentState<WeChatSignInState> state, IWeChatLogin weChat, IKeyProtector protector, TimeProvider time)
    : Grain, IWeChatSignInGrain
{
    /// <summary>From the consent page to the return, and from there to the SMS code.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // Below Orleans' response timeout.
    private static readonly TimeSpan ProviderTimeout = TimeSpan.FromSeconds(6);

    private string Id => this.GetPrimaryKey().ToString("N");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // What it knows is needed for minutes.
        this.RegisterGrainTimer(ForgetAsync, new GrainTimerCreationOptions(Lifetime, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task<Reply<Uri>> Begin(string jkt, Uri returnUrl)
    {
        var expires = (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds();
        return Task.FromResult<Reply<Uri>>(weChat.ConsentPage(returnUrl, $"{Id}.{Seal(jkt, expires)}") is { } page ? page : new Refusal(RefusalCode.WeChatNotOffered));
    }

    public async Task<Reply<WeChatLogin>> LogIn(WeChatReturn back, LogIn command) => await RedeemAsync(back, command.Jkt) is Refused<SignIn> { Refusal: var refusal }
        ? refusal
        : await GrainFactory.WeChatAccount(state.State.SignIn!.Account).LogIn(command);

    public async Task<Reply<WeChatLogin>> LogInByCode(LogInByCode command)
    {
        // 1. The ticket: this device's, not too old.
        if (state.State.SignIn is not { } signIn || signIn.Jkt != command.LogIn.Jkt || time.GetUtcNow() >= signIn.At + Lifetime)
        {
            return new Refusal(RefusalCode.WeChatTicketExpired);
        }

        // 2. The login itself, which stands whatever becomes of WeChat.
        var reply = await GrainFactory.PhoneNumber(command.LogIn.PhoneNumberHash).LogIn(command);
        if (reply is not Done<LoggedIn>(var loggedIn))
        {
            return ((Refused<LoggedIn>)reply).Refusal;
        }

        // 3. Who has the SIM alone gets no way in that outlasts it.
        return new WeChatLogin(loggedIn, !loggedIn.Limited && await TieAsync(signIn, loggedIn.User) is Done<Nothing>);
    }

    public async Task<Reply<Nothing>> Tie(WeChatReturn back, string jkt, UserId user) =>
        await RedeemAsync(back, jkt) is Refused<SignIn> { Refusal: var refusal } ? refusal : await TieAsync(state.State.SignIn!, user);

    /// <summary>A ticket ties one account. The WeChat user's grain decides between accounts, the account's between WeChat users.</summary>
    private async Task<Reply<Nothing>> TieAsync(SignIn signIn, UserId user)
    {
        if (signIn.User is { } other && other != user.Value)
        {
            return new Refusal(RefusalCode.WeChatTaken);
        }

        // Looked at first, so that an account is not told of a tie that does not come about; decided last.
        var account = GrainFactory.WeChatAccount(signIn.Account);
        var steps = GrainFactory.GetGrain<IUserSteps>(user.Value);
        if (await account.IsTaken(user))
        {
            return new Refusal(RefusalCode.WeChatTaken);
        }

        if (await steps.StoreWeChat(signIn.Account) is Refused<Nothing> another)
        {
            return another;
        }

        // A crash here leaves an account that believes in a tie which logs nobody in; the repeat of this command makes it whole.
        if (await account.Tie(user) is Refused<Nothing> taken)
        {
            await steps.DropWeChat(signIn.Account);
            return taken;
        }

        await state.WriteAsync(this, new WeChatSignInState { SignIn = signIn with { User = user.Value } });
        return new Nothing();
    }

    private async Task<Reply<SignIn>> RedeemAsync(WeChatReturn back, string jkt)
    {
        // 1. The state parameter is ours, this device's, and fresh.
        var now = time.GetUtcNow();
        if (back.Seal.Split('.') is not [var expiry, _] || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(back.Seal), Encoding.ASCII.GetBytes(Seal(jkt, expires))) || now.ToUnixTimeSeconds() >= expires)
        {
            return new Refusal(RefusalCode.WeChatRefused);
        }

        // 2. A repeat; another code is not this login's.
        var codeHash = protector.KeyedHash("wechat-code", back.Code);
        if (state.State.SignIn is { } known)
        {
            return known.CodeHash == codeHash && known.Jkt == jkt ? known : new Refusal(RefusalCode.WeChatRefused);
        }

        // 3. WeChat says who it is.
        switch (await ExchangeAsync(back.Code))
        {
            case WeChatResult.Ok ok:
                var account = protector.KeyedHash("wechat-user", ok.UnionId is { } union ? $"union:{union}" : $"open:{ok.OpenId}");
                var signIn = new SignIn(jkt, codeHash, account, now);
                await state.WriteAsync(this, new WeChatSignInState { SignIn = signIn });
                return signIn;
            case WeChatResult.Refused { Code: WeChatRefusal.CodeInvalid or WeChatRefusal.CodeUsed or WeChatRefusal.CodeExpired }:
                return new Refusal(RefusalCode.WeChatRefused);
            default:
                return new Refusal(RefusalCode.ProviderUnavailable);
        }
    }

    private async Task<WeChatResult> ExchangeAsync(string code)
    {
        using var giveUp = new CancellationTokenSource(ProviderTimeout, time);
        try
        {
            return await weChat.ExchangeAsync(code, giveUp.Token);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            return new WeChatResult.Unavailable("no answer in time");
        }
    }

    private string Seal(string jkt, long expires) =>
        string.Create(CultureInfo.InvariantCulture, $"{expires}.{protector.KeyedHash("wechat-state", $"{Id}|{jkt}|{expires}")[..32]}");

    private async Task ForgetAsync(CancellationToken cancellation)
    {
        if (state.RecordExists)
        {
            await state.ClearStateAsync(cancellation);
        }

        DeactivateOnIdle();
    }
}
