using System.Security.Cryptography;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Protocol;
using Bzt.Protocol.Forms;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using Microsoft.AspNetCore.Builder;

namespace Bzt.Tests.Enterprises;

/// <summary>A claimed enterprise with its administrator's certificate, a platform it is bound at, and whoever comes to it.</summary>
internal sealed class EnterpriseWorld : IAsyncDisposable
{
    private readonly List<Person> people = [];

    private EnterpriseWorld(EmbeddedSystem system, CertifiedPhone boss, PlatformClient platform) => (System, Boss, Platform) = (system, boss, platform);

    public EmbeddedSystem System { get; }

    /// <summary>Holds the certificate of the claim.</summary>
    public CertifiedPhone Boss { get; }

    public PlatformClient Platform { get; private set; }

    public string Code => Boss.Enterprise.CreditCode;

    public Guid BossId => Boss.Phone.Login!.UserId;

    public IEnterpriseGrain Grain => System.Grains.Enterprise(new CreditCode(Code));

    public static async Task<EnterpriseWorld> StartAsync(Action<WebApplicationBuilder>? configure = null)
    {
        var system = await EmbeddedSystem.StartAsync(configure);
        var boss = await CertifiedPhone.ActiveAsync(system);
        var platform = await boss.PlatformAsync();
        await boss.BindAsync(platform);
        var world = new EnterpriseWorld(system, boss, platform);
        await Wait.UntilAsync(() => boss.Client.GetMeAsync(), me => me.Enterprises.Any(enterprise => enterprise.Role == MemberRole.Administrator));
        await Wait.UntilAsync(() => world.Grain.GetView(), view => view.Claimed);
        return world;
    }

    public async Task<Person> RealNamedAsync() => Keep(await Person.AtAsync(System, await System.RealNamedPhoneAsync()));

    public async Task<Person> LoggedInAsync(TestPerson? who = null) => Keep(await Person.AtAsync(System, await System.LoggedInPhoneAsync(who)));

    /// <summary>Invited by the administrator, and accepted.</summary>
    public async Task<Person> MemberAsync()
    {
        var person = await RealNamedAsync();
        var invited = await Boss.Client.InviteAsync(Code, person.Invitation());
        await person.Client.AcceptInvitationAsync(Code, invited.InvitationId);
        return person;
    }

    /// <summary>The certificate task of the transfer, confirmed with the PIN after a look at what it says.</summary>
    public async Task ConfirmTransferAsync(TransferInfo transfer) => Assert.IsType<PinOutcome.Done>(await Boss.Client.ConfirmTaskAsync(
        Boss.Certificate, transfer.TransferId, CertifiedPhone.Pin,
        forms => Assert.IsType<InstructionForm>(Assert.Single(forms)) is { Operation: "transfer-administrator", Title: "转授管理员" } form
            && form.Facts.Any(fact => fact.Value == transfer.To.ToString())));

    /// <summary>The member becomes the administrator, by all steps.</summary>
    public async Task TransferAsync(Person member)
    {
        var transfer = await Boss.Client.StartTransferAsync(Code, new TransferRequest(Guid.NewGuid(), member.Id, Boss.Certificate));
        await ConfirmTransferAsync(transfer);
        await Wait.UntilAsync(() => member.Client.GetTransferAsync(Code), found => found.State == TransferState.AwaitingAcceptance);
        await member.Client.AcceptTransferAsync(Code, transfer.TransferId);
    }

    public static CreateSessionRequest Login() => new(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) };

    /// <summary>A session of the platform, scanned by the holder of the claim's certificate.</summary>
    public async Task<(OpenedSession Opened, ScannedSession Scanned)> ScanAsync(CreateSessionRequest request)
    {
        var opened = await Platform.OpenAsync(request);
        return (opened, await Boss.Client.ScanAsync(opened));
    }

    public async Task RestartAsync()
    {
        await System.RestartAsync();
        Boss.Phone.Reconnect();
        await Boss.ReconnectAsync();
        Platform = await Boss.PlatformAsync();
        foreach (var person in people)
        {
            await person.ReconnectAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        people.ForEach(person => person.Dispose());
        Boss.Dispose();
        await System.DisposeAsync();
    }

    private Person Keep(Person person)
    {
        people.Add(person);
        return person;
    }
}

/// <summary>Somebody with a phone and no certificate.</summary>
internal sealed class Person : IDisposable
{
    private readonly EmbeddedSystem system;
    private HttpClient http = new();

    private Person(EmbeddedSystem system, TestPhone phone) => (this.system, Phone) = (system, phone);

    public TestPhone Phone { get; }

    public PhoneClient Client { get; private set; } = null!;

    public Guid Id => Phone.Login!.UserId;

    public static async Task<Person> AtAsync(EmbeddedSystem system, TestPhone phone)
    {
        var person = new Person(system, phone);
        await person.ReconnectAsync();
        return person;
    }

    public async Task ReconnectAsync()
    {
        Phone.Reconnect();
        http.Dispose();
        http = new HttpClient { BaseAddress = system.Address, Timeout = TimeSpan.FromSeconds(60) };
        Client = new PhoneClient(
            http, Phone.Key, new MemoryPhoneKeyStore(), new DotNetPinStretcher(), await ChannelTrust.FetchAsync(system.Gateway), system.Clock, SystemRandom.Instance)
        {
            Login = new PhoneLogin(Phone.Login!.AccessToken, Phone.Login.UserId, Phone.Login.DeviceId),
        };
    }

    public InviteRequest Invitation(string? name = null) => new(Guid.NewGuid(), name ?? Phone.Person.Name, Phone.Person.Phone);

    /// <summary>The message with that title, once it has come.</summary>
    public async Task<MessageInfo> MessageAsync(string title) =>
        (await Wait.UntilAsync(async () => (await Client.GetInboxAsync()).Messages.FirstOrDefault(message => message.Title == title), found => found is not null))!;

    public async Task<MemberRole?> RoleAsync(string creditCode) => (await Client.GetMeAsync()).Enterprises.FirstOrDefault(enterprise => enterprise.CreditCode == creditCode)?.Role;

    public void Dispose()
    {
        http.Dispose();
        Phone.Dispose();
    }
}
