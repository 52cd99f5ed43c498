using System.Text.Json;
using System.Web;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Samples.Demo;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Control;

namespace Bzt.LoadTests.Flows;

/// <summary>Makes phones with certificates the way people get them: SMS code, real name, claim, review, payment, download, binding.</summary>
internal sealed class Provisioning : IDisposable
{
    /// <summary>The smallest picture the upload takes: one pixel.</summary>
    private static readonly byte[] Picture = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==");

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient phoneHttp;
    private readonly HttpClient simulatorHttp = new();
    private readonly SimulatorControl simulators;
    private readonly CaConsole console;
    private readonly SimulatedPlatform platform;
    private readonly CachedPinStretcher stretcher = new();
    private readonly int pinRounds;

    public Provisioning(Target target, HttpClient phoneHttp, SimulatedPlatform platform, int pinRounds)
    {
        (this.phoneHttp, this.platform, this.pinRounds) = (phoneHttp, platform, pinRounds);
        simulators = new SimulatorControl(simulatorHttp, target.Simulators, target.SimulatorsToken);
        console = new CaConsole(target.Gateway, target.CaConsolePassword);
    }

    /// <summary>Makes them a few at a time: each waits for providers, reviewer and CA more than it computes.</summary>
    /// <param name="count">So many.</param>
    /// <param name="atOnce">Of them.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="stop">Gives up.</param>
    /// <param name="vendor">A CA whose own reviewer decides; without one the platform's first CA and our console.</param>
    /// <param name="submitted">Told when one has submitted its application.</param>
    public async Task<IReadOnlyList<SimulatedPhone>> MakeAsync(
        int count, int atOnce, Action<int> progress, CancellationToken stop, string? vendor = null, Action? submitted = null)
    {
        var trust = await ChannelTrust.FetchAsync(phoneHttp, stop);
        await console.LogInAsync(stop);
        var first = Random.Shared.Next(1, TestPerson.Last - count);
        var phones = new SimulatedPhone[count];
        var done = 0;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = stop }, async (i, cancellation) =>
        {
            phones[i] = new SimulatedPhone(phoneHttp, trust, stretcher, pinRounds);
            await CertifyAsync(phones[i], TestPerson.Get(first + i), vendor, submitted, cancellation);
            await platform.BindAsync(phones[i], cancellation);
            progress(Interlocked.Increment(ref done));
        });
        return phones;
    }

    public void Dispose()
    {
        console.Dispose();
        simulatorHttp.Dispose();
    }

    private async Task CertifyAsync(SimulatedPhone simulated, TestPerson person, string? vendor, Action? submitted, CancellationToken stop)
    {
        var phone = simulated.Client;
        await AsSoonAsAllowedAsync(() => phone.RequestSmsCodeAsync(person.Phone, cancellation: stop), stop);
        var message = await UntilAsync(() => simulators.LastMessageAsync(person.Phone, stop), "the SMS", stop);
        await AsSoonAsAllowedAsync(() => phone.LogInAsync(person.Phone, message.Code, "负载测试", stop), stop);
        await phone.ProveRealNameByBankCardAsync(
            new BankCardRealNameRequest(Guid.NewGuid(), person.Name, person.IdNumber, person.CardNumber, person.Phone), stop);

        var enterprise = SyntheticEnterprise.Create();
        var licence = await phone.UploadBlobAsync("licence", Picture, "image/png", stop);
        var form = await phone.UploadBlobAsync("form", Picture, "image/png", stop);
        var catalogue = await phone.GetCatalogueAsync(stop);
        var offered = catalogue.Provinces.SelectMany(province => province.Platforms).First(place => place.PlatformId == Deployment.PlatformId);
        var ca = vendor is null ? offered.CertificateAuthorities[0] : offered.CertificateAuthorities.First(authority => authority.CaId == vendor);
        var application = (await phone.ClaimAsync(
            new ClaimRequest(
                Guid.NewGuid(), enterprise.Name, enterprise.CreditCode, person.Name, person.IdNumber, licence.BlobId, form.BlobId,
                offered.PlatformId, ca.CaId, ca.Offers[0].Years), stop)).ApplicationId;

        submitted?.Invoke();
        if (vendor is null)
        {
            await console.ApproveAsync(application, stop);
        }
        else
        {
            var number = $"{application:N}-1";
            await UntilAsync(() => simulators.CaApplicationAsync(number, stop), "the application at the CA", stop);
            await simulators.DecideCaApplicationAsync(number, cancellation: stop);
        }

        await UntilAsync(phone, application, ApplicationState.PaymentDue, stop);
        var order = await phone.PayAsync(application, stop);
        var payment = new Uri(order.PayUrl!);
        await simulators.PayAsync(NumberIn(payment), payment, stop);
        await UntilAsync(phone, application, ApplicationState.DownloadReady, stop);

        simulated.Take(await phone.DownloadAsync(application, SimulatedPhone.Pin, cancellation: stop) is DownloadOutcome.Active(var active)
            ? active
            : throw new FlowFailedException("a certificate was not downloaded"));
    }

    /// <summary>The order's number at Alipay, as the payment page is asked for.</summary>
    private static string NumberIn(Uri payment)
    {
        using var content = JsonDocument.Parse(HttpUtility.ParseQueryString(payment.Query)["biz_content"]!);
        return content.RootElement.GetProperty("out_trade_no").GetString()!;
    }

    private static Task UntilAsync(PhoneClient phone, Guid application, ApplicationState state, CancellationToken stop) => UntilAsync(
        async () => await phone.GetApplicationAsync(application, stop) is var info && info.State == state ? info : null, state.ToString(), stop);

    private static Task<T> UntilAsync<T>(Func<Task<T?>> look, string what, CancellationToken stop)
        where T : class => Polling.UntilAsync(look, what, Patience, stop);

    /// <summary>A running system may limit logins from one address, and all phones are at this one.</summary>
    private static async Task AsSoonAsAllowedAsync(Func<Task> ask, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await ask();
                return;
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.RateLimited)
            {
                await Task.Delay(TimeSpan.FromSeconds(refused.Problem.RetryAfterSeconds ?? 5), stop);
            }
        }
    }
}
