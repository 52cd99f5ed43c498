using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using Bzt.Grains.Platforms;
using Bzt.Protocol;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using ApplicationId = Bzt.Grains.ApplicationId;

namespace Bzt.Tests.Certificates;

/// <summary>
/// A phone whose application was approved and paid, with the platform and the CA around it: what the acceptance tests of certificates
/// start from. Its share rests in <see cref="Store"/>; its requests can be lost on the way through <see cref="Net"/>.
/// </summary>
internal sealed class CertifiedPhone : IDisposable
{
    public const string Pin = "493817";
    public const string WrongPin = "730492";
    public const string PlatformId = "yichang-ggzy";
    public const string PlatformName = "宜昌公共资源电子交易平台";

    private const string Ca = "yichang-ca";
    public const string PlatformSecret = "a secret of the platform in the tests";
    private static int enterprises;

    private readonly EmbeddedSystem system;
    private HttpClient http = null!;
    private HttpClient? window;

    private CertifiedPhone(EmbeddedSystem system, TestPhone phone)
    {
        (this.system, Phone) = (system, phone);
        var body = string.Create(CultureInfo.InvariantCulture, $"91420500MC{Interlocked.Increment(ref enterprises):0000000}");
        Enterprise = new EnterpriseInfo($"宜昌测试{enterprises}有限公司", body + CreditCodes.CheckCharacter(body));
    }

    public EmbeddedSystem System => system;

    public TestPhone Phone { get; }

    public EnterpriseInfo Enterprise { get; private init; }

    /// <summary>The application the certificate is for.</summary>
    public Guid Application { get; private set; }

    public MemoryPhoneKeyStore Store { get; } = new();

    public LossyNetwork Net { get; private set; } = null!;

    public PhoneClient Client { get; private set; } = null!;

    public Guid Certificate { get; private set; }

    /// <summary>Everything up to 待下载; the certificate is named, its keys are not made yet.</summary>
    /// <param name="system">Where.</param>
    /// <param name="uploadForm">Uploads the application form, and answers its blob; without it the application names one that is not there.</param>
    /// <param name="approve">Who approves the application of that number when it is not one of our own reviewers.</param>
    public static async Task<CertifiedPhone> ReadyAsync(EmbeddedSystem system, Func<CertifiedPhone, Task<string>>? uploadForm = null, Func<string, Task>? approve = null)
    {
        var ready = new CertifiedPhone(system, await system.RealNamedPhoneAsync());
        await ready.ReconnectAsync();
        await ready.ApplyAsync(uploadForm is null ? "form" : await uploadForm(ready), approve);
        return ready;
    }

    public static async Task<CertifiedPhone> ActiveAsync(EmbeddedSystem system, Func<string, Task>? approve = null)
    {
        var phone = await ReadyAsync(system, approve: approve);
        Assert.IsType<DownloadOutcome.Active>(await phone.Client.ContinueDownloadAsync(phone.Certificate, Pin));
        return phone;
    }

    /// <summary>Another phone of the same person, real-name proven: the account's full device from now on. Moves the clock.</summary>
    public async Task<CertifiedPhone> NewPhoneAsync()
    {
        // A number gets one code a minute.
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        var phone = await system.LoggedInPhoneAsync(Phone.Person);
        await phone.ProveRealNameAsync();
        var next = new CertifiedPhone(system, phone) { Enterprise = Enterprise, Application = Application, Certificate = Certificate };
        await next.ReconnectAsync();
        return next;
    }

    /// <summary>One more enterprise of the same user, up to 待下载.</summary>
    public async Task<CertifiedPhone> NextAsync()
    {
        var next = new CertifiedPhone(system, Phone);
        await next.ReconnectAsync();
        await next.ApplyAsync();
        return next;
    }

