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
        var user = User();
        await Groups.AddToGroupAsync(Context.ConnectionId, GroupOf(user.UserId));
        await subscriptions.AddAsync(user, Context);

        // What came before now woke nobody here: the phone fetches once more.
        await Clients.Caller.SendAsync(WakeUp, PhoneWakeUp.Inbox);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        draining.Disconnected(Context);
        Telemetry.PhoneDisconnected();
        subscriptions.Remove(User().UserId, Context.ConnectionId);
        return Task.CompletedTask;
    }

    // PhonePipeline let the connection through and left one of the two.
    private HubUser User() => HubUser.Of(Context.GetHttpContext()) ?? throw new InvalidOperationException("A connection without a user.");
}
