using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;

namespace Bzt.Tests.Cluster;

/// <summary>
/// Phones that sign one request after the other, each followed to its end. What is repeated is what an app and a platform repeat; whatever
/// else goes wrong ends the run with it.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SignLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource enough = new();
    private readonly PlatformClient platform;
    private readonly ConcurrentDictionary<ClusterPhone, ConcurrentQueue<Guid>> ended = new();
    private readonly Task[] workers;
    private int flows;
    private long longest;

    public SignLoad(PlatformClient platform, IEnumerable<ClusterPhone> phones)
    {
        this.platform = platform;
        workers = [.. phones.Select(phone => Task.Run(() => WorkAsync(phone)))];
    }

    /// <summary>Flows that ended with a verified signature.</summary>
    public int Flows => Volatile.Read(ref flows);

    /// <summary>Of all flows that ended, from the platform's request to the verified signature.</summary>
    public TimeSpan Longest => TimeSpan.FromTicks(Interlocked.Read(ref longest));

    /// <summary>The sessions of a phone, in their order.</summary>
    public IReadOnlyCollection<Guid> SessionsOf(ClusterPhone phone) => ended[phone];

    /// <summary>Waits for some more flows, all of them begun after this call; throws what broke one.</summary>
    public async Task GoOnAsync(int more)
    {
        // Those under way may have begun before.
        var target = Flows + workers.Length + more;
        await Applications.Wait.UntilAsync(async () =>
        {
            foreach (var broken in workers.Where(worker => worker.IsFaulted))
            {
                await broken;
            }

            return Flows;
        }, now => now >= target);
    }

    /// <summary>Lets what is under way end.</summary>
    public async Task EndAsync()
    {
        await enough.CancelAsync();
        await Task.WhenAll(workers);
    }

    public async ValueTask DisposeAsync()
    {
        await enough.CancelAsync();
        await ((Task)Task.WhenAll(workers)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        enough.Dispose();
    }

    private async Task WorkAsync(ClusterPhone phone)
    {
        var mine = ended.GetOrAdd(phone, _ => new());
        while (!enough.IsCancellationRequested)
        {
            var begun = Stopwatch.GetTimestamp();
            var (request, key) = (phone.Bind(), Guid.NewGuid().ToString("N"));
            var session = await Absence.OutlastedAsync(() => platform.OpenAsync(request, key));
            var waiting = platform.WaitAsync(session.SessionId);
            await Applications.Wait.UntilAsync(() => phone.TrySignAsync(session), signed => signed);
            var status = await Absence.OutlastedAsync(() => waiting.IsFaulted ? platform.WaitAsync(session.SessionId) : waiting);
            Assert.Equal(SessionEnd.Ok, status.End);
            phone.Verify(status.Result);
            mine.Enqueue(session.SessionId);
            Longer(Stopwatch.GetElapsedTime(begun).Ticks);
            Interlocked.Increment(ref flows);
        }
    }

    private void Longer(long ticks)
    {
        for (var known = Interlocked.Read(ref longest); known < ticks; known = Interlocked.Read(ref longest))
        {
            Interlocked.CompareExchange(ref longest, ticks, known);
        }
    }
}
