using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Bzt.Gateway.Phones;

/// <summary>Remembers what must not be used twice: proofs, tickets; and logins that were ended.</summary>
internal interface IReplayWindow
{
    /// <summary>Everything used since then is remembered. Later than the start of the system after memory was lost.</summary>
    ValueTask<DateTimeOffset> KnownSinceAsync();

    /// <summary>False when <paramref name="id"/> was used before. It is remembered until <paramref name="until"/>.</summary>
    ValueTask<bool> TryUseAsync(string id, DateTimeOffset until);

    /// <summary>Whether <paramref name="id"/> was used and is still remembered.</summary>
    ValueTask<bool> IsUsedAsync(string id);
}

/// <summary>For a single gateway.</summary>
internal sealed class MemoryReplayWindow(TimeProvider time) : IReplayWindow
{
    private const int SweepEvery = 1024;

    private readonly ConcurrentDictionary<string, DateTimeOffset> used = new(StringComparer.Ordinal);
    private readonly DateTimeOffset since = time.GetUtcNow();
    private int uses;

    public ValueTask<DateTimeOffset> KnownSinceAsync() => ValueTask.FromResult(since);

    public ValueTask<bool> TryUseAsync(string id, DateTimeOffset until)
    {
        if (Interlocked.Increment(ref uses) % SweepEvery == 0)
        {
            var now = time.GetUtcNow();
            foreach (var entry in used)
            {
                if (entry.Value < now)
                {
                    used.TryRemove(entry);
                }
            }
        }

        return ValueTask.FromResult(used.TryAdd(id, until));
    }

    public ValueTask<bool> IsUsedAsync(string id) => ValueTask.FromResult(used.ContainsKey(id));
}

/// <summary>For a cluster of gateways. When Redis does not answer, nothing is accepted: the exception becomes 503.</summary>
internal sealed class RedisReplayWindow(IConnectionMultiplexer redis, TimeProvider time) : IReplayWindow
{
    private const string SinceKey = "bzt:replay:since";

    /// <summary>The marker vanishes together with the memory it stands for; whoever finds it missing begins a new one.</summary>
    public async ValueTask<DateTimeOffset> KnownSinceAsync()
    {
        var database = redis.GetDatabase();
        var now = time.GetUtcNow().UtcTicks.ToString(CultureInfo.InvariantCulture);
        var since = await database.StringGetAsync(SinceKey);
        if (since.IsNull)
        {
            since = await database.StringSetAsync(SinceKey, now, when: When.NotExists) ? now : await database.StringGetAsync(SinceKey);
        }

        return new DateTimeOffset(long.Parse(since.ToString(), CultureInfo.InvariantCulture), TimeSpan.Zero);
    }

    public async ValueTask<bool> TryUseAsync(string id, DateTimeOffset until)
    {
        var remaining = until - time.GetUtcNow();
        return await redis.GetDatabase().StringSetAsync(Key(id), 1, remaining > TimeSpan.Zero ? remaining : TimeSpan.FromSeconds(1), When.NotExists);
    }

    public async ValueTask<bool> IsUsedAsync(string id) => await redis.GetDatabase().KeyExistsAsync(Key(id));

    private static string Key(string id) => "bzt:replay:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
