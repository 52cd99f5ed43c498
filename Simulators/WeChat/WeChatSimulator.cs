using System.Security.Cryptography;

namespace Bzt.Simulators.WeChat;

/// <param name="Nickname">What the consent page calls them; one of each.</param>
public sealed record WeChatUser(string OpenId, string UnionId, string Nickname);

/// <param name="Lifetime">Ten minutes from a 网站应用's page, five from a 公众号's.</param>
public sealed record WeChatCode(string Code, string OpenId, string Scope, DateTimeOffset IssuedAt, TimeSpan Lifetime, bool Used);

public sealed record WeChatToken(string AccessToken, string OpenId, string Scope, DateTimeOffset ExpiresAt);

/// <summary>微信开放平台 网页授权: users, the codes they agreed to, and what those are redeemed for.</summary>
sealed class WeChatSimulator(SimulatorState state, TimeProvider time)
{
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromSeconds(7200);
    const int Kept = 1000;

    public IReadOnlyList<WeChatUser> Users() => state.Read<IReadOnlyList<WeChatUser>>(world => [.. world.WeChatUsers]);

    public IReadOnlyList<WeChatCode> NewestCodes(int count) => state.Read<IReadOnlyList<WeChatCode>>(world => [.. world.WeChatCodes.AsEnumerable().Reverse().Take(count)]);

    public WeChatUser? Find(string openId) => state.Read(world => world.WeChatUsers.Find(user => user.OpenId == openId));

    /// <summary>Made when there is nobody of this name yet.</summary>
    public WeChatUser Named(string nickname) => state.Change(world =>
    {
        var user = world.WeChatUsers.Find(known => known.Nickname == nickname);
        if (user is null)
        {
            user = new("o" + Draw(27), "o" + Draw(27), nickname);
            world.WeChatUsers.Add(user);
        }

        return user;
    });

    /// <summary>The user agreed.</summary>
    public string Agree(WeChatUser user, string scope, TimeSpan lifetime) => state.Change(world =>
    {
        var code = new WeChatCode(Draw(32), user.OpenId, scope, time.GetUtcNow(), lifetime, Used: false);
        world.WeChatCodes.Add(code);
        if (world.WeChatCodes.Count > Kept)
        {
            world.WeChatCodes.RemoveRange(0, world.WeChatCodes.Count - Kept);
        }

        return code.Code;
    });

    /// <summary>A code is redeemed once; otherwise WeChat's errcode.</summary>
    public (int Error, WeChatToken? Token) Redeem(string code) => state.Change<(int, WeChatToken?)>(world =>
    {
        var at = world.WeChatCodes.FindIndex(known => known.Code == code);
        if (at < 0)
        {
            return (40029, null);
        }

        var found = world.WeChatCodes[at];
        var now = time.GetUtcNow();
        if (found.Used)
        {
            return (40163, null);
        }

        if (now > found.IssuedAt + found.Lifetime)
        {
            return (42003, null);
        }

        world.WeChatCodes[at] = found with { Used = true };
        world.WeChatTokens.RemoveAll(old => old.ExpiresAt < now);
        var token = new WeChatToken(Draw(89), found.OpenId, found.Scope, now + TokenLifetime);
        world.WeChatTokens.Add(token);
        return (0, token);
    });

    public (int Error, WeChatUser? User) UserInfo(string accessToken, string openId) => state.Read<(int, WeChatUser?)>(world =>
        world.WeChatTokens.Find(token => token.AccessToken == accessToken) is not { } token ? (40001, null)
        : token.ExpiresAt < time.GetUtcNow() ? (42001, null)
        : token.OpenId != openId ? (40003, null)
        : token.Scope == "snsapi_base" ? (48001, null)
        : (0, world.WeChatUsers.Find(user => user.OpenId == openId)));

    static string Draw(int length) => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length);
}
