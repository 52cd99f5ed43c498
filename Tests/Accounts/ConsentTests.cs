using System.ComponentModel.DataAnnotations;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts.Legal;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.Extensions.Options;

namespace Bzt.Tests.Accounts;

[Trait("Feature", "M076"), Trait("Surface", "api")]
public sealed class ConsentTests
{
    [Fact]
    public async Task Nobody_is_registered_before_he_agrees_and_the_same_code_is_good_when_he_does()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = system.NewPhone();
        var code = await phone.ReceiveCodeAsync();
        Assert.Equal(ErrorCodes.ConsentRequired, await Refused(() => LogInAsync(phone, code, null)));
        Assert.Equal(ErrorCodes.ConsentRequired, await Refused(() => LogInAsync(phone, code, new AcceptedVersions("1.0", "0.9"))));
        var login = await LogInAsync(phone, code, new AcceptedVersions("1.0", "1.0"));
        Assert.True(login.NewUser);
        phone.Http.AccessToken = login.AccessToken;
        Assert.Empty((await phone.MeAsync()).ConsentsDue!);
    }

    [Fact]
    public async Task A_newer_version_is_asked_for_at_the_next_login()
    {
        using var texts = new TempFolder();
        var folder = texts.File("legal");
        Directory.CreateDirectory(folder);
        await using var system = await EmbeddedSystem.StartAsync(builder => builder.Configuration["Legal:Folder"] = folder);
        using var phone = await system.LoggedInPhoneAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, "privacy-policy.txt"), "版本：1.1\n日期：2026-12-01\n标题：隐私政策\n\n新的内容。\n");
        await system.RestartAsync();
        phone.Reconnect();

        // The phone that is logged in goes on; it is told what is due.
        Assert.Equal([LegalDocument.PrivacyPolicy], (await phone.MeAsync()).ConsentsDue!);
        Assert.Equal("新的内容。", (await phone.Http.GetAsync(Routes.Phone.LegalText.Replace("{document}", "privacy_policy", StringComparison.Ordinal), BztJson.Default.LegalText)).Text);
        system.Clock.Advance(TimeSpan.FromMinutes(1));
        var code = await phone.ReceiveCodeAsync();
        Assert.Equal(ErrorCodes.ConsentRequired, await Refused(() => LogInAsync(phone, code, null)));
        Assert.Equal(ErrorCodes.ConsentRequired, await Refused(() => LogInAsync(phone, code, new AcceptedVersions("1.0", "1.0"))));

        // Agreed to in the app, the next login asks nothing.
        Assert.Equal(ErrorCodes.ConsentRequired, await Refused(() => AgreeAsync(phone, LegalDocument.PrivacyPolicy, "1.0")));
        await AgreeAsync(phone, LegalDocument.PrivacyPolicy, "1.1");
        await LogInAsync(phone, code, null);
    }

    [Fact]
    public async Task Face_data_is_agreed_to_separately_and_withdrawn_at_will()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await system.LoggedInPhoneAsync();
        Assert.False((await phone.MeAsync()).FaceConsent);
        Assert.Equal(ErrorCodes.ConsentRequired, await Refused(() => AgreeAsync(phone, LegalDocument.FaceData, "0.1")));
        await AgreeAsync(phone, LegalDocument.FaceData, "1.0");
        await system.RestartAsync();
        phone.Reconnect();
        Assert.True((await phone.MeAsync()).FaceConsent);
        await phone.Http.PostAsync(Routes.Phone.FaceConsentWithdrawal);
        await phone.Http.PostAsync(Routes.Phone.FaceConsentWithdrawal);
        Assert.False((await phone.MeAsync()).FaceConsent);
        await AgreeAsync(phone, LegalDocument.FaceData, "1.0");
        Assert.True((await phone.MeAsync()).FaceConsent);
    }

    [Fact]
    public async Task The_texts_are_real_and_dated()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = system.NewPhone();
        var list = await phone.Http.GetAsync(Routes.Phone.Legal, BztJson.Default.IReadOnlyListLegalText);
        Assert.Equal(Enum.GetValues<LegalDocument>(), list.Select(text => text.Document));
        Assert.All(list, text => Assert.Null(text.Text));
        foreach (var name in (string[])["user_agreement", "privacy_policy", "face_data"])
        {
            var text = await phone.Http.GetAsync(Routes.Phone.LegalText.Replace("{document}", name, StringComparison.Ordinal), BztJson.Default.LegalText);
            Assert.Equal(new DateOnly(2026, 11, 25), text.Date);
            Assert.InRange(text.Text!.Length, 500, 5000);
        }

        Assert.Equal(ErrorCodes.NotFound, await Refused(() => phone.Http.GetAsync("/phone/v1/legal/other", BztJson.Default.LegalText)));
    }

    [Fact]
    public async Task A_text_without_a_version_is_refused_where_the_process_starts()
    {
        using var texts = new TempFolder();
        var folder = texts.File("legal");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "user-agreement.txt"), "用户协议\n");
        var refused = Assert.Throws<ValidationException>(() => new LegalTexts(Options.Create(new LegalOptions { Folder = folder })));
        Assert.Contains("user-agreement.txt", refused.Message, StringComparison.Ordinal);
    }

    private static Task<LoginResponse> LogInAsync(TestPhone phone, string code, AcceptedVersions? accepted) => phone.Http.PostAsync(
        Routes.Phone.Login, new LoginRequest(phone.Person.Phone, code, "测试手机", accepted), BztJson.Default.LoginRequest, BztJson.Default.LoginResponse);

    private static Task AgreeAsync(TestPhone phone, LegalDocument document, string version) =>
        phone.Http.PostAsync(Routes.Phone.Consents, new ConsentRequest(document, version), BztJson.Default.ConsentRequest);

    private static async Task<string> Refused(Func<Task> call) => (await Assert.ThrowsAsync<ApiRefusedException>(call)).Code;
}
