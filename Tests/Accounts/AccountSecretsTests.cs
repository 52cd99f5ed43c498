using System.Text;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.BadInput;
using Bzt.Tests.Embedded;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bzt.Tests.Accounts;

/// <summary>What a user entrusts to the account is neither in the data folder nor in the log, whatever was done with it; and closed, it is nowhere.</summary>
public sealed class AccountSecretsTests
{
    private const string Password = "canary of the passwords 金丝雀";
    private const string WrongPassword = "canary of the wrong passwords";

    [Fact]
    [Trait("Feature", "M076"), Trait("Surface", "api")]
    public async Task Passwords_codes_numbers_and_WeChat_users_lie_nowhere_in_clear()
    {
        var log = new KeptLog();
        await using var system = await EmbeddedSystem.StartAsync(builder => builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        using var phone = await system.RealNamedPhoneAsync();
        var number = EmbeddedSystem.NextPerson().Phone;

        // A password set, a wrong one tried, WeChat tied, the number changed, the data taken out.
        var passwordCode = await phone.ReceiveOwnCodeAsync(SmsPurpose.ResetPassword);
        await phone.Http.PostAsync(Routes.Phone.Password, new PasswordRequest(Guid.NewGuid(), Password, passwordCode), BztJson.Default.PasswordRequest);
        await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Http.PostAsync(
            Routes.Phone.PasswordLogin, new PasswordLoginRequest(phone.Person.Phone, WrongPassword, "测试手机"), BztJson.Default.PasswordLoginRequest, BztJson.Default.LoginResponse));
        var page = (await phone.Http.PostAsync(Routes.Phone.WeChatConsent, BztJson.Default.WeChatConsentInfo)).ConsentPage;
        var back = QueryHelpers.ParseQuery((await system.Simulators.ConfirmWeChatAsync(page, "金丝雀")).Query);
        await phone.Http.PostAsync(Routes.Phone.WeChatTie, new WeChatTieRequest(back["code"]!, back["state"]!), BztJson.Default.WeChatTieRequest);
        await phone.Http.PostAsync(Routes.Phone.OwnSmsCodes, new OwnSmsCodeRequest(SmsPurpose.ChangeNumber, number), BztJson.Default.OwnSmsCodeRequest, BztJson.Default.SmsCodeSent);
        var numberCode = (await system.Simulators.LastMessageAsync(number))!.Code;
        await phone.Http.PostAsync(Routes.Phone.NumberChanges, new NumberChangeRequest(Guid.NewGuid(), number, numberCode), BztJson.Default.NumberChangeRequest, BztJson.Default.NumberChangeInfo);
        await Wait.UntilAsync(() => system.Simulators.LastMessageAsync(phone.Person.Phone), message => message!.Text.Contains("更换", StringComparison.Ordinal));
        await phone.Http.PostAsync(Routes.Phone.OwnSmsCodes, new OwnSmsCodeRequest(SmsPurpose.ExportData), BztJson.Default.OwnSmsCodeRequest, BztJson.Default.SmsCodeSent);
        var exportCode = (await system.Simulators.LastMessageAsync(number))!.Code;
        var data = await phone.Http.PostAsync(Routes.Phone.Export, new ConfirmedRequest(Guid.NewGuid(), exportCode), BztJson.Default.ConfirmedRequest, BztJson.Default.AccountExport);
        Assert.Equal((number, phone.Person.IdNumber), (data.PhoneNumber, data.IdNumber));

        // A marker that is stored and logged, so that the search is known to find.
        var user = phone.Login!.UserId.ToString("D");
        await system.StopAsync();
        string[] secrets = [Password, WrongPassword, phone.Person.Phone, number, phone.Person.IdNumber, phone.Person.Name, back["code"]!];
        string[] codes = [passwordCode, numberCode, exportCode];
        var folder = await ReadAsync(system.DataFolder);
        Assert.True(Holds(folder, user), "The search does not find what is there.");
        Assert.Contains("/phone/v1/me/password", log.Text, StringComparison.Ordinal);
        foreach (var secret in secrets)
        {
            Assert.False(Holds(folder, secret), $"{secret} lies in the data folder.");
            Assert.DoesNotContain(secret, log.Text, StringComparison.Ordinal);
        }

        // Six digits occur by chance in what is random, so they are looked for as values.
        foreach (var code in codes)
        {
            Assert.False(Holds(folder, $"\"{code}\""), "A code lies in the data folder.");
            foreach (var form in (string[])[$" {code} ", $"={code} ", $"\"{code}\"", $": {code}", $"code={code}"])
            {
                Assert.DoesNotContain(form, log.Text, StringComparison.Ordinal);
            }
        }
    }

    private static bool Holds(byte[] folder, string text) => folder.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static async Task<byte[]> ReadAsync(string folder)
    {
        using var all = new MemoryStream();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await open.CopyToAsync(all);
        }

        return all.ToArray();
    }
}
