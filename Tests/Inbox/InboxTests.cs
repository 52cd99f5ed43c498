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

    [Fact]
    public async Task A_user_has_so_many_connections_and_each_ends_with_its_device_s_login()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        using var other = await system.LoggedInPhoneAsync();
        var hubs = new List<HubConnection>();
        try
        {
            for (var i = 0; i < 16; i++)
            {
                hubs.Add(Connect(system, (await TicketAsync(phone)).Ticket));
                await hubs[^1].StartAsync().WaitAsync(Patience);
            }

            await using (var tooMany = Connect(system, (await TicketAsync(phone)).Ticket))
            {
                await Assert.ThrowsAnyAsync<Exception>(() => tooMany.StartAsync().WaitAsync(Patience));
            }

            // Another user's are his own; one that is left is free again.
            await using var others = Connect(system, (await TicketAsync(other)).Ticket);
            await others.StartAsync().WaitAsync(Patience);
            await hubs[0].DisposeAsync();
            hubs.RemoveAt(0);
            await Applications.Wait.UntilAsync(async () =>
            {
                var again = Connect(system, (await TicketAsync(phone)).Ticket);
                try
                {
                    await again.StartAsync().WaitAsync(Patience);
                    hubs.Add(again);
                    return true;
                }
                catch (Exception refused) when (refused is HttpRequestException or System.Net.WebSockets.WebSocketException)
                {
                    await again.DisposeAsync();
                    return false;
                }
            }, connected => connected);

            // At another gateway the device was logged out: before the next renewal of the lease this one has let go of it.
            await system.Grains.User(new UserId(phone.Login!.UserId)).LogOut(new DeviceId(phone.Login.DeviceId));
            await Applications.Wait.UntilAsync(() => Task.FromResult(hubs.Count(hub => hub.State == HubConnectionState.Connected)), connected => connected == 0);
            Assert.Equal(HubConnectionState.Connected, others.State);
        }
        finally
        {
            foreach (var hub in hubs)
            {
                await hub.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_log_out_ends_the_connection_at_once()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        await using var hub = Connect(system, (await TicketAsync(phone)).Ticket);
        var closed = new TaskCompletionSource();
        hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await hub.StartAsync().WaitAsync(Patience);
        await phone.Http.PostAsync(Routes.Phone.Logout);
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(15));
    }

    /// <summary>A platform that tells and asks without end does not make anybody miss what became of his account.</summary>
    [Fact]
    public async Task What_one_origin_sends_pushes_out_nothing_of_another()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var inbox = InboxOf(system, phone);
        await inbox.Post(Entry("device") with { Kind = MessageKind.NewDevice });
        await inbox.Post(Entry("approved"));
        for (var i = 0; i < 510; i++)
        {
            await inbox.Post(Entry($"opening/{i}") with { Kind = MessageKind.OpeningChanged });
        }

        var all = await inbox.GetPage(2000, null);
        Assert.Equal(["approved", "device"], all.Messages.Select(message => message.Entry.MessageId).TakeLast(2));
        Assert.Equal(202, all.Messages.Count);
        Assert.Equal("opening/509", all.Messages[0].Entry.MessageId);
        Assert.All(Enum.GetValues<MessageKind>(), kind => Assert.True(Enum.IsDefined(InboxRules.OriginOf(kind))));
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
