using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Forms;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Applications;

/// <summary>A person with a phone who applies for certificates: the phone's client, and what every application needs done around it.</summary>
internal sealed class Applying : IDisposable
{
    private readonly EmbeddedSystem system;
    private readonly MemoryPhoneKeyStore store;
    private HttpClient http = null!;

    private Applying(EmbeddedSystem system, TestPhone phone, MemoryPhoneKeyStore store) => (this.system, Phone, this.store) = (system, phone, store);

    public TestPhone Phone { get; }

    public PhoneClient Client { get; private set; } = null!;

    /// <summary>Where the shares rest.</summary>
    public MemoryPhoneKeyStore Store => store;

    /// <summary>Somebody real-named, without anything.</summary>
    public static async Task<Applying> PersonAsync(EmbeddedSystem system)
    {
        var person = new Applying(system, await system.RealNamedPhoneAsync(), new MemoryPhoneKeyStore());
        await person.ReconnectAsync();
        return person;
    }

    /// <summary>An administrator with his enterprise's first certificate, active on this phone.</summary>
    public static async Task<(Applying Administrator, EnterpriseInfo Enterprise, Guid Certificate)> AdministratorAsync(EmbeddedSystem system)
    {
        var certified = await CertifiedPhone.ActiveAsync(system);
        var administrator = new Applying(system, certified.Phone, certified.Store);
        await administrator.ReconnectAsync();
        await Wait.UntilAsync(administrator.Phone.MeAsync, me => me.Enterprises.Any(member => member.CreditCode == certified.Enterprise.CreditCode));
        return (administrator, certified.Enterprise, certified.Certificate);
    }

    /// <summary>加入企业, with everything right.</summary>
    public static ApplicationRequest Join(EnterpriseInfo enterprise, Applying administrator) => new(Guid.NewGuid(), ApplicationKind.Join)
    {
        EnterpriseName = enterprise.Name, CreditCode = enterprise.CreditCode,
        AdministratorName = administrator.Phone.Person.Name, AdministratorPhoneNumber = administrator.Phone.Person.Phone,
        PlatformId = "yichang-ggzy", CaId = "yichang-ca", Years = 1,
        Permissions = [AuthorisationScope.Login, AuthorisationScope.Sign, AuthorisationScope.Seal, AuthorisationScope.Encrypt, AuthorisationScope.Decrypt],
    };

    /// <summary>办事人员 who joined, with the certificate of that.</summary>
    public static async Task<Applying> StaffAsync(EmbeddedSystem system, TestReviewer reviewer, Applying administrator, EnterpriseInfo enterprise, Guid sealing)
    {
        var staff = await PersonAsync(system);
        var asked = await staff.Client.ApplyAsync(Join(enterprise, administrator));
        await administrator.Client.AgreeAsync(asked.ApplicationId);
        await administrator.SealAsync(asked.ApplicationId, sealing);
        await staff.ApprovedPaidAndDownloadedAsync(reviewer, asked.ApplicationId);
        await Wait.UntilAsync(staff.Phone.MeAsync, me => me.Enterprises.Count == 1);
        return staff;
    }

    /// <summary>What needs licence, form and legal representative.</summary>
    public async Task<ApplicationRequest> WithPapersAsync(ApplicationKind kind, EnterpriseInfo enterprise) => new(Guid.NewGuid(), kind)
    {
        EnterpriseName = enterprise.Name, CreditCode = enterprise.CreditCode,
        LegalRepresentativeName = Phone.Person.Name, LegalRepresentativeIdNumber = Phone.Person.IdNumber,
        LicenceBlobId = (await Phone.UploadAsync("licence")).BlobId, FormBlobId = (await Phone.UploadAsync("form")).BlobId,
        PlatformId = "yichang-ggzy", CaId = "yichang-ca", Years = 1,
    };

    public Guid UserId => Phone.Login!.UserId;

    /// <summary>After a restart of the system too: the same key, login and shares.</summary>
    public async Task ReconnectAsync()
    {
        Phone.Reconnect();
        http?.Dispose();
        http = new HttpClient { BaseAddress = system.Address, Timeout = TimeSpan.FromSeconds(60) };
        Client = new PhoneClient(http, Phone.Key, store, new DotNetPinStretcher(), await ChannelTrust.FetchAsync(system.Gateway), system.Clock, SystemRandom.Instance)
        {
            StretchRounds = 10,
            Login = new PhoneLogin(Phone.Login!.AccessToken, Phone.Login.UserId, Phone.Login.DeviceId),
        };
    }

    /// <summary>On the same device, when the token is too old.</summary>
    public async Task LogInAgainAsync()
    {
        Phone.Reconnect();
        await Phone.LogInAsync();
        await ReconnectAsync();
    }

    public Task<ApplicationInfo> UntilAsync(Guid application, ApplicationState state) =>
        Wait.UntilAsync(() => Client.GetApplicationAsync(application), found => found.State == state);

    /// <summary>Up to the active certificate, from the CA's desk on.</summary>
    public async Task<CertificateInfo> ApprovedPaidAndDownloadedAsync(TestReviewer reviewer, Guid application)
    {
        await reviewer.ApproveAsync(application);
        await Phone.PayForAsync(system, application);
        return await DownloadAsync(application);
    }

    public async Task<CertificateInfo> DownloadAsync(Guid application)
    {
        var certificate = Assert.IsType<DownloadOutcome.Active>(await Client.DownloadAsync(application, CertifiedPhone.Pin)).Certificate;
        await UntilAsync(application, ApplicationState.Completed);
        return certificate;
    }

    /// <summary>确认并盖章 and 确认, looking at what is sealed.</summary>
    public async Task<AuthorisationForm> SealAsync(Guid application, Guid certificate)
    {
        IReadOnlyList<SigningForm> seen = [];
        var (outcome, _) = await Client.SealAndConfirmAsync(application, certificate, CertifiedPhone.Pin, forms =>
        {
            seen = forms;
            return true;
        });
        Assert.IsType<PinOutcome.Done>(outcome);
        Assert.Equal(2, seen.Count);
        Assert.IsType<CmsPdfForm>(seen[1]);
        return Assert.IsType<AuthorisationForm>(seen[0]);
    }

    public void Dispose()
    {
        http.Dispose();
        Phone.Dispose();
    }
}
