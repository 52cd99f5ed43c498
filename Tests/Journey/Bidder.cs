using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Tests.Certificates;
using Bzt.Tests.Faults;

namespace Bzt.Tests.Journey;

/// <summary>An enterprise's administrator with the phone in hand.</summary>
internal sealed class Bidder(ToolBench bench, CertifiedPhone phone, string profile) : IDisposable
{
    private HttpClient? http;

    public string Profile => profile;

    public Guid Certificate => phone.Certificate;

    public string EnterpriseName => phone.Enterprise.Name;

    public EnterpriseInfo Enterprise => phone.Enterprise;

    public PhoneClient Client { get; private set; } = null!;

    public List<PinOutcome> Outcomes { get; } = [];

    public async Task ConnectAsync()
    {
        http = new HttpClient(new PatientNetwork(bench.Gateway)) { BaseAddress = bench.Gateway.Address, Timeout = TimeSpan.FromSeconds(60) };
        Client = new PhoneClient(http, phone.Phone.Key, phone.Store, new DotNetPinStretcher(), await ChannelTrust.FetchAsync(http), TimeProvider.System, SystemRandom.Instance)
        {
            StretchRounds = 10,
            Login = phone.Client.Login,
        };
    }

    public Task<ChannelTrust> TrustAsync() => ChannelTrust.FetchAsync(http!);

    /// <summary>The newest records may be on their way to the chain.</summary>
    public async Task<EvidenceExport> EvidenceAsync() => (await Applications.Wait.UntilAsync(
        async () =>
        {
            try
            {
                return await Client.GetEvidenceAsync(Certificate);
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.Unavailable)
            {
                return null;
            }
        },
        found => found is not null))!;

    public Task ConfirmAsync(Func<string> link, string? checkCode) => ConfirmAsync(link, checkCode, CertifiedPhone.Pin);

    public async Task ConfirmAsync(Func<string> link, string? checkCode, params string[] pins)
    {
        using var request = Assert.IsType<RequestOpening.Opened>(await Client.OpenRequestAsync(await ScanAsync(link), Certificate)).Request;
        Assert.Equal(checkCode, request.CheckCode);
        foreach (var pin in pins)
        {
            Outcomes.Add(await Client.ConfirmAsync(request, pin));
        }
    }

    public async Task RefuseAsync(Func<string> link, string? checkCode) => await Client.RefuseAsync((await ScanAsync(link)).Session.SessionId);

    /// <summary>Until a code was fresh: on a busy machine, or across a restart, one goes stale between screen and server.</summary>
    /// <param name="link">What the screen shows now.</param>
    /// <param name="alter">What somebody does to it.</param>
    public async Task<ScannedSession> ScanAsync(Func<string> link, Func<string, string>? alter = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var shown = link();
            try
            {
                return await Client.ScanAsync(alter is null ? shown : alter(shown));
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.QrStale && attempt < 20)
            {
                await Applications.Wait.UntilAsync(() => Task.FromResult(link()), now => now != shown);
            }
        }
    }

    public void Dispose()
    {
        http?.Dispose();
        phone.Dispose();
    }
}
