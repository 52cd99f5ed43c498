using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Simulators;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Microsoft.AspNetCore.WebUtilities;

namespace Bzt.Tests.Accounts;

[Trait("Feature", "M013"), Trait("Surface", "api")]
public sealed class WeChatTests
{
    [Fact]
    public async Task The_first_login_is_tied_to_a_number_the_next_ones_need_nothing_else_until_it_is_untied()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = system.NewPhone();
        var first = await LogInAsync(system, phone, "小李");
        Assert.Null(first.Login);
        var tied = await GiveNumberAsync(phone, first.Ticket!);
        Assert.True(tied.Tied);
        Assert.True(tied.Login!.NewUser);

        await system.RestartAsync();
        phone.Reconnect();
        var second = await LogInAsync(system, phone, "小李");
        Assert.Equal((tied.Login.UserId, tied.Login.DeviceId, true), (second.Login!.UserId, second.Login.DeviceId, second.Tied));
        Assert.Null(second.Ticket);
        phone.Http.AccessToken = second.Login.AccessToken;
        Assert.True((await phone.MeAsync()).WeChatTied);
        await phone.MessageAsync("已绑定微信");

        // Somebody else's WeChat is nobody's.
        using var other = system.NewPhone();
        Assert.Null((await LogInAsync(system, other, "小王")).Login);

