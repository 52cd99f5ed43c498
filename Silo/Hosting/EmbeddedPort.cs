using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Bzt.Silo.Hosting;

/// <summary>
/// A port for the one silo of an embedded process, which Orleans will have even when nobody else is to reach it. Taken below
/// the range the system gives to outgoing connections, so nothing slips in between the choice and the silo's own binding.
/// </summary>
internal static class EmbeddedPort
{
    private const int Lowest = 12000;
    private const int Highest = 31999;
    private static readonly ConcurrentDictionary<int, bool> Taken = new();

    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(Lowest, Highest + 1);
            if (Taken.TryAdd(port, true) && IsFree(port))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