    /// <summary>Somebody else's active certificate of the same enterprise, whose staff he is.</summary>
    public async Task<CertifiedPhone> ColleagueAsync()
    {
        var colleague = new CertifiedPhone(system, await system.RealNamedPhoneAsync()) { Enterprise = Enterprise };
        await colleague.ReconnectAsync();
        var (grains, login) = (system.Grains, colleague.Phone.Login!);
        var user = new UserId(login.UserId);
        var (certificate, code) = (new CertificateId(Guid.CreateVersion7()), new CreditCode(Enterprise.CreditCode));
        var (number, application) = ($"colleague-{certificate}", new ApplicationId(Guid.CreateVersion7()));
        Assert.IsType<Done<Nothing>>(await grains.Enterprise(code).AddMember(new AddMember(Guid.NewGuid(), user, Grains.Enterprises.MemberVia.Join, "李*", "138****0002")));
        await grains.CaAdapter(new CaId(Ca)).Submit(new CaSubmissionOrder(
            new CaApplication(number, CaApplicationKind.New, certificate.ToString(), new CaSubject(Enterprise.Name, Enterprise.Name, null, null, null, code.Value), TimeSpan.FromDays(365)),
            application, new CaApplicationFile(PlatformName, 1, user, "李*", "138****0002", null, null)));
        await Wait.UntilAsync(() => grains.CaAdapter(new CaId(Ca)).GetDesk(), entries => entries.Any(entry => entry.ApplicationNumber == number));
        Assert.IsType<Done<Nothing>>(await grains.CaAdapter(new CaId(Ca)).Decide(new CaDecision(number, "reviewer", null)));
        Assert.IsType<Done<Nothing>>(await grains.Certificate(certificate).Create(new CreateCertificate(
            application, number, user, new DeviceId(login.DeviceId), colleague.Phone.Key.PublicKey, code, Enterprise.Name, new CaId(Ca), "宜昌CA", "hubei",
            new CertificateSubject(Enterprise.Name, Enterprise.Name, code.Value))));
        colleague.Certificate = certificate.Value;
        Assert.IsType<DownloadOutcome.Active>(await colleague.Client.ContinueDownloadAsync(colleague.Certificate, Pin));
        return colleague;
    }

    /// <summary>After a restart of the system, or of the phone: a new client on the same key, login and store.</summary>
    public async Task ReconnectAsync(MemoryPhoneKeyStore? store = null)
    {
        http?.Dispose();
        Net = new LossyNetwork();
        http = new HttpClient(Net) { BaseAddress = system.Address, Timeout = TimeSpan.FromSeconds(60) };
        Client = new PhoneClient(
            http, Phone.Key, store ?? Store, new DotNetPinStretcher(), await ChannelTrust.FetchAsync(system.Gateway), system.Clock, SystemRandom.Instance)
        {
            StretchRounds = 10,
            Login = new PhoneLogin(Phone.Login!.AccessToken, Phone.Login.UserId, Phone.Login.DeviceId),
        };
    }

    /// <summary>The app in a second window of the same phone: the same key, login and store.</summary>
    public async Task<PhoneClient> WindowAsync()
    {
        window = new HttpClient { BaseAddress = system.Address, Timeout = TimeSpan.FromSeconds(60) };
        return new PhoneClient(window, Phone.Key, Store, new DotNetPinStretcher(), await ChannelTrust.FetchAsync(system.Gateway), system.Clock, SystemRandom.Instance)
        {
            StretchRounds = 10,
            Login = Client.Login,
        };
    }

    /// <summary>The platform's side, over HTTP.</summary>
    public async Task<PlatformClient> PlatformAsync()
    {
        await system.Grains.GetGrain<IPlatformGrain>(PlatformId).Register(new RegisterPlatform(PlatformName, "hubei", PlatformSecret, MaySignHashes: true));
        var credentials = new ClientCredentialsHandler(system.Gateway, PlatformId, PlatformSecret, system.Clock) { InnerHandler = new HttpClientHandler() };
        return new PlatformClient(new HttpClient(credentials) { BaseAddress = system.Address }, system.Clock);
    }

