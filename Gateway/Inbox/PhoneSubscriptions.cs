using System.Collections.Concurrent;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Microsoft.AspNetCore.SignalR;
using Orleans.Runtime;

namespace Bzt.Gateway.Inbox;

/// <summary>Keeps this gateway known to the inboxes of the users whose phones are connected here, and passes their calls on to the sockets.</summary>
/// <remarks>Nothing is unsubscribed: a lease nobody renews ends by itself, and a call for a phone that has left goes nowhere.</remarks>
internal sealed partial class PhoneSubscriptions(IClusterClient cluster, IHubContext<PhoneHub> hub, TimeProvider time, ILogger<PhoneSubscriptions> log) : BackgroundService, IPhoneObserver
{
    private const int RenewedAtOnce = 32;
    private static readonly TimeSpan RenewEvery = IInboxGrain.SubscriptionLease / 2;

    private readonly ConcurrentDictionary<UserId, int> connections = new();
    private IPhoneObserver? reference;

    public async Task AddAsync(UserId user)
    {
        connections.AddOrUpdate(user, 1, (_, count) => count + 1);
        await cluster.Inbox(user).Subscribe(Reference());
    }

    public void Remove(UserId user)
    {
        if (connections.AddOrUpdate(user, 0, (_, count) => count - 1) <= 0)
        {
            connections.TryRemove(new(user, 0));
        }
    }

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
            await cluster.Inbox(user).Subscribe(Reference());
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            // Tried again in half a lease; meanwhile the phone finds its messages when it next fetches.
            LogNotRenewed(exception, user);
        }
    }

    // The reference is weak towards us; the container keeps us alive.
    private IPhoneObserver Reference() => LazyInitializer.EnsureInitialized(ref reference, () => cluster.CreateObjectReference<IPhoneObserver>(this));

    [LoggerMessage(LogLevel.Warning, "The inbox of {User} could not be subscribed to; it is tried again.")]
    private partial void LogNotRenewed(Exception exception, UserId user);
}
