using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Bzt.Gateway.Admission;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace Bzt.Tests.Gateway;

/// <summary>What gateways count together, in a real Redis, over a line that loses answers.</summary>
public sealed class SharedCountsTests
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task What_a_lost_answer_hid_is_counted_once_and_nothing_is_kept_for_ever()
    {
        using var folder = new TempFolder();
        using var redis = await RedisServer.StartAsync(folder);
        using var line = new LossyLine(redis.Socket);
        await using var direct = await redis.ConnectAsync(redis.Socket);
        await using var over = await redis.ConnectAsync(line.Address);
        RedisSharedCounts a = new(over), b = new(direct);
        var database = direct.GetDatabase();
        Task<TimeSpan?> EndAsync(string counter) => database.KeyTimeToLiveAsync(RedisSharedCounts.Prefix + counter);

        Assert.Equal(40, await a.TellAsync("1:x", 40, Kept));
        Assert.Equal(70, await b.TellAsync("1:x", 30, Kept));
        Assert.Equal(70, await b.TellAsync("1:x", 30, Kept));

        // Redis does what it is told, and nobody hears of it: told again, it is the same; a key that came to be so has its end already.
        line.LosesAnswers = true;
        await Assert.ThrowsAsync<RedisTimeoutException>(() => a.TellAsync("1:x", 60, Kept));
        await Assert.ThrowsAnyAsync<Exception>(() => a.TellAsync("1:y", 5, Kept));
        Assert.Equal(90, await b.TellAsync("1:x", 30, Kept));
        line.LosesAnswers = false;
        line.Cut();
        Assert.Equal(90, await TellAgainAsync("1:x", 60));
        Assert.Equal(5, await TellAgainAsync("1:y", 5));
        Assert.InRange((await EndAsync("1:x"))!.Value, TimeSpan.FromSeconds(1), Kept);
        Assert.InRange((await EndAsync("1:y"))!.Value, TimeSpan.FromSeconds(1), Kept);

        // An older word that comes late takes nothing back. And all of it is forgotten.
        Assert.Equal(90, await a.TellAsync("1:x", 40, Kept));
        await b.TellAsync("1:z", 1, TimeSpan.FromMilliseconds(1));
        await Wait.UntilAsync(() => database.KeyExistsAsync(RedisSharedCounts.Prefix + "1:z"), exists => !exists);

        // The gateways' own counts over it: a hundred in a window, however many answers were lost between.
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(57));
        RateCounts first = new(clock, NullLogger<RateCounts>.Instance), second = new(clock, NullLogger<RateCounts>.Instance);
        int LetThrough(RateCounts gateway, int tries) => Enumerable.Range(0, tries).Count(_ => gateway.Take("platform/p", 10) is null);
        Assert.Equal(50, LetThrough(first, 50));
        line.LosesAnswers = true;
        await Assert.ThrowsAsync<RedisTimeoutException>(() => first.ShareAsync(a));
        line.LosesAnswers = false;
        line.Cut();
        await Wait.UntilAsync(() => TryAsync(() => first.ShareAsync(a)), done => done);
        Assert.Equal(10, LetThrough(second, 10));
        await second.ShareAsync(b);
        await first.ShareAsync(a);
        Assert.Equal(40, LetThrough(second, 100));
        Assert.Equal(40, LetThrough(first, 100));

        async Task<long> TellAgainAsync(string counter, int counted)
        {
            long sum = -1;
            await Wait.UntilAsync(() => TryAsync(async () => sum = await a.TellAsync(counter, counted, Kept)), done => done);
            return sum;
        }
    }

    /// <summary>While the line is being taken up again.</summary>
    private static async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>A Redis of the test's own, at a socket in its folder.</summary>
    private sealed class RedisServer : IDisposable
    {
        private readonly Process process;

        private RedisServer(Process process, EndPoint socket) => (this.process, Socket) = (process, socket);

        public EndPoint Socket { get; }

        public static async Task<RedisServer> StartAsync(TempFolder folder)
        {
            var path = folder.File("redis.sock");
            var start = new ProcessStartInfo("redis-server", ["--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no", "--dir", Path.GetDirectoryName(path)!]) { RedirectStandardOutput = true };
            var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            await Wait.UntilAsync(() => Task.FromResult(File.Exists(path) && !process.HasExited), there => there);
            return new RedisServer(process, new UnixDomainSocketEndPoint(path));
        }

        public async Task<ConnectionMultiplexer> ConnectAsync(EndPoint at) => await ConnectionMultiplexer.ConnectAsync(
            new ConfigurationOptions { EndPoints = { at }, AbortOnConnectFail = false, AsyncTimeout = 1000, ConnectTimeout = 10_000, ReconnectRetryPolicy = new LinearRetry(100) });

        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    /// <summary>Between a gateway and Redis: carries requests, and answers unless it loses them.</summary>
    private sealed class LossyLine : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly EndPoint far;
        private readonly List<Socket> open = [];
        private readonly Lock gate = new();
        private volatile bool losesAnswers;

        public LossyLine(EndPoint far)
        {
            this.far = far;
            listener.Start();
            _ = AcceptAsync();
        }

        public EndPoint Address => listener.LocalEndpoint;

        public bool LosesAnswers { get => losesAnswers; set => losesAnswers = value; }

        /// <summary>What is connected is not any more; the next connection is.</summary>
        public void Cut()
        {
            lock (gate)
            {
                open.ForEach(socket => socket.Dispose());
                open.Clear();
            }
        }

        public void Dispose()
        {
            listener.Dispose();
            Cut();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    var near = await listener.AcceptSocketAsync();
                    var redis = new Socket(far.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
                    await redis.ConnectAsync(far);
                    lock (gate)
                    {
                        open.AddRange([near, redis]);
                    }

                    _ = CarryAsync(near, redis, () => false);
                    _ = CarryAsync(redis, near, () => LosesAnswers);
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private static async Task CarryAsync(Socket from, Socket to, Func<bool> loses)
        {
            try
            {
                var buffer = new byte[16 * 1024];
                for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
                {
                    if (!loses())
                    {
                        await to.SendAsync(buffer.AsMemory(0, read));
                    }
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Cut.
            }

            from.Dispose();
            to.Dispose();
        }
    }
}
