using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Bzt.Gateway.Admission;

/// <summary>What all gateways counted together.</summary>
internal interface ISharedCounts
{
    /// <summary>Tells what this gateway has counted so far, and answers the sum of all. Telling the same again changes nothing. It is forgotten some time after the last word.</summary>
    Task<long> TellAsync(string counter, int counted, TimeSpan kept);
}

/// <remarks>
/// A hash for each counter, with a field for each gateway. A command whose answer is lost was perhaps carried out, and perhaps is so later: it names the
/// gateway's whole count, the larger one stays, and no key is ever there without its end.
/// </remarks>
internal sealed class RedisSharedCounts(IConnectionMultiplexer redis) : ISharedCounts
{
    private const string Script = """
        local own = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0)
        if tonumber(ARGV[2]) > own then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        local sum = 0
        for _, count in ipairs(redis.call('HVALS', KEYS[1])) do sum = sum + tonumber(count) end
        return sum
        """;

    internal const string Prefix = "bzt:rates:";

    private readonly RedisValue gateway = Guid.NewGuid().ToString("N");

    public async Task<long> TellAsync(string counter, int counted, TimeSpan kept) =>
        (long)await redis.GetDatabase().ScriptEvaluateAsync(Script, [Prefix + counter], [gateway, counted, (long)kept.TotalMilliseconds]);
}

/// <summary>
/// How often each caller asked in the present window, over all gateways. A request is decided on what this gateway knows and waits for nobody;
/// beside the requests, each gateway tells Redis what it counted and reads what all counted, twice a second.
/// </summary>
/// <remarks>
/// So gateways let through, together, at most what comes in within half a second more than the limit. While Redis is away each counts for itself.
/// Memory is bounded by what is asked in one window: the next begins empty.
/// </remarks>
internal sealed partial class RateCounts(TimeProvider time, ILogger<RateCounts> log, ISharedCounts? shared = null) : BackgroundService
{
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SharedEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Callers of this kind are personal data: they are told to nobody.</summary>
    public const string Address = "address/";

    /// <summary>Who uses less than this part of a limit at one gateway is not worth a word to the others.</summary>
    private const int WorthSharing = 16;

    private Counts present = new(0);

    /// <summary>Null when it may; otherwise when the next window begins.</summary>
    /// <param name="caller">With its kind: <c>user/…</c>.</param>
    /// <param name="perSecond">The limit.</param>
    public DateTimeOffset? Take(string caller, int perSecond)
    {
        var (counts, limit) = (Present(), perSecond * (int)Window.TotalSeconds);
        var count = counts.Of(caller, limit);
        if (count.Total >= limit)
        {
            return counts.End;
        }

        count.Add();
        return null;
    }

    /// <summary>Whether it has used its window up already; does not count.</summary>
    public DateTimeOffset? Spent(string caller, int perSecond)
    {
        var (counts, limit) = (Present(), perSecond * (int)Window.TotalSeconds);
        return counts.Find(caller) is { } count && count.Total >= limit ? counts.End : null;
    }

    /// <summary>One exchange with the other gateways.</summary>
    internal async Task ShareAsync(ISharedCounts all)
    {
        var counts = Present();
        await Task.WhenAll(counts.WorthSharing().Select(async caller =>
        {
            var (name, count) = caller;
            var own = count.Own;
            var total = await all.TellAsync($"{counts.Number}:{name}", own, 2 * Window);
            count.Learn((int)Math.Clamp(total - own, 0, int.MaxValue / 2));
        }));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (shared is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(SharedEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await ShareAsync(shared);
                }
                catch (Exception exception) when (exception is RedisException or TimeoutException)
                {
                    LogNotShared(exception);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private Counts Present()
    {
        var number = time.GetUtcNow().UtcTicks / Window.Ticks;
        var known = Volatile.Read(ref present);
        if (known.Number == number)
        {
            return known;
        }

        var next = new Counts(number);
        var before = Interlocked.CompareExchange(ref present, next, known);
        return before == known ? next : before;
    }

    [LoggerMessage(LogLevel.Warning, "Rates could not be shared between the gateways; each counts for itself.")]
    private partial void LogNotShared(Exception exception);

    /// <summary>Of one window.</summary>
    private sealed class Counts(long number)
    {
        private readonly ConcurrentDictionary<string, Count> callers = new(StringComparer.Ordinal);

        public long Number => number;

        public DateTimeOffset End => new((number + 1) * Window.Ticks, TimeSpan.Zero);

        public Count Of(string caller, int limit) => callers.GetOrAdd(caller, static (_, limit) => new Count(limit), limit);

        public Count? Find(string caller) => callers.GetValueOrDefault(caller);

        public IEnumerable<(string Name, Count Count)> WorthSharing() =>
            callers.Where(caller => !caller.Key.StartsWith(Address, StringComparison.Ordinal) && caller.Value.Own > 0 && caller.Value.Own >= caller.Value.Limit / RateCounts.WorthSharing).Select(caller => (caller.Key, caller.Value));
    }

    private sealed class Count(int limit)
    {
        private int own;
        private int others;

        public int Limit => limit;

        public int Own => Volatile.Read(ref own);

        public int Total => Own + Volatile.Read(ref others);

        public void Add() => Interlocked.Increment(ref own);

        public void Learn(int ofOthers) => Volatile.Write(ref others, ofOthers);
    }
}
