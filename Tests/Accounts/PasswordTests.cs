using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Accounts.Passwords;
using Bzt.Grains.Foundations;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Accounts;

[Trait("Surface", "api")]
public sealed class PasswordTests
{
    private const string First = "correct horse 电池";
    private const string Second = "another staple 订书钉";

    [Fact]
    [Trait("Feature", "M012")]
    public async Task A_password_set_by_code_logs_in_after_a_restart_and_a_new_device_by_it_is_limited()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        using var second = system.NewPhone(phone.Person);
        Assert.False((await phone.MeAsync()).HasPassword);
        Assert.Equal(ErrorCodes.PasswordWrong, await Refused(() => LogInAsync(second, First)));
        await SetAsync(phone, First, code: await phone.ReceiveOwnCodeAsync(SmsPurpose.ResetPassword));

        await system.RestartAsync();
        phone.Reconnect();
        second.Reconnect();
        Assert.True((await phone.MeAsync()).HasPassword);
        var limited = await LogInAsync(second, First);
        Assert.True(limited.Limited);
        Assert.Equal(phone.Login!.UserId, limited.UserId);
        Assert.False((await phone.MeAsync()).Limited);

        // The known device stays what it is, and the owner was told of the password and the device.
        var again = await LogInAsync(phone, First);
        Assert.False(again.Limited);
        Assert.Equal(phone.Login.DeviceId, again.DeviceId);
        await system.Grains.User(new UserId(limited.UserId)).AsReference<IOutboxOwner>().DrainOutbox();
        var messages = (await phone.Http.GetAsync(Routes.Phone.Inbox, BztJson.Default.InboxPage)).Messages;
        Assert.Contains(messages, message => message.Kind == MessageKind.PasswordChanged);
        Assert.Contains(messages, message => message.Kind == MessageKind.NewDevice);
    }

    [Fact]
    [Trait("Feature", "M019")]
    public async Task It_is_changed_with_the_old_one_and_reset_with_a_code()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await system.LoggedInPhoneAsync();
        await SetAsync(phone, First, code: await phone.ReceiveOwnCodeAsync(SmsPurpose.ResetPassword));
        Assert.Equal(ErrorCodes.PasswordWrong, await Refused(() => SetAsync(phone, Second, old: Second)));
        var operation = Guid.NewGuid();
        await SetAsync(phone, Second, old: First, operation: operation);
        // As if the answer had been lost.
        await SetAsync(phone, Second, old: First, operation: operation);

        await system.RestartAsync();
        phone.Reconnect();
        Assert.Equal(ErrorCodes.PasswordWrong, await Refused(() => LogInAsync(phone, First)));
        await LogInAsync(phone, Second);

        system.Clock.Advance(TimeSpan.FromMinutes(2));
        var code = await phone.ReceiveOwnCodeAsync(SmsPurpose.ResetPassword);
        await SetAsync(phone, First, code: code);
        Assert.Equal(ErrorCodes.SmsCodeExpired, await Refused(() => SetAsync(phone, Second, code: code)));
        await LogInAsync(phone, First);
    }

    [Fact]
    [Trait("Feature", "M012")]
    public async Task Five_wrong_ones_close_the_way_for_a_quarter_of_an_hour_for_unknown_numbers_alike_and_a_code_still_logs_in()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await system.LoggedInPhoneAsync();
        using var nobody = system.NewPhone();
        await SetAsync(phone, First, code: await phone.ReceiveOwnCodeAsync(SmsPurpose.ResetPassword));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ErrorCodes.PasswordWrong, await Refused(() => LogInAsync(phone, Second)));
            Assert.Equal(ErrorCodes.PasswordWrong, await Refused(() => LogInAsync(nobody, Second)));
        }

        await system.RestartAsync();
        phone.Reconnect();
        nobody.Reconnect();
        Assert.Equal(ErrorCodes.RateLimited, await Refused(() => LogInAsync(phone, First)));
        Assert.Equal(ErrorCodes.RateLimited, await Refused(() => LogInAsync(nobody, First)));
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        await phone.LogInAsync();

        system.Clock.Advance(TimeSpan.FromMinutes(15));
        await LogInAsync(phone, First);
    }

    [Fact]
    [Trait("Feature", "M012")]
    public async Task Many_guesses_at_once_are_counted_one_by_one()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        await SetAsync(phone, First, code: await phone.ReceiveOwnCodeAsync(SmsPurpose.ResetPassword));
        var codes = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Refused(() => LogInAsync(phone, $"a guess number {i}"))));
        Assert.Equal(5, codes.Count(code => code == ErrorCodes.PasswordWrong));
        Assert.Equal(7, codes.Count(code => code == ErrorCodes.RateLimited));
    }

    [Theory]
    [Trait("Feature", "M012")]
    [InlineData("short 7")]
    [InlineData("password123")]
    [InlineData("PassWord123")]
    [InlineData("12345678")]
    [InlineData("zzzzzzzzzz")]
    [InlineData("abcdefghij")]
    [InlineData("mine-{number}-x")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x")]
    public async Task What_anybody_would_guess_is_no_password_and_costs_no_code(string password)
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var code = await phone.ReceiveOwnCodeAsync(SmsPurpose.ResetPassword);
        Assert.Equal(ErrorCodes.PasswordUnacceptable, await Refused(() => SetAsync(phone, password.Replace("{number}", phone.Person.Phone, StringComparison.Ordinal), code: code)));
        await SetAsync(phone, First, code: code);
        await LogInAsync(phone, First);
    }

    [Fact]
    [Trait("Feature", "M012")]
    public async Task A_limited_device_sets_none()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var owner = await system.RealNamedPhoneAsync();
        await SetAsync(owner, First, code: await owner.ReceiveOwnCodeAsync(SmsPurpose.ResetPassword));
        system.Clock.Advance(TimeSpan.FromMinutes(1));
        using var thief = await system.LoggedInPhoneAsync(owner.Person);
        Assert.Equal(ErrorCodes.DeviceLimited, await Refused(() => SetAsync(thief, Second, old: First)));
    }

    /// <summary>Of the reference implementation's own tests.</summary>
    [Fact]
    public async Task Argon2id_as_the_reference_implementation_has_it()
    {
        using var hashing = new PasswordHashing();
        const string Reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        Assert.True(await hashing.VerifyAsync("password", Reference));
        Assert.False(await hashing.VerifyAsync("passwore", Reference));

        var own = (await hashing.HashAsync(First))!;
        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", own, StringComparison.Ordinal);
        Assert.True(await hashing.VerifyAsync(First, own));
        Assert.NotEqual(own, await hashing.HashAsync(First));
        Assert.False(await hashing.VerifyAsync(First, null));
    }

    /// <summary>The work of an answer is Argon2id's, with an account and without one, seen by the memory it fills.</summary>
    [Fact]
    public async Task Without_a_password_as_much_is_computed_as_with_one()
    {
        using var hashing = new PasswordHashing();
        var stored = (await hashing.HashAsync(First))!;
        var (with, without) = (await AllocatedAsync(stored), await AllocatedAsync(null));
        Assert.True(without > 15L * 1024 * 1024 && with > 15L * 1024 * 1024, $"{with} and {without} octets of memory were filled.");

        async Task<long> AllocatedAsync(string? phc)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await hashing.VerifyAsync(Second, phc);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }
    }

    [Fact]
    public async Task A_flood_of_logins_is_turned_away_and_not_queued_without_end()
    {
        using var hashing = new PasswordHashing(mostWaiting: 3);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => hashing.VerifyAsync(First, null)));
        Assert.Contains(answers, answer => answer is null);
        Assert.Contains(answers, answer => answer is false);
        Assert.False(await hashing.VerifyAsync(First, null));
    }

    private static async Task<LoginResponse> LogInAsync(TestPhone phone, string password)
    {
        var answer = await phone.Http.PostAsync(
            Routes.Phone.PasswordLogin, new PasswordLoginRequest(phone.Person.Phone, password, "测试手机"), BztJson.Default.PasswordLoginRequest, BztJson.Default.LoginResponse);
        phone.Http.AccessToken = answer.AccessToken;
        return answer;
    }

    private static Task SetAsync(TestPhone phone, string password, string? code = null, string? old = null, Guid? operation = null) => phone.Http.PostAsync(
        Routes.Phone.Password, new PasswordRequest(operation ?? Guid.NewGuid(), password, code, old), BztJson.Default.PasswordRequest);

    private static async Task<string> Refused(Func<Task> call) => (await Assert.ThrowsAsync<ApiRefusedException>(call)).Code;
}
