using System.Runtime.Versioning;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Samples.Demo;
using Bzt.Tests.Applications;

namespace Bzt.Tests.Cluster;

/// <summary>A phone with a certificate, over HTTP alone; it confirms as the app does, going on where an interruption left it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ClusterPhone : IDisposable
{
    private const string Pin = "493817";

    private readonly EcdsaDeviceKey device = new();
    private readonly MemoryPhoneKeyStore store = new();

    private ClusterPhone(HttpClient http, ChannelTrust trust) => Client = new PhoneClient(
        http, device, store, new DotNetPinStretcher(), trust, TimeProvider.System, SystemRandom.Instance) { StretchRounds = 10 };

    public PhoneClient Client { get; }

    public SyntheticEnterprise Enterprise { get; } = SyntheticEnterprise.Create();

    public Guid Certificate { get; private set; }

    public Sm2Certificate Signing { get; private set; } = null!;

    /// <summary>From the SMS code to the keys.</summary>
    /// <param name="cluster">Where.</param>
    /// <param name="http">On the way the phone is to take.</param>
    /// <param name="number">Of the person whose phone it is.</param>
    public static async Task<ClusterPhone> CreateAsync(RunningCluster cluster, HttpClient http, int number)
    {
        var phone = new ClusterPhone(http, await ChannelTrust.FetchAsync(http));
        var person = await cluster.Simulators.PersonAsync(number);
        await phone.Client.RequestSmsCodeAsync(person.Phone);
        await phone.Client.LogInAsync(person.Phone, (await cluster.Simulators.LastMessageAsync(person.Phone))!.Code, "测试手机");
        await phone.Client.ProveRealNameByBankCardAsync(new BankCardRealNameRequest(Guid.NewGuid(), person.Name, person.IdNumber, person.CardNumber, person.Phone));

        var licence = await phone.Client.UploadBlobAsync("licence", ClaimSteps.Picture, "image/png");
        var form = await phone.Client.UploadBlobAsync("form", ClaimSteps.Picture, "image/png");
        var offered = (await phone.Client.GetCatalogueAsync()).Provinces[0].Platforms.First(platform => platform.PlatformId == Deployment.PlatformId);
        var ca = offered.CertificateAuthorities[0];
        var application = (await phone.Client.ClaimAsync(new ClaimRequest(
            Guid.NewGuid(), phone.Enterprise.Name, phone.Enterprise.CreditCode, person.Name, person.IdNumber, licence.BlobId, form.BlobId, offered.PlatformId, ca.CaId, ca.Offers[0].Years))).ApplicationId;

        using var console = new Samples.Demo.CaConsole(cluster.Deployment.Gateway, cluster.Deployment.Secrets.CaConsolePassword);
        await console.LogInAsync(TestContext.Current.CancellationToken);
        await console.ApproveAsync(application, TestContext.Current.CancellationToken);
        await Wait.UntilAsync(() => phone.Client.GetApplicationAsync(application), found => found.State is ApplicationState.PaymentDue);
        var order = await phone.Client.PayAsync(application);
        await cluster.Simulators.PayAsync(order.OrderId.ToString("N") + "1", new Uri(order.PayUrl!));
        await Wait.UntilAsync(() => phone.Client.GetApplicationAsync(application), found => found.State is ApplicationState.DownloadReady);
        var certificate = Assert.IsType<DownloadOutcome.Active>(await phone.Client.DownloadAsync(application, Pin)).Certificate;
        phone.Certificate = certificate.CertificateId;
        Assert.True(Sm2Certificate.TryParse(certificate.SigningCertificate, out var signing));
        phone.Signing = signing;
        return phone;
    }

    /// <summary>What rests on the phone: what somebody who copies it gets.</summary>
    public byte[]? Kept
    {
        get => store[$"{Certificate}"];
        set => store[$"{Certificate}"] = value;
    }

    public CreateSessionRequest Bind() =>
        new(SessionKind.Bind) { Challenge = SystemRandom.Instance.Bytes(32), Enterprise = new EnterpriseInfo(Enterprise.Name, Enterprise.CreditCode) };

    public async Task SignAsync(OpenedSession session)
    {
        using var request = Assert.IsType<RequestOpening.Opened>(await Client.OpenRequestAsync(await ScanAsync(session), Certificate)).Request;
        Assert.IsType<PinOutcome.Done>(await ConfirmAsync(request));
    }

    /// <summary>A code is good for seconds, which a call that waits for a dead silo may outlive: whoever stands before the page scans the one it shows now.</summary>
    private async Task<ScannedSession> ScanAsync(OpenedSession session)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await Client.ScanAsync(session.Link());
            }
            catch (Contracts.ApiRefusedException refusal) when (refusal.Code == Contracts.ErrorCodes.QrStale && tries < 5)
            {
            }
        }
    }

    public Task<PinOutcome> ConfirmAsync(OpenedRequest request) => Client.ConfirmAsync(request, Pin);

    /// <summary>Settles first what an interruption left, then goes on. False while who is needed is away.</summary>
    public async Task<bool> TrySignAsync(OpenedSession session)
    {
        try
        {
            if (await Client.ResumeAsync(Certificate) is not PinOutcome.Done)
            {
                await SignAsync(session);
            }

            return true;
        }
        catch (Exception exception) when (Absence.Is(exception))
        {
            return false;
        }
    }

    /// <summary>The result of a session: one signature of this phone's certificate over what was asked.</summary>
    public void Verify(SessionResult? result)
    {
        var signature = Assert.Single(Assert.IsType<SessionResult>(result).Signatures);
        Assert.True(Sm2Signature.TryParseRaw(signature.Signature, out var parsed));
        Assert.True(parsed!.Verify(Signing.PublicKey, Sm2Signature.Digest(Signing.PublicKey, signature.ToBeSigned)));
    }

    public void Dispose() => device.Dispose();
}

/// <summary>What a phone and a platform repeat, since it says nothing about the outcome.</summary>
internal static class Absence
{
    public static bool Is(Exception exception) =>
        exception is PhoneLinkException or HttpRequestException or TaskCanceledException { InnerException: TimeoutException } or Contracts.ApiRefusedException { Code: Contracts.ErrorCodes.Unavailable };

    public static async Task<T> OutlastedAsync<T>(Func<Task<T>> ask) where T : class => (await Wait.UntilAsync(async () =>
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (Is(exception))
        {
            return null;
        }
    }, found => found is not null))!;
}
