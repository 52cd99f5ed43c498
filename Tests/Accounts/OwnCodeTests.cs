using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Accounts;

/// <summary>Codes that confirm something of one's own account.</summary>
public sealed class OwnCodeTests
{
    [Fact]
    public async Task A_code_goes_to_the_accounts_own_number_and_is_good_once_for_its_purpose_and_one_operation()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var code = await phone.ReceiveOwnCodeAsync(SmsPurpose.RecoverPin);
        var user = system.Grains.User(new UserId(phone.Login!.UserId));
        Assert.Equal(RefusalCode.SmsCodeExpired, RefusalOf(await user.UseCode(SmsCodePurpose.CloseAccount, code, "operation 1")));
        Assert.Equal(RefusalCode.InvalidRequest, RefusalOf(await user.UseCode(SmsCodePurpose.Login, code, "operation 1")));
        Assert.Null(RefusalOf(await user.UseCode(SmsCodePurpose.RecoverPin, code, "operation 1")));

        await system.RestartAsync();
        user = system.Grains.User(new UserId(phone.Login.UserId));
        Assert.Equal(RefusalCode.SmsCodeExpired, RefusalOf(await user.UseCode(SmsCodePurpose.RecoverPin, code, "operation 2")));
        // As if the first answer had been lost.
        Assert.Null(RefusalOf(await user.UseCode(SmsCodePurpose.RecoverPin, code, "operation 1")));
    }

    [Fact]
    public async Task One_code_used_by_many_at_once_has_one_winner()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var code = await phone.ReceiveOwnCodeAsync(SmsPurpose.ChangePin);
        var user = system.Grains.User(new UserId(phone.Login!.UserId));
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => user.UseCode(SmsCodePurpose.ChangePin, code, $"operation {i}")));
        Assert.Single(replies, reply => reply is Done<Nothing>);
        Assert.Equal(19, replies.Count(reply => RefusalOf(reply) == RefusalCode.SmsCodeExpired));
    }

    [Fact]
    public async Task A_limited_device_gets_no_codes_and_nobody_names_the_number()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var owner = await system.RealNamedPhoneAsync();
        system.Clock.Advance(TimeSpan.FromMinutes(1));
        using var limited = await system.LoggedInPhoneAsync(owner.Person);
        Assert.Equal(ErrorCodes.DeviceLimited, await Refused(() => limited.ReceiveOwnCodeAsync(SmsPurpose.RecoverPin)));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refused(() => Ask(new OwnSmsCodeRequest(SmsPurpose.RecoverPin, EmbeddedSystem.NextPerson().Phone))));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refused(() => Ask(new OwnSmsCodeRequest(SmsPurpose.Login))));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refused(() => Ask(new OwnSmsCodeRequest(SmsPurpose.ChangeNumber))));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refused(() => owner.Http.PostAsync(
            Routes.Phone.SmsCodes, new SmsCodeRequest(owner.Person.Phone, SmsPurpose.RecoverPin), BztJson.Default.SmsCodeRequest, BztJson.Default.SmsCodeSent)));

        Task<SmsCodeSent> Ask(OwnSmsCodeRequest request) => owner.Http.PostAsync(Routes.Phone.OwnSmsCodes, request, BztJson.Default.OwnSmsCodeRequest, BztJson.Default.SmsCodeSent);
    }

    private static RefusalCode? RefusalOf(Reply<Nothing> reply) => (reply as Refused<Nothing>)?.Refusal.Code;

    private static async Task<string> Refused(Func<Task> call) => (await Assert.ThrowsAsync<ApiRefusedException>(call)).Code;
}
