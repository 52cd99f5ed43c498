using System.Net.WebSockets;
using System.Text;
using Bzt.Contracts;

namespace Bzt.LoadTests.Scenarios;

/// <summary>
/// A phone's connection to the hub in as little memory as it takes: SignalR's JSON protocol by hand, since eighteen thousand of its clients
/// would measure the clients.
/// </summary>
internal sealed class PhoneSocket : IDisposable
{
    private const byte End = 0x1e;
    private static readonly byte[] Handshake = [.. "{\"protocol\":\"json\",\"version\":1}"u8, End];
    private static readonly byte[] Ping = [.. "{\"type\":6}"u8, End];

    private readonly ClientWebSocket socket = new();
    private readonly byte[] buffer = new byte[512];
    private int filled;
    private TaskCompletionSource? woken;

    private PhoneSocket()
    {
        // The protocol's own ping is the one the hub looks for.
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        socket.Options.SetBuffer(256, 256);
    }

    public bool IsOpen => socket.State == WebSocketState.Open;

    /// <param name="gateway">Of the gateway itself.</param>
    /// <param name="ticket">Good once.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<PhoneSocket> ConnectAsync(Uri gateway, string ticket, CancellationToken stop)
    {
        var phone = new PhoneSocket();
        try
        {
            var address = new UriBuilder(new Uri(gateway, Routes.PhoneHub)) { Scheme = gateway.Scheme == "https" ? "wss" : "ws", Query = "access_token=" + ticket };
            await phone.socket.ConnectAsync(address.Uri, stop);
            await phone.socket.SendAsync(Handshake, WebSocketMessageType.Text, endOfMessage: true, stop);
            return phone;
        }
        catch
        {
            phone.Dispose();
            throw;
        }
    }

    /// <summary>Reads until the connection ends.</summary>
    public async Task ListenAsync(CancellationToken stop)
    {
        try
        {
            while (await ReadAsync(stop) is { } message)
            {
                if (message.Contains("\"type\":1", StringComparison.Ordinal))
                {
                    Interlocked.Exchange(ref woken, null)?.TrySetResult();
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // Cut off: IsOpen tells.
        }
    }

    public Task PingAsync(CancellationToken stop) => socket.SendAsync(Ping, WebSocketMessageType.Text, endOfMessage: true, stop);

    /// <summary>Ends with the next call that the phone gets.</summary>
    public Task NextWakeUp()
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref woken, next)?.TrySetCanceled();
        return next.Task;
    }

    public void Dispose() => socket.Dispose();

    private async Task<string?> ReadAsync(CancellationToken stop)
    {
        while (true)
        {
            if (Array.IndexOf(buffer, End, 0, filled) is var end and >= 0)
            {
                var message = Encoding.UTF8.GetString(buffer, 0, end);
                filled -= end + 1;
                buffer.AsSpan(end + 1, filled).CopyTo(buffer);
                return message;
            }

            if (filled == buffer.Length)
            {
                throw new WebSocketException("A message of the hub is longer than any it sends.");
            }

            var read = await socket.ReceiveAsync(buffer.AsMemory(filled), stop);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            filled += read.Count;
        }
    }
}
