using Bzt.Contracts.Phone;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Microsoft.AspNetCore.SignalR;

namespace Bzt.Gateway.Inbox;

/// <summary>Wakes phones up: <c>WakeUp(kind)</c>, nothing else in either direction. What there is, the phone then fetches.</summary>
internal sealed class PhoneHub(PhoneSubscriptions subscriptions, Draining draining) : Hub
{
    public const string WakeUp = nameof(WakeUp);

    public static string GroupOf(UserId user) => user.ToString();

    public override async Task OnConnectedAsync()
    {
        draining.Connected(Context);
        Telemetry.PhoneConnected();
        await Groups.AddToGroupAsync(Context.ConnectionId, GroupOf(User()));
        await subscriptions.AddAsync(User());

        // What came before now woke nobody here: the phone fetches once more.
        await Clients.Caller.SendAsync(WakeUp, PhoneWakeUp.Inbox);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        draining.Disconnected(Context);
        Telemetry.PhoneDisconnected();
        subscriptions.Remove(User());
        return Task.CompletedTask;
    }

    // PhonePipeline let the connection through and left one of the two.
    private UserId User()
    {
        var features = Context.GetHttpContext()?.Features;
        return features?.Get<HubUser>()?.UserId ?? features?.Get<Caller>()?.UserId ?? throw new InvalidOperationException("A connection without a user.");
    }
}
