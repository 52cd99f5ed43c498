using Microsoft.AspNetCore.SignalR.Client;

namespace Bzt.Contracts.Phone;

// The hub only wakes the phone up; truth is fetched.
public sealed partial class PhoneClient
{
    /// <summary>
    /// Keeps a connection to the hub until it is disposed, and tells <paramref name="wake"/> what to fetch. After every connection it tells all
    /// kinds once: whatever happened while the phone was away is in what it then fetches.
    /// </summary>
    public Task<IPhoneListener> ListenAsync(Func<PhoneWakeUp, Task> wake, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(wake);
        return PhoneListener.StartAsync(new Uri(http.BaseAddress, Routes.PhoneHub), TicketAsync, wake, time, cancellation);
    }

    private async Task<string?> TicketAsync() => (await http.PostAsync(Routes.Phone.HubTicket, BztJson.Default.HubTicket)).Ticket;
}

/// <summary>A connection to the hub, until it is disposed.</summary>
public interface IPhoneListener : IAsyncDisposable
{
    /// <summary>Under way as long as wake-ups can come, through every reconnection; fails with what ended them, as when the login is no longer good.</summary>
    Task Ended { get; }
}

internal sealed class PhoneListener : IPhoneListener
{
    private readonly CancellationTokenSource stopped = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HubConnection connection;
    private readonly Func<PhoneWakeUp, Task> wake;
    private readonly TimeProvider time;

    private PhoneListener(Uri hub, Func<Task<string?>> ticket, Func<PhoneWakeUp, Task> wake, TimeProvider time)
    {
        (this.wake, this.time) = (wake, time);
        connection = new HubConnectionBuilder()
            .WithUrl(hub, options =>
            {
                // A ticket is good once: straight to the WebSocket, without a negotiation that would use it up.
                options.AccessTokenProvider = ticket;
                options.SkipNegotiation = true;
                options.Transports = Microsoft.AspNetCore.Http.Connections.HttpTransportType.WebSockets;
            })
            .Build();
        connection.On<string>("WakeUp", kind => Enum.TryParse<PhoneWakeUp>(kind.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var parsed)
            ? wake(parsed)
            : Task.CompletedTask);
        connection.Closed += _ => stopped.IsCancellationRequested ? Task.CompletedTask : ReconnectAsync();
    }

    public Task Ended => ended.Task;

    public static async Task<IPhoneListener> StartAsync(
        Uri hub, Func<Task<string?>> ticket, Func<PhoneWakeUp, Task> wake, TimeProvider time, CancellationToken cancellation)
    {
        var listener = new PhoneListener(hub, ticket, wake, time);
        try
        {
            await listener.ConnectAsync(cancellation);
            return listener;
        }
        catch
        {
            await listener.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopped.CancelAsync();
        await connection.DisposeAsync();
        stopped.Dispose();
    }

    /// <summary>Whoever raised the event keeps no exception: it is told to those who await <see cref="Ended"/>.</summary>
    private async Task ReconnectAsync()
    {
        var again = stopped.Token;
        try
        {
            await ConnectAsync(again);
        }
        catch (Exception exception)
        {
            if (!again.IsCancellationRequested)
            {
                ended.TrySetException(exception);
            }
        }
    }

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await connection.StartAsync(cancellation);
                break;
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested && exception is not ApiRefusedException { Code: ErrorCodes.Unauthenticated })
            {
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(30, 1 << Math.Min(attempt, 5))), time, cancellation);
            }
        }

        foreach (var kind in Enum.GetValues<PhoneWakeUp>())
        {
            await wake(kind);
        }
    }
}