    /// <summary>A session for binding, scanned by this phone.</summary>
    public async Task<(OpenedSession Opened, ScannedSession Scanned)> BindSessionAsync(PlatformClient platform)
    {
        var opened = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Bind) { Challenge = RandomNumberGenerator.GetBytes(32), Enterprise = Enterprise });
        return (opened, await Client.ScanAsync(opened));
    }

    public async Task<OpenedRequest> OpenAsync(ScannedSession scanned) =>
        Assert.IsType<RequestOpening.Opened>(await Client.OpenRequestAsync(scanned, Certificate)).Request;

    public async Task<PinOutcome> ConfirmAsync(ScannedSession scanned, string pin)
    {
        using var request = await OpenAsync(scanned);
        return await Client.ConfirmAsync(request, pin);
    }

    public async Task<SessionResult> BindAsync(PlatformClient platform, string pin = Pin)
    {
        var (opened, scanned) = await BindSessionAsync(platform);
        Assert.IsType<PinOutcome.Done>(await ConfirmAsync(scanned, pin));
        var status = await platform.WaitAsync(opened.SessionId);
        Assert.Equal(SessionEnd.Ok, status.End);
        return status.Result!;
    }

    /// <summary>A code to the account's own number, read at the SMS simulator. A number gets one a minute for each purpose.</summary>
    public async Task<string> ReceiveCodeAsync(SmsPurpose purpose)
    {
        await Client.RequestOwnSmsCodeAsync(purpose);
        return (await system.Simulators.LastMessageAsync(Phone.Person.Phone))!.Code;
    }

    /// <summary>The SMS code before a change of the PIN.</summary>
    public async Task ApprovePinChangeAsync() => await Client.ApprovePinChangeAsync(Certificate, await ReceiveCodeAsync(SmsPurpose.ChangePin));

    /// <summary>忘记原PIN码: a reset is asked for, and waits.</summary>
    public async Task<PinResetInfo> AskResetAsync()
    {
        // A code a minute, a re-proof that is fresh.
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        await Phone.ProveRealNameAsync();
        return await Client.RequestPinResetAsync(Certificate, await ReceiveCodeAsync(SmsPurpose.RecoverPin));
    }

    /// <summary>The evidence, once the outbox has carried all of it on.</summary>
    public async Task<EvidenceExport> EvidenceAsync()
    {
        await system.Grains.Certificate(new CertificateId(Certificate)).AsReference<IOutboxOwner>().DrainOutbox();
        return (await Wait.UntilAsync(AskAsync, evidence => evidence is not null))!;

        async Task<EvidenceExport?> AskAsync()
        {
            try
            {
                return await Client.GetEvidenceAsync(Certificate);
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.Unavailable)
            {
                return null;
            }
        }
    }

    /// <summary>So many messages with that title have come about the certificate, and no more.</summary>
    public async Task MessagesAsync(string title, int count)
    {
        await system.Grains.Certificate(new CertificateId(Certificate)).AsReference<IOutboxOwner>().DrainOutbox();
        Assert.Equal(count, await Wait.UntilAsync(CountAsync, found => found >= count));

        async Task<int> CountAsync() =>
            (await Client.GetInboxAsync()).Messages.Count(message => message.Title == title && message.Subject == Certificate.ToString());
    }

    public void Dispose()
    {
        http.Dispose();
        window?.Dispose();
        Phone.Dispose();
    }

    private async Task ApproveAsync(string number)
    {
        var ca = system.Grains.CaAdapter(new CaId(Ca));
        await Wait.UntilAsync(() => ca.GetDesk(), entries => entries.Any(entry => entry.ApplicationNumber == number));
        Assert.IsType<Done<Nothing>>(await ca.Decide(new CaDecision(number, "reviewer", null)));
    }

    private async Task ApplyAsync(string form = "form", Func<string, Task>? approve = null)
    {
        var grains = system.Grains;
        var user = new UserId(Phone.Login!.UserId);
        var id = new ApplicationId(Guid.CreateVersion7());
        var application = grains.Application(id);
        var submitted = await application.SubmitClaim(new SubmitClaim(
            Guid.NewGuid(), new Applicant(user, "张*", "139****0000"), Enterprise.Name, new CreditCode(Enterprise.CreditCode),
            new LegalRepresentative("李四", "420502199003074512"), "licence", form, new PlatformId(PlatformId), new CaId(Ca), 1));
        Assert.IsType<Done<ApplicationView>>(submitted);
        await application.AsReference<IOutboxOwner>().DrainOutbox();
        await (approve ?? ApproveAsync)(ApplicationRules.Number(id, submission: 1));
        var view = await Wait.UntilAsync(async () => ((Done<ApplicationView>)await application.GetView(user)).Value, found => found.Order is not null);
        await application.Paid(view.Order!.Value);
        var download = await application.Download(new StartDownload(user, new DeviceId(Phone.Login.DeviceId), Phone.Key.PublicKey));
        Certificate = ((Done<CertificateId>)download).Value.Value;
        Application = id.Value;
    }
}

/// <summary>Loses answers of the sealed channel, after the server did its work: the phone never hears of it.</summary>
internal sealed class LossyNetwork() : DelegatingHandler(new HttpClientHandler())
{
    private int exchanges;

    /// <summary>Messages of the channel so far.</summary>
    public int Exchanges => exchanges;

    /// <summary>The octets of the last message that got no answer but an error.</summary>
    public byte[]? Unanswered { get; private set; }

    /// <summary>Whether the answer to the n-th message is lost, counting from 1.</summary>
    public Func<int, bool> Lose { get; set; } = _ => false;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable && request.RequestUri!.AbsolutePath.EndsWith("/exchange", StringComparison.Ordinal))
        {
            Unanswered = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        }

        if (!request.RequestUri!.AbsolutePath.EndsWith("/exchange", StringComparison.Ordinal) || !Lose(Interlocked.Increment(ref exchanges)))
        {
            return response;
        }

        response.Dispose();
        throw new HttpRequestException("A test lost the answer.");
    }
}
