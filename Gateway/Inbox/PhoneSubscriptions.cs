using System.Collections.Concurrent;
using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Microsoft.AspNetCore.SignalR;
using Orleans.Runtime;

namespace Bzt.Gateway.Inbox;

/// <summary>Keeps this gateway known to the inboxes of the users whose phones are connected here, and passes their calls on to the sockets.</summary>
/// <remarks>
/// Nothing is unsubscribed: a lease nobody renews ends by itself, and a call for a phone that has left goes nowhere. A connection does not outlive its
/// login: before each renewal the account says which of its devices are still logged in, and the others' connections end.
/// </remarks>
internal sealed partial class PhoneSubscriptions(IClusterClient cluster, IHubContext<PhoneHub> hub, TimeProvider time, ILogger<PhoneSubscriptions> log) : BackgroundService, IPhoneObserver
{
    private const int RenewedAtOnce = 32;
    private static readonly TimeSpan RenewEvery = IInboxGrain.SubscriptionLease / 2;

    private readonly ConcurrentDictionary<UserId, ImmutableDictionary<string, Connection>> connections = new();
    private IPhoneObserver? reference;

    public async Task AddAsync(HubUser user, HubCallerContext context)
    {
        var connection = new Connection(user.DeviceId, context);
        connections.AddOrUpdate(
            user.UserId, _ => ImmutableDictionary<string, Connection>.Empty.Add(context.ConnectionId, connection), (_, known) => known.SetItem(context.ConnectionId, connection));
        await cluster.Inbox(user.UserId).Subscribe(Reference());
    }

    public void Remove(UserId user, string connection)
    {
        while (connections.TryGetValue(user, out var known))
        {
            var left = known.Remove(connection);
            if (left.IsEmpty ? connections.TryRemove(new(user, known)) : connections.TryUpdate(user, left, known))
            {
                return;
            }
        }
    }

    /// <summary>The device's login has ended: so do its connections here, at once. Those at other gateways end before their next renewal.</summary>
    public void End(UserId user, DeviceId device) => End(user, connection => connection.Device == device);

    public async Task WakeUp(UserId user, WakeUpKind kind)
    {
        using var part = Telemetry.Part("phone wake-up");
        await hub.Clients.Group(PhoneHub.GroupOf(user)).SendAsync(PhoneHub.WakeUp, NameOf(kind));
        if (RequestContext.Get(IPhoneObserver.SentAt) is long sent)
        {
            Telemetry.Pushed(new TimeSpan(Math.Max(0, time.GetUtcNow().UtcTicks - sent)));
        }
    }

    private static PhoneWakeUp NameOf(WakeUpKind kind) => kind switch
    {
        WakeUpKind.Inbox => PhoneWakeUp.Inbox,
        WakeUpKind.Session => PhoneWakeUp.Session,
        WakeUpKind.Application => PhoneWakeUp.Application,
        WakeUpKind.Certificate => PhoneWakeUp.Certificate,
        _ => throw new InvalidOperationException($"A call of kind {kind}."),
    };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RenewEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Parallel.ForEachAsync(connections.Keys, new ParallelOptions { MaxDegreeOfParallelism = RenewedAtOnce, CancellationToken = stoppingToken }, RenewAsync);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops; its leases end.
        }
    }

    private async ValueTask RenewAsync(UserId user, CancellationToken cancellation)
    {
        try
        {
            // A ticket of the release before names no device: its connection stays while any is logged in.
            var devices = (await cluster.User(user).GetDevices(default)).Where(device => device.LoggedIn).Select(device => device.Device).ToHashSet();
            End(user, connection => connection.Device is { } device ? !devices.Contains(device) : devices.Count == 0);
            if (connections.ContainsKey(user))
            {
                await cluster.Inbox(user).Subscribe(Reference());
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // Whatever it is, of one user: the others' leases go on.
            // Tried again in half a lease; meanwhile the phone finds its messages when it next fetches.
            LogNotRenewed(exception, user);
        }
    }

    private void End(UserId user, Func<Connection, bool> which)
    {
        foreach (var connection in connections.GetValueOrDefault(user)?.Values.Where(which) ?? [])
        {
            connection.Context.Abort();
            Remove(user, connection.Context.ConnectionId);
        }
    }

    // The reference is weak towards us; the container keeps us alive.
    private IPhoneObserver Reference() => LazyInitializer.EnsureInitialized(ref reference, () => cluster.CreateObjectReference<IPhoneObserver>(this));

    [LoggerMessage(LogLevel.Warning, "The inbox of {User} could not be subscribed to; it is tried again.")]
    private partial void LogNotRenewed(Exception exception, UserId user);

    private sealed record Connection(DeviceId? Device, HubCallerContext Context);
}
