using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Control;
using Bzt.Tests.Applications;

namespace Bzt.Tests.Faults;

// From a phone number to a bound certificate. Each step is repeated until it is known to be done, as a person would.
internal sealed partial class CrashJourney
{
    /// <summary>The code the login was made with.</summary>
    public string SmsCode { get; private set; } = "";

    public async Task ClaimAsync(SimulatorControl simulators, TestPerson person, (string Name, string CreditCode) enterprise)
    {
        (this.simulators, phoneNumber) = (simulators, person.Phone);
        await LogInByCodeAsync(simulators, person);
        var realName = new BankCardRealNameRequest(Guid.NewGuid(), person.Name, person.IdNumber, person.CardNumber, person.Phone);
        await InsistAsync(() => phone.ProveRealNameByBankCardAsync(realName));
        var licence = await InsistAsync(() => phone.UploadBlobAsync("licence", ClaimSteps.Picture, "image/png"));
        var form = await InsistAsync(() => phone.UploadBlobAsync("form", ClaimSteps.Picture, "image/png"));
        var claim = new ClaimRequest(
            Guid.NewGuid(), enterprise.Name, enterprise.CreditCode, person.Name, person.IdNumber, licence.BlobId, form.BlobId, platformId, "yichang-ca", 1);
        var application = (await InsistAsync(() => phone.ClaimAsync(claim))).ApplicationId;
        await ApproveAsync(application);
        await PayAsync(simulators, application);
        await DownloadAsync(application);
        await BindAsync(enterprise);
    }

    private async Task LogInByCodeAsync(SimulatorControl simulators, TestPerson person)
    {
        await InsistAsync(async () =>
        {
            try
            {
                await phone.RequestSmsCodeAsync(person.Phone);
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.SmsTooMany)
            {
                // Asked for already, before the answer was lost.
            }

            return true;
        });
        var message = await Wait.UntilAsync(() => simulators.LastMessageAsync(person.Phone), found => found is not null);
        SmsCode = message!.Code;
        await InsistAsync(() => phone.LogInAsync(person.Phone, message.Code, "测试手机"));
    }

    private async Task ApproveAsync(Guid application)
    {
        await LogInAsync();
        await Wait.UntilAsync(async () =>
        {
            // A gateway that came back does not know which logins had been ended, and takes none from before.
            var desk = await InsistAsync(async () =>
            {
                using var answer = await console.GetAsync("/ca-console/api/applications");
                if (answer.StatusCode == System.Net.HttpStatusCode.Unauthorized)
                {
                    await LogInAsync();
                }

                answer.EnsureSuccessStatusCode();
                return await answer.Content.ReadFromJsonAsync<List<TestReviewer.Waiting>>();
            });
            if (desk!.FirstOrDefault(item => item.ApplicationId == application) is { } waiting)
            {
                // A repeat of an approval that was not heard of is refused; what counts is the application.
                await InsistAsync(async () => await console.PostAsync($"/ca-console/api/applications/{waiting.Id}/approve", null));
            }

            return await InsistAsync(() => phone.GetApplicationAsync(application));
        }, found => found.State == ApplicationState.PaymentDue);

        Task LogInAsync() => InsistAsync(async () => (await console.PostAsJsonAsync("/ca-console/api/login", new { reviewer = "审核员甲", password = ClaimSteps.ConsolePassword })).EnsureSuccessStatusCode());
    }

    private async Task PayAsync(SimulatorControl simulators, Guid application)
    {
        var order = await InsistAsync(() => phone.PayAsync(application));
        var number = Regex.Match(Uri.UnescapeDataString(order.PayUrl!), "\"out_trade_no\":\"([^\"]+)\"").Groups[1].Value;
        await simulators.PayAsync(number, new Uri(order.PayUrl!));
        await Wait.UntilAsync(
            async () =>
            {
                // Looking at the order asks the provider, should its notification have met nobody.
                await InsistAsync(() => phone.GetOrderAsync(order.OrderId));
                return await InsistAsync(() => phone.GetApplicationAsync(application));
            },
            found => found.State == ApplicationState.DownloadReady);
        Assert.Equal(OrderState.Paid, (await InsistAsync(() => phone.GetOrderAsync(order.OrderId))).State);
    }

    private async Task DownloadAsync(Guid application)
    {
        var outcome = await InsistAsync(() => phone.DownloadAsync(application, pin));
        certificateId = Assert.IsType<DownloadOutcome.Active>(outcome).Certificate.CertificateId;
        certificate = await InsistAsync(() => phone.GetCertificateAsync(certificateId));
        Assert.Equal(ApplicationState.Completed, (await Wait.UntilAsync(
            () => InsistAsync(() => phone.GetApplicationAsync(application)), found => found.State == ApplicationState.Completed)).State);
    }

    private async Task BindAsync((string Name, string CreditCode) enterprise)
    {
        var opened = await OpenAsync(new CreateSessionRequest(SessionKind.Bind)
        {
            Challenge = RandomNumberGenerator.GetBytes(32),
            Enterprise = new EnterpriseInfo(enterprise.Name, enterprise.CreditCode),
        });
        Assert.IsType<PinOutcome.Done>(await ConfirmAsync(opened, pin));
        await ReleasedAsync(opened);
    }
}
