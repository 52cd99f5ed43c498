using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Accounts;

/// <summary>导出 and 注销账号.</summary>
[Trait("Feature", "M076"), Trait("Surface", "api")]
public sealed class AccountDataTests
{
    [Fact]
    public async Task A_closed_account_is_gone_and_its_number_WeChat_and_person_are_free()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        var user = phone.Login!.UserId;
        var code = await phone.ReceiveOwnCodeAsync(SmsPurpose.CloseAccount);
        Assert.Equal(ErrorCodes.SmsCodeWrong, await Refused(() => CloseAsync(phone, code == "000000" ? "000001" : "000000")));
        Assert.Empty((await phone.Http.GetAsync(Routes.Phone.Closure, BztJson.Default.ClosureInfo)).Obstacles);
        var answer = await CloseAsync(phone, code);
        Assert.NotEmpty(answer.Destroyed);
        Assert.Contains(answer.Kept, text => text.Contains("电子签名法", StringComparison.Ordinal));
        Assert.Equal(ErrorCodes.Unauthenticated, await Refused(phone.MeAsync));

        await system.RestartAsync();
        phone.Reconnect();
        Assert.Equal(ErrorCodes.Unauthenticated, await Refused(phone.MeAsync));
        Assert.Equal(RefusalCode.RealNameRequired, Assert.IsType<Refused<Person>>(await system.Grains.User(new UserId(user)).GetPerson()).Refusal.Code);

        // The same person begins anew, under the same number and name.
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        phone.Http.AccessToken = null;
        var again = await phone.LogInAsync();
        Assert.True(again.NewUser);
        Assert.NotEqual(user, again.UserId);
        await Wait.UntilAsync(
            async () =>
            {
                try
                {
                    return await phone.ProveRealNameAsync();
                }
                catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.RealNameTaken)
                {
                    // The release is still on its way.
                    return null;
                }
            },
            proven => proven is not null);
    }

    [Fact]
    public async Task An_administrator_with_a_certificate_is_told_what_is_in_the_way_and_it_costs_no_code()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await Wait.UntilAsync(() => phone.Client.GetMeAsync(), me => me.Enterprises.Count == 1);
        var obstacles = (await phone.Client.CheckClosureAsync()).Obstacles;
        Assert.Equal(phone.Enterprise.Name, Assert.Single(obstacles, obstacle => obstacle.Reason == ClosureReason.Administrator).Subject);
        Assert.Contains(phone.Enterprise.Name, Assert.Single(obstacles, obstacle => obstacle.Reason == ClosureReason.Certificate).Subject, StringComparison.Ordinal);
        system.Clock.Advance(TimeSpan.FromMinutes(1));
        var code = await phone.Phone.ReceiveOwnCodeAsync(SmsPurpose.CloseAccount);
        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => CloseAsync(phone.Phone, code));
        Assert.Equal(ErrorCodes.ClosureBlocked, refused.Code);
        Assert.Contains(phone.Enterprise.Name, refused.Problem.Detail, StringComparison.Ordinal);
        Assert.Contains("请先注销证书", refused.Problem.Detail, StringComparison.Ordinal);
        Assert.Contains("请先转授管理员", refused.Problem.Detail, StringComparison.Ordinal);
        Assert.Single((await phone.Client.GetMeAsync()).Enterprises);
    }

    [Fact]
    public async Task An_application_that_waits_for_its_payment_is_in_the_way_until_it_is_withdrawn()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var phone = await system.RealNamedPhoneAsync();
        var claim = await phone.SubmitAsync(await phone.ClaimAsync(ClaimSteps.NextEnterprise()));
        await reviewer.ApproveAsync(claim.ApplicationId);
        await phone.UntilAsync(claim.ApplicationId, ApplicationState.PaymentDue);
        await Wait.UntilAsync(CheckAsync, closure => closure.Obstacles.Select(obstacle => obstacle.Reason).Order().SequenceEqual([ClosureReason.Application, ClosureReason.Order]));
        var code = await phone.ReceiveOwnCodeAsync(SmsPurpose.CloseAccount);
        Assert.Equal(ErrorCodes.ClosureBlocked, await Refused(() => CloseAsync(phone, code)));
        await phone.WithdrawAsync(claim.ApplicationId);
        await Wait.UntilAsync(CheckAsync, closure => closure.Obstacles.Count == 0);
        await CloseAsync(phone, code);

        Task<ClosureInfo> CheckAsync() => phone.Http.GetAsync(Routes.Phone.Closure, BztJson.Default.ClosureInfo);
    }

    [Fact]
    public async Task The_export_holds_what_there_is_in_clear_and_only_after_a_code_on_the_active_device()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await Wait.UntilAsync(() => phone.Client.GetMeAsync(), me => me.Enterprises.Count == 1);
        system.Clock.Advance(TimeSpan.FromMinutes(1));
        var code = await phone.Phone.ReceiveOwnCodeAsync(SmsPurpose.ExportData);
        Assert.Equal(ErrorCodes.SmsCodeWrong, await Refused(() => phone.Client.ExportAsync(new ConfirmedRequest(Guid.NewGuid(), code == "000000" ? "000001" : "000000"))));
        var operation = Guid.NewGuid();
        await system.RestartAsync();
        await phone.ReconnectAsync();
        var data = await phone.Client.ExportAsync(new ConfirmedRequest(operation, code));
        var person = phone.Phone.Person;
        Assert.Equal((person.Phone, person.Name, person.IdNumber), (data.PhoneNumber, data.Name, data.IdNumber));
        Assert.Equal(phone.Enterprise.CreditCode, Assert.Single(data.Enterprises).CreditCode);
        Assert.Equal(phone.Certificate, Assert.Single(data.Certificates).CertificateId);
        Assert.Equal(phone.Application, Assert.Single(data.Applications).ApplicationId);
        Assert.Single(data.Orders);
        Assert.Equal([LegalDocument.UserAgreement, LegalDocument.PrivacyPolicy], data.Consents.Select(consent => consent.Document));
        Assert.True(Assert.Single(data.Devices).Current);
        Assert.NotEmpty(data.Messages);
        Assert.Equal([EvidenceKind.KeyGenerated, EvidenceKind.RequestSigned, EvidenceKind.Issued], data.Operations.Take(3).Select(done => done.Kind));
        Assert.All(data.Operations, done => Assert.Equal(phone.Certificate, done.CertificateId));

        using var limited = system.NewPhone(person);
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        await limited.LogInAsync();
        Assert.Equal(ErrorCodes.DeviceLimited, await Refused(() => limited.Http.PostAsync(
            Routes.Phone.Export, new ConfirmedRequest(operation, code), BztJson.Default.ConfirmedRequest, BztJson.Default.AccountExport)));
    }

    private static Task<ClosureInfo> CloseAsync(TestPhone phone, string code) => phone.Http.PostAsync(
        Routes.Phone.Closure, new ConfirmedRequest(Guid.NewGuid(), code), BztJson.Default.ConfirmedRequest, BztJson.Default.ClosureInfo);

    private static async Task<string> Refused(Func<Task> call) => (await Assert.ThrowsAsync<ApiRefusedException>(call)).Code;
}
