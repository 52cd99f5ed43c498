using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bzt.Tests.Peers;

/// <summary>
/// `openssl cmp` as a server. It is a mock: it answers every request with one and the same certificate, checks protection, proof of
/// possession and the confirmation's hash, and can be told to make its client wait or to refuse.
/// </summary>
internal sealed class OpenSslCmp : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder said = new();

    private OpenSslCmp(Process process, int port) => (this.process, Address) = (process, new Uri($"http://127.0.0.1:{port}/pkix/"));

    public Uri Address { get; }

    public static async Task<OpenSslCmp> StartAsync(params string[] arguments)
    {
        // The port is taken only when the server is up: another process may be given it in between.
        for (var attempt = 0; ; attempt++)
        {
            var port = FreePort();
            var start = new ProcessStartInfo("openssl", ["cmp", "-config", "", "-port", $"{port}", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
            var server = new OpenSslCmp(Process.Start(start) ?? throw new InvalidOperationException("openssl did not start"), port);
            server.process.OutputDataReceived += server.Hear;
            server.process.ErrorDataReceived += server.Hear;
            server.process.BeginOutputReadLine();
            server.process.BeginErrorReadLine();
            if (await server.IsUpAsync())
            {
                return server;
            }

            var heard = server.ToString();
            server.Dispose();
            Assert.True(attempt < 3, heard);
        }
    }

    public override string ToString()
    {
        lock (said)
        {
            return said.ToString();
        }
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (said)
        {
            said.AppendLine(line.Data);
        }
    }

    private async Task<bool> IsUpAsync()
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!process.HasExited)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Address.Port, patience.Token);
                return true;
            }
            catch (SocketException)
            {
                await pace.WaitForNextTickAsync(patience.Token);
            }
        }

        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
