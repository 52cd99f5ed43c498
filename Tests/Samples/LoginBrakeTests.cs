using System.Net;
using Bzt.Samples.TradingPlatform.Accounts;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;

namespace Bzt.Tests.TradingPlatforms;

/// <summary>Passwords are not guessed on the sample platform: counted by account and by visitor, whom only a trusted proxy tells apart.</summary>
public sealed class LoginBrakeTests
{
    private const string Password = "a password of the tests";
    private static readonly IPAddress Here = IPAddress.Parse("203.0.113.1");

    private readonly ShiftedClock clock = new();

    [Theory]
    [InlineData("127.0.0.0/8", false)]
    [InlineData("10.0.0.0/8", true)]
    public async Task A_password_is_tried_five_times_from_a_place_that_a_trusted_proxy_names(string trusted, bool others)
    {
        using var folder = new TempFolder();
        await using var pages = await LonePages.StartAsync(folder, clock, ("Platform:TrustedProxies:0", trusted));
        using var browser = new Browser(LonePages.AddressOf(pages));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SubmitAsync("/register?kind=person", From("203.0.113.9"), ("kind", "person"), ("enterpriseName", "王测试"), ("userName", "tester"), ("password", Password))).Status);

        // The right password does not end a guesser's turn: he would learn that it is right.
        foreach (var user in (string[])["tester", "nobody"])
        {
            for (var i = 0; i < LoginBrake.MostOfAccountHere; i++)
            {
                var wrong = await LogInAsync(user, "not this one, surely", "203.0.113.1");
                Assert.Equal(HttpStatusCode.OK, wrong.Status);
                Assert.Contains("用户名或密码不正确", WebUtility.HtmlDecode(wrong.Body), StringComparison.Ordinal);
            }

            var braked = await LogInAsync(user, Password, "203.0.113.1");
            Assert.Equal(HttpStatusCode.TooManyRequests, braked.Status);
            Assert.Contains("尝试次数过多", WebUtility.HtmlDecode(braked.Body), StringComparison.Ordinal);
        }

        Assert.Equal(others ? HttpStatusCode.TooManyRequests : HttpStatusCode.Redirect, (await LogInAsync("tester", Password, "203.0.113.2")).Status);
        clock.Advance(LoginBrake.Window);
        Assert.Equal(HttpStatusCode.Redirect, (await LogInAsync("tester", Password, "203.0.113.1")).Status);

        Task<(HttpStatusCode Status, string? Location, string Body)> LogInAsync(string user, string password, string from) =>
            browser.SubmitAsync("/login", From(from), ("userName", user), ("password", password));

        static string[] From(string address) => ["Sec-Fetch-Site", "same-origin", "X-Forwarded-For", address];
    }

    [Fact]
    public void An_account_is_not_guessed_from_many_places_nor_many_accounts_from_one()
    {
        var brake = new LoginBrake(clock);
        Assert.Equal(LoginBrake.MostOfAccount, Enumerable.Range(1, 200).Count(i => brake.TakeLogin("one", IPAddress.Parse($"198.51.100.{i}"))));
        Assert.Equal(LoginBrake.MostOfAddress, Enumerable.Range(1, 200).Count(i => brake.TakeLogin($"user-{i}", Here)));

        // A /64 is one place, written as IPv4 or as IPv6.
        Assert.Equal(LoginBrake.MostOfAccountHere, Enumerable.Range(1, 200).Count(i => brake.TakeLogin("two", IPAddress.Parse($"2001:db8:1:2::{i}"))));
        Assert.True(brake.TakeLogin("two", IPAddress.Parse("2001:db8:1:3::1")));
        Assert.False(brake.TakeLogin("two", Here.MapToIPv6()));
        Assert.Equal(LoginBrake.MostRegistrations, Enumerable.Range(1, 200).Count(_ => brake.TakeRegistration(Here)));

        clock.Advance(LoginBrake.Window);
        Assert.True(brake.TakeLogin("one", Here));
        Assert.True(brake.TakeRegistration(Here));
    }

    [Fact]
    public void Strangers_who_use_up_an_accounts_tries_shut_out_strangers_only()
    {
        var brake = new LoginBrake(clock);
        Assert.True(brake.TakeLogin("buyer", Here));
        brake.Forget("buyer", Here);
        Assert.Equal(LoginBrake.MostOfAccount, Enumerable.Range(1, 200).Count(i => brake.TakeLogin("buyer", IPAddress.Parse($"198.51.100.{i}"))));
        Assert.True(brake.TakeLogin("buyer", Here));

        // There, too, nobody guesses without end; and it is not known for ever.
        Assert.Equal(LoginBrake.MostOfAccountHere - 1, Enumerable.Range(1, 200).Count(_ => brake.TakeLogin("buyer", Here)));
        clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal(LoginBrake.MostOfAccount, Enumerable.Range(1, 200).Count(i => brake.TakeLogin("buyer", IPAddress.Parse($"198.51.100.{i}"))));
        Assert.False(brake.TakeLogin("buyer", Here));
    }

    [Fact]
    public void Whoever_knows_the_password_is_not_held_up_and_clears_nobody_elses_count()
    {
        var brake = new LoginBrake(clock);
        for (var i = 0; i < 200; i++)
        {
            Assert.True(brake.TakeLogin("office", Here));
            brake.Forget("office", Here);
        }

        // His own account does not buy a guesser more tries of others'.
        var tries = 0;
        for (var i = 0; i < 200; i++)
        {
            tries += brake.TakeLogin($"other-{i}", Here) ? 1 : 0;
            if (brake.TakeLogin("office", Here))
            {
                brake.Forget("office", Here);
            }
        }

        Assert.Equal(LoginBrake.MostOfAddress, tries);
    }
}
