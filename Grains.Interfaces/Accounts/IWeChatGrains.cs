namespace Bzt.Grains.Accounts;

/// <summary>
/// One login through WeChat, from the consent page to the account. Key: a random id; with its seal it is the <c>state</c> parameter, which only the
/// device it was made for can bring back: nobody logs another's phone in as himself (RFC 6749 §10.12).
/// </summary>
[Alias("bzt.IWeChatSignIn")]
public interface IWeChatSignInGrain : IGrainWithGuidKey
{
    /// <summary>Where the browser goes. Refused with <see cref="RefusalCode.WeChatNotOffered"/>. Stores nothing.</summary>
    /// <param name="jkt">Thumbprint of the device's key.</param>
    /// <param name="returnUrl">Where WeChat sends the browser back to.</param>
    [Alias("Begin")]
    Task<Reply<Uri>> Begin(string jkt, Uri returnUrl);

    /// <summary>The browser is back. Logs in when that WeChat has an account. A repeat with the same code by the same device goes through again.</summary>
    [Alias("LogIn")]
    Task<Reply<WeChatLogin>> LogIn(WeChatReturn back, LogIn command);

    /// <summary>The first time: an SMS code says whose account it is, the registration maybe. A limited device logs in, but ties nothing.</summary>
    [Alias("LogInByCode")]
    Task<Reply<WeChatLogin>> LogInByCode(LogInByCode command);

    /// <summary>In settings: ties WeChat to an account that is logged in, on its active device.</summary>
    [Alias("Tie")]
    Task<Reply<Nothing>> Tie(WeChatReturn back, string jkt, UserId user);
}

/// <param name="Code">WeChat's.</param>
/// <param name="Seal">What followed the id in the <c>state</c> parameter.</param>
[GenerateSerializer, Immutable, Alias("bzt.WeChatReturn")]
public sealed record WeChatReturn([property: Id(0)] string Code, [property: Id(1)] string Seal)
{
    /// <summary>Only the type.</summary>
    public override string ToString() => nameof(WeChatReturn);
}

/// <param name="LoggedIn">Null: this WeChat has no account yet, a number is needed.</param>
/// <param name="Tied">From now on WeChat alone logs in.</param>
[GenerateSerializer, Immutable, Alias("bzt.WeChatLogin")]
public sealed record WeChatLogin([property: Id(0)] LoggedIn? LoggedIn, [property: Id(1)] bool Tied);

/// <summary>Whose a WeChat user is. Key: the keyed hash of the union id, or of the open id where there is none. In its turns it calls its owner's <see cref="IUserGrain"/>.</summary>
[Alias("bzt.IWeChatAccount")]
public interface IWeChatAccountGrain : IGrainWithStringKey
{
    /// <summary>Logs in to the account it is tied to; null when it is tied to none.</summary>
    [Alias("LogIn")]
    Task<Reply<WeChatLogin>> LogIn(LogIn command);

    /// <summary>Whether another account has it.</summary>
    [Alias("IsTaken")]
    Task<bool> IsTaken(UserId user);

    /// <summary>The first account gets it; idempotent. Refused with <see cref="RefusalCode.WeChatTaken"/>.</summary>
    [Alias("Tie")]
    Task<Reply<Nothing>> Tie(UserId user);

    /// <summary>Idempotent; of another account it changes nothing.</summary>
    [Alias("Untie")]
    Task Untie(UserId user);
}
