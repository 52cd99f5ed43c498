using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Simulators.BankCards;

namespace Bzt.Tests.Embedded;

/// <summary>A phone of a person: its key, its token, its clock; <paramref name="http"/> when it does not go straight to the system.</summary>
public sealed class TestPhone(EmbeddedSystem system, TestPerson person, EcdsaDeviceKey key, HttpClient? http = null) : IDisposable
{
    public TestPerson Person => person;

    public EcdsaDeviceKey Key => key;

    /// <summary>Talks to the system as it is now: after a restart it is the new gateway.</summary>
    public PhoneHttp Http { get; private set; } = new(http ?? system.Gateway, key, "1.0", system.Clock);

    public LoginResponse? Login { get; private set; }

    /// <summary>Asks for a code, reads it at the SMS simulator.</summary>
    public async Task<string> ReceiveCodeAsync()
    {
        await Http.PostAsync(Routes.Phone.SmsCodes, new SmsCodeRequest(person.Phone, SmsPurpose.Login), BztJson.Default.SmsCodeRequest, BztJson.Default.SmsCodeSent);
        return (await system.Simulators.LastMessageAsync(person.Phone))!.Code;
    }

    /// <summary>Asks for a code to the account's own number, reads it at the SMS simulator.</summary>
    public async Task<string> ReceiveOwnCodeAsync(SmsPurpose purpose)
    {
        await Http.PostAsync(Routes.Phone.OwnSmsCodes, new OwnSmsCodeRequest(purpose), BztJson.Default.OwnSmsCodeRequest, BztJson.Default.SmsCodeSent);
        return (await system.Simulators.LastMessageAsync(person.Phone))!.Code;
    }

    public async Task<LoginResponse> LogInAsync(string code, string deviceName = "测试手机")
    {
        var texts = await Http.GetAsync(Routes.Phone.Legal, BztJson.Default.IReadOnlyListLegalText);
        var accepted = new AcceptedVersions(texts.Single(text => text.Document == LegalDocument.UserAgreement).Version, texts.Single(text => text.Document == LegalDocument.PrivacyPolicy).Version);
        Login = await Http.PostAsync(Routes.Phone.Login, new LoginRequest(person.Phone, code, deviceName, accepted), BztJson.Default.LoginRequest, BztJson.Default.LoginResponse);
        Http.AccessToken = Login.AccessToken;
        return Login;
    }

    public async Task<LoginResponse> LogInAsync() => await LogInAsync(await ReceiveCodeAsync());

    public Task<RealNameInfo> ProveRealNameAsync(Guid? operation = null, TestPerson? other = null)
    {
        var who = other ?? person;
        return Http.PostAsync(
            Routes.Phone.RealNameByBankCard, new BankCardRealNameRequest(operation ?? Guid.NewGuid(), who.Name, who.IdNumber, who.CardNumber, who.Phone),
            BztJson.Default.BankCardRealNameRequest, BztJson.Default.RealNameInfo);
    }

    public Task<Me> MeAsync() => Http.GetAsync(Routes.Phone.Me, BztJson.Default.Me);

    /// <summary>After a restart of the system: the same key and token at the new gateway.</summary>
    public void Reconnect() => Http = new PhoneHttp(system.Gateway, key, "1.0", system.Clock) { AccessToken = Http.AccessToken };

    public void Dispose() => key.Dispose();
}

public static class TestPhones
{
    /// <summary>Not logged in yet.</summary>
    public static TestPhone NewPhone(this EmbeddedSystem system, TestPerson? person = null) => new(system, person ?? EmbeddedSystem.NextPerson(), new EcdsaDeviceKey());

    public static async Task<TestPhone> LoggedInPhoneAsync(this EmbeddedSystem system, TestPerson? person = null)
    {
        var phone = system.NewPhone(person);
        await phone.LogInAsync();
        return phone;
    }

    public static async Task<TestPhone> RealNamedPhoneAsync(this EmbeddedSystem system)
    {
        var phone = await system.LoggedInPhoneAsync();
        await phone.ProveRealNameAsync();
        return phone;
    }
}