        await phone.Http.PostAsync(Routes.Phone.WeChatUntie);
        await phone.MessageAsync("已解除微信绑定");
        Assert.False((await phone.MeAsync()).WeChatTied);
        Assert.Null((await LogInAsync(system, phone, "小李")).Login);
    }

    [Fact]
    public async Task What_one_device_began_no_other_ends()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var attacker = system.NewPhone();
        using var victim = system.NewPhone();
        var (code, state) = await AgreeAsync(system, attacker, "攻击者甲");

        // Login CSRF: the attacker's answer slipped to the victim's phone.
        Assert.Equal(ErrorCodes.WeChatRefused, await Refused(() => ReturnAsync(victim, code, state)));
        Assert.Equal(ErrorCodes.WeChatRefused, await Refused(() => ReturnAsync(attacker, code, state + "0")));
        Assert.Equal(ErrorCodes.WeChatRefused, await Refused(() => ReturnAsync(attacker, code, "state")));
        var answer = await ReturnAsync(attacker, code, state);
        Assert.Equal(ErrorCodes.WeChatTicketExpired, await Refused(() => GiveNumberAsync(victim, answer.Ticket!)));

        // The same once more for the same device: the first answer may have been lost. Another code is another login.
        Assert.Equal(answer, await ReturnAsync(attacker, code, state));
        var (second, _) = await AgreeAsync(system, attacker, "攻击者甲");
        Assert.Equal(ErrorCodes.WeChatRefused, await Refused(() => ReturnAsync(attacker, second, state)));
    }

    [Fact]
    public async Task A_state_and_a_ticket_are_good_for_ten_minutes()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = system.NewPhone();
        var (code, state) = await AgreeAsync(system, phone, "小李");
        var answer = await ReturnAsync(phone, code, state);
        system.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(ErrorCodes.WeChatRefused, await Refused(() => ReturnAsync(phone, code, state)));
        Assert.Equal(ErrorCodes.WeChatTicketExpired, await Refused(() => GiveNumberAsync(phone, answer.Ticket!)));
    }

    [Fact]
    public async Task Who_has_the_number_alone_logs_in_limited_and_ties_nothing()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var owner = await system.RealNamedPhoneAsync();
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var thief = system.NewPhone(owner.Person);
        var answer = await GiveNumberAsync(thief, (await LogInAsync(system, thief, "小偷")).Ticket!);
        Assert.True(answer.Login!.Limited);
        Assert.False(answer.Tied);
        Assert.Null((await LogInAsync(system, thief, "小偷")).Login);

        // In settings neither; the owner may.
        thief.Http.AccessToken = answer.Login.AccessToken;
        var (code, state) = await AgreeAsync(system, thief, "小偷");
        Assert.Equal(ErrorCodes.DeviceLimited, await Refused(() => TieAsync(thief, code, state)));
        (code, state) = await AgreeAsync(system, owner, "机主");
        await TieAsync(owner, code, state);
        Assert.Equal(owner.Login!.UserId, (await LogInAsync(system, owner, "机主")).Login!.UserId);
    }

    [Fact]
    public async Task One_WeChat_tied_to_two_accounts_at_once_has_one_winner_and_an_account_has_one_WeChat()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var first = await system.LoggedInPhoneAsync();
        using var second = await system.LoggedInPhoneAsync();
        var ways = new[] { await AgreeAsync(system, first, "双开者"), await AgreeAsync(system, second, "双开者") };
        string[] outcomes = await Task.WhenAll(Outcome(() => TieAsync(first, ways[0].Code, ways[0].State)), Outcome(() => TieAsync(second, ways[1].Code, ways[1].State)));
        Assert.Equal(["", ErrorCodes.WeChatTaken], outcomes.Order(StringComparer.Ordinal));
        var winner = outcomes[0].Length == 0 ? first : second;
        var login = (await LogInAsync(system, winner, "双开者")).Login!;
        Assert.Equal(winner.Login!.UserId, login.UserId);
        winner.Http.AccessToken = login.AccessToken;
        var (code, state) = await AgreeAsync(system, winner, "另一个微信");
        Assert.Equal(ErrorCodes.WeChatTaken, await Refused(() => TieAsync(winner, code, state)));
    }

    [Fact]
    public async Task When_WeChat_does_not_answer_the_user_is_told()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = system.NewPhone();
        var (code, state) = await AgreeAsync(system, phone, "小李");
        await system.Simulators.SteerAsync("wechat", new Steer(Disturbance.Garbage));
        Assert.Equal(ErrorCodes.ProviderUnavailable, await Refused(() => ReturnAsync(phone, code, state)));
    }

    [Fact]
    public async Task Where_it_is_not_set_up_it_is_not_offered()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Providers:WeChat:AppId"] = "";
            builder.Configuration["Providers:WeChat:AppSecret"] = "";
        });
        using var phone = system.NewPhone();
        Assert.Equal(ErrorCodes.WeChatNotOffered, await Refused(() => phone.Http.PostAsync(Routes.Phone.WeChatConsent, BztJson.Default.WeChatConsentInfo)));
    }

    private static async Task<(string Code, string State)> AgreeAsync(EmbeddedSystem system, TestPhone phone, string nickname)
    {
        var page = (await phone.Http.PostAsync(Routes.Phone.WeChatConsent, BztJson.Default.WeChatConsentInfo)).ConsentPage;
        var back = await system.Simulators.ConfirmWeChatAsync(page, nickname);
        Assert.Equal(Routes.WeChatReturn, back.AbsolutePath);
        var query = QueryHelpers.ParseQuery(back.Query);
        return (query["code"].ToString(), query["state"].ToString());
    }

    private static Task<WeChatLoginResponse> ReturnAsync(TestPhone phone, string code, string state) => phone.Http.PostAsync(
        Routes.Phone.WeChatLogin, new WeChatLoginRequest(code, state, "测试手机"), BztJson.Default.WeChatLoginRequest, BztJson.Default.WeChatLoginResponse);

    private static async Task<WeChatLoginResponse> LogInAsync(EmbeddedSystem system, TestPhone phone, string nickname)
    {
        var (code, state) = await AgreeAsync(system, phone, nickname);
        return await ReturnAsync(phone, code, state);
    }

    private static async Task<WeChatLoginResponse> GiveNumberAsync(TestPhone phone, string ticket) => await phone.Http.PostAsync(
        Routes.Phone.WeChatNumber, new WeChatNumberRequest(ticket, phone.Person.Phone, await phone.ReceiveCodeAsync(), "测试手机", new AcceptedVersions("1.0", "1.0")),
        BztJson.Default.WeChatNumberRequest, BztJson.Default.WeChatLoginResponse);

    private static Task TieAsync(TestPhone phone, string code, string state) =>
        phone.Http.PostAsync(Routes.Phone.WeChatTie, new WeChatTieRequest(code, state), BztJson.Default.WeChatTieRequest);

    private static async Task<string> Refused(Func<Task> call) => (await Assert.ThrowsAsync<ApiRefusedException>(call)).Code;

    private static async Task<string> Outcome(Func<Task> call)
    {
        try
        {
            await call();
            return "";
        }
        catch (ApiRefusedException refused)
        {
            return refused.Code;
        }
    }
}
