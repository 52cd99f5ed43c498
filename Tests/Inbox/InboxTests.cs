using System.Threading.Channels;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Inbox;
using Bzt.Tests.Embedded;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using MessageKind = Bzt.Grains.Inbox.MessageKind;

namespace Bzt.Tests.Inbox;

[Trait("Feature", "M075"), Trait("Surface", "api")]
public sealed class InboxTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Messages_are_listed_newest_first_counted_read_once_and_survive_a_restart()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var inbox = InboxOf(system, phone);
        await inbox.Post(Entry("application/1/approved"));
        await inbox.Post(Entry("application/2/approved"));
        await inbox.Post(Entry("application/1/approved"));

        await system.RestartAsync();
        phone.Reconnect();
        var page = await PageAsync(phone);
        Assert.Equal(["application/2/approved", "application/1/approved"], page.Messages.Select(message => message.MessageId));
        Assert.Equal(2, page.Unread);

        await phone.Http.PostAsync(Read("application/2/approved"));
        await phone.Http.PostAsync(Read("application/2/approved"));
        page = await PageAsync(phone);
        Assert.Equal(1, page.Unread);
        Assert.Equal([true, false], page.Messages.Select(message => message.Read));

        var older = await phone.Http.GetAsync($"{Routes.Phone.Inbox}?before={Uri.EscapeDataString("application/2/approved")}&take=1", BztJson.Default.InboxPage);
        Assert.Equal("application/1/approved", Assert.Single(older.Messages).MessageId);
    }

    [Fact]
    public async Task A_message_of_another_user_is_not_there()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var mine = await system.LoggedInPhoneAsync();
        using var other = await system.LoggedInPhoneAsync();
        await InboxOf(system, mine).Post(Entry("m"));
        Assert.Empty((await PageAsync(other)).Messages);
        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => other.Http.PostAsync(Read("m")));
        Assert.Equal(ErrorCodes.NotFound, refused.Code);
    }

    [Fact]
    public async Task A_connected_phone_is_woken()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var calls = Channel.CreateUnbounded<PhoneWakeUp>();
        await using var hub = Connect(system, (await TicketAsync(phone)).Ticket);
        hub.On<PhoneWakeUp>("WakeUp", kind => calls.Writer.TryWrite(kind));
        await hub.StartAsync().WaitAsync(Patience);

        // The first call says that calls arrive from now on.
        Assert.Equal(PhoneWakeUp.Inbox, await calls.Reader.ReadAsync().AsTask().WaitAsync(Patience));
        await InboxOf(system, phone).WakeUp(WakeUpKind.Session);
        Assert.Equal(PhoneWakeUp.Session, await calls.Reader.ReadAsync().AsTask().WaitAsync(Patience));
        await InboxOf(system, phone).Post(Entry("m"));
        Assert.Equal(PhoneWakeUp.Inbox, await calls.Reader.ReadAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_ticket_opens_the_hub_once()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var ticket = (await TicketAsync(phone)).Ticket;
        await using (var first = Connect(system, ticket))
        {
            await first.StartAsync().WaitAsync(Patience);
        }

        await using var second = Connect(system, ticket);
        await Assert.ThrowsAnyAsync<Exception>(() => second.StartAsync().WaitAsync(Patience));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    public async Task Without_a_ticket_the_hub_is_closed(string? ticket)
    {
        var system = await EmbeddedSystem.SharedAsync();
        await using var hub = Connect(system, ticket);
        await Assert.ThrowsAnyAsync<Exception>(() => hub.StartAsync().WaitAsync(Patience));
        Assert.Equal(HubConnectionState.Disconnected, hub.State);
    }

    private static IInboxGrain InboxOf(EmbeddedSystem system, TestPhone phone) => system.Grains.Inbox(new UserId(phone.Login!.UserId));

    private static InboxEntry Entry(string id) => new(id, MessageKind.ClaimApproved, "认领企业，请下载证书", "可下载", "1", new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));

    private static Task<InboxPage> PageAsync(TestPhone phone) => phone.Http.GetAsync(Routes.Phone.Inbox, BztJson.Default.InboxPage);

    private static Task<HubTicket> TicketAsync(TestPhone phone) => phone.Http.PostAsync(Routes.Phone.HubTicket, BztJson.Default.HubTicket);

    private static string Read(string id) => Routes.Phone.InboxRead.Replace("{messageId}", Uri.EscapeDataString(id), StringComparison.Ordinal);

    private static HubConnection Connect(EmbeddedSystem system, string? ticket) => new HubConnectionBuilder()
        .WithUrl(new Uri(system.Address, Routes.PhoneHub), options =>
        {
            options.SkipNegotiation = true;
            options.Transports = HttpTransportType.WebSockets;
            options.AccessTokenProvider = () => Task.FromResult(ticket);
        })
        .AddJsonProtocol(json =>
        {
            json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, BztJson.Default);
            json.PayloadSerializerOptions.Converters.Add(new SnakeCaseEnum<PhoneWakeUp>());
        })
        .Build();
}
