using System.Net;
using System.Net.Http.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Simulators;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Accounts;

[Trait("Feature", "M011"), Trait("Surface", "api")]
public sealed class LoginTests
{
    [Fact]
    public async Task The_first_login_of_a_number_is_its_registration_and_survives_a_restart()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = system.NewPhone();
        var first = await phone.LogInAsync();
        Assert.True(first.NewUser);
        Assert.False(first.Limited);

        await system.RestartAsync();
        phone.Reconnect();
        var me = await phone.MeAsync();
        Assert.Equal(first.UserId, me.UserId);
        Assert.Equal(first.DeviceId, me.DeviceId);
        Assert.Equal($"{phone.Person.Phone[..3]}****{phone.Person.Phone[^4..]}", me.MaskedPhoneNumber);
        Assert.Null(me.RealName);

        system.Clock.Advance(TimeSpan.FromMinutes(2));
        var second = await phone.LogInAsync();
        Assert.False(second.NewUser);
        Assert.Equal(first.UserId, second.UserId);
        Assert.Equal(first.DeviceId, second.DeviceId);
        Assert.NotEqual(first.AccessToken, second.AccessToken);
    }

    [Fact]
    public async Task A_wrong_code_is_refused_five_times_counted_across_a_restart_and_then_the_right_one_too()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = system.NewPhone();
        var code = await phone.ReceiveCodeAsync();
        var wrong = code == "000000" ? "000001" : "000000";
        for (var left = 4; left >= 0; left--)
        {
            if (left == 2)
            {
                await system.RestartAsync();
                phone.Reconnect();
            }

            var refused = await Refused(() => phone.LogInAsync(wrong));
            Assert.Equal(ErrorCodes.SmsCodeWrong, refused.Code);
            Assert.Equal($"还可尝试{left}次", refused.Detail);
        }

        Assert.Equal(ErrorCodes.SmsCodeExpired, (await Refused(() => phone.LogInAsync(code))).Code);
    }

    [Fact]
    public async Task A_code_is_good_for_five_minutes()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = system.NewPhone();
        var code = await phone.ReceiveCodeAsync();
        system.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(ErrorCodes.SmsCodeExpired, (await Refused(() => phone.LogInAsync(code))).Code);
    }

    [Fact]
    public async Task A_used_code_logs_in_nobody_else_but_the_same_device_once_more()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = system.NewPhone();
        var code = await phone.ReceiveCodeAsync();
        var first = await phone.LogInAsync(code);

        using var thief = system.NewPhone(phone.Person);
        Assert.Equal(ErrorCodes.SmsCodeExpired, (await Refused(() => thief.LogInAsync(code))).Code);

        // As if the first answer had been lost.
        phone.Http.AccessToken = null;
        var again = await phone.LogInAsync(code);
        Assert.Equal((first.UserId, first.DeviceId), (again.UserId, again.DeviceId));
        Assert.Equal(first.UserId, (await phone.MeAsync()).UserId);
    }

    [Fact]
    public async Task One_number_registered_by_two_devices_at_once_is_one_account_of_one_of_them()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var first = system.NewPhone();
        using var second = system.NewPhone(first.Person);
        var code = await first.ReceiveCodeAsync();
        var outcomes = await Task.WhenAll(new[] { first, second }.Select(async phone =>
        {
            try
            {
                return (await phone.LogInAsync(code)).NewUser ? "registered" : "logged in";
            }
            catch (ApiRefusedException refused)
            {
                return refused.Code;
            }
        }));
        Assert.Equal(["registered", ErrorCodes.SmsCodeExpired], outcomes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Codes_are_sent_once_a_minute_and_ten_times_a_day()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = system.NewPhone();
        await phone.ReceiveCodeAsync();
        var soon = await Refused(phone.ReceiveCodeAsync);
        Assert.Equal(ErrorCodes.SmsTooMany, soon.Code);
        Assert.InRange(soon.RetryAfterSeconds!.Value, 1, 60);

        for (var i = 1; i < 10; i++)
        {
            system.Clock.Advance(TimeSpan.FromMinutes(1));
            await phone.ReceiveCodeAsync();
        }

        system.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(ErrorCodes.SmsTooMany, (await Refused(phone.ReceiveCodeAsync)).Code);
        system.Clock.Advance(TimeSpan.FromDays(1));
        await phone.ReceiveCodeAsync();
    }

    [Fact]
    public async Task When_the_provider_fails_the_user_is_told_and_can_go_on_later()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = system.NewPhone();
        await system.Simulators.SteerAsync("sms", new Steer(Disturbance.Garbage));
        var refused = await Refused(phone.ReceiveCodeAsync);
        Assert.Equal(ErrorCodes.ProviderUnavailable, refused.Code);
        Assert.NotNull(refused.RetryAfterSeconds);

        // Operators see whose fault it is.
        await Applications.Wait.UntilAsync(() => system.Gateway.GetStringAsync("/metrics"), page => page.Contains("problem=\"provider_unavailable\"", StringComparison.Ordinal));

        system.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await phone.LogInAsync()).NewUser);
    }

    [Fact]
    public async Task A_known_and_an_unknown_number_get_the_same_answer()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var known = await system.LoggedInPhoneAsync();
        system.Clock.Advance(TimeSpan.FromMinutes(1));
        using var first = await Ask(known.Person.Phone);
        using var second = await Ask(EmbeddedSystem.NextPerson().Phone);
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(first.StatusCode, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());

        Task<HttpResponseMessage> Ask(string number) =>
            system.Gateway.PostAsJsonAsync(Routes.Phone.SmsCodes, new SmsCodeRequest(number, SmsPurpose.Login), BztJson.Default.SmsCodeRequest);
    }

    [Fact]
    public async Task A_second_device_is_limited_and_the_first_one_is_told()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var first = await system.RealNamedPhoneAsync();
        system.Clock.Advance(TimeSpan.FromMinutes(1));
        using var second = system.NewPhone(first.Person);
        var login = await second.LogInAsync(await second.ReceiveCodeAsync(), "另一台手机");
        Assert.True(login.Limited);
        Assert.Equal(first.Login!.UserId, login.UserId);
        Assert.False((await first.MeAsync()).Limited);
        Assert.Equal(ErrorCodes.DeviceLimited, (await Refused(() => second.Http.PostAsync(Routes.Phone.Scan, new ScanRequest("x"), BztJson.Default.ScanRequest, BztJson.Default.PhoneSession))).Code);

        // Delivery is the outbox's: it has happened when it has been drained.
        await system.Grains.User(new UserId(login.UserId)).AsReference<IOutboxOwner>().DrainOutbox();
        var message = Assert.Single((await first.Http.GetAsync(Routes.Phone.Inbox, BztJson.Default.InboxPage)).Messages);
        Assert.Equal(MessageKind.NewDevice, message.Kind);
        Assert.Contains("另一台手机", message.Body, StringComparison.Ordinal);

        // Still so after a restart; the re-proof of the same person turns it round.
        await system.RestartAsync();
        first.Reconnect();
        second.Reconnect();
        Assert.True((await second.MeAsync()).Limited);
        await second.ProveRealNameAsync();
        Assert.False((await second.MeAsync()).Limited);
        Assert.True((await first.MeAsync()).Limited);
    }

    [Fact]
    public async Task A_stolen_number_proves_nothing_about_the_person()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var owner = await system.RealNamedPhoneAsync();
        await owner.Http.PostAsync(Routes.Phone.Logout);
        system.Clock.Advance(TimeSpan.FromMinutes(1));

        using var thief = system.NewPhone(owner.Person);
        Assert.True((await thief.LogInAsync()).Limited);
        Assert.Equal(ErrorCodes.RealNameAlready, (await Refused(() => thief.ProveRealNameAsync(other: EmbeddedSystem.NextPerson()))).Code);
        Assert.True((await thief.MeAsync()).Limited);

        system.Clock.Advance(TimeSpan.FromMinutes(1));
        owner.Http.AccessToken = null;
        Assert.False((await owner.LogInAsync()).Limited);
    }

    [Fact]
    public async Task A_logged_out_token_is_dead()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        await phone.Http.PostAsync(Routes.Phone.Logout);
        Assert.Equal(ErrorCodes.Unauthenticated, (await Refused(phone.MeAsync)).Code);
    }

    [Theory]
    [InlineData("123")]
    [InlineData("19900000001x")]
    [InlineData("11900000001")]
    public async Task A_number_that_is_none_is_refused_by_name(string number)
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = system.NewPhone();
        var refused = await Refused(() => phone.Http.PostAsync(
            Routes.Phone.SmsCodes, new SmsCodeRequest(number, SmsPurpose.Login), BztJson.Default.SmsCodeRequest, BztJson.Default.SmsCodeSent));
        Assert.Equal(ErrorCodes.InvalidRequest, refused.Code);
        Assert.Contains("phoneNumber", refused.Detail, StringComparison.Ordinal);
    }

    private static async Task<Problem> Refused(Func<Task> call) => (await Assert.ThrowsAsync<ApiRefusedException>(call)).Problem;
}
