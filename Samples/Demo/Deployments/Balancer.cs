using System.Net;
using System.Net.Sockets;

namespace Bzt.Samples.Demo;

/// <summary>Hands TCP connections to the gateways in turn; one that does not answer is passed over.</summary>
internal sealed class Balancer(int port, IReadOnlyList<int> targets) : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, port);
    private readonly CancellationTokenSource stop = new();
    private int turn;

    public void Start()
    {
        listener.Start();
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await listener.AcceptTcpClientAsync(stop.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using (client)
        {
            using var server = await ConnectAsync();
            if (server is null)
            {
                return;
            }

            try
            {
                await using var near = client.GetStream();
                await using var far = server.GetStream();
                await Task.WhenAny(near.CopyToAsync(far, stop.Token), far.CopyToAsync(near, stop.Token));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is gone; so is the connection.
            }
        }
    }

    private async Task<TcpClient?> ConnectAsync()
    {
        for (var attempt = 0; attempt < targets.Count; attempt++)
        {
            var target = targets[(int)((uint)Interlocked.Increment(ref turn) % (uint)targets.Count)];
            var server = new TcpClient();
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, target, stop.Token);
                return server;
            }
            catch (SocketException)
            {
                server.Dispose();
            }
        }

        return null;
    }
}
