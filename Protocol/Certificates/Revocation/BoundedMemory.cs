namespace Bzt.Protocol.Certificates.Revocation;

/// <summary>Remembers answers until they end, so many and no more: the ones that end soonest make room. One maker an answer at a time.</summary>
internal sealed class BoundedMemory<T>(int most, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (T Answer, DateTimeOffset Until)> kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task<T>> underWay = new(StringComparer.Ordinal);

    public Task<T> GetAsync(string key, Func<Task<(T Answer, DateTimeOffset Until)>> make)
    {
        lock (gate)
        {
            if (kept.TryGetValue(key, out var known) && known.Until > time.GetUtcNow())
            {
                return Task.FromResult(known.Answer);
            }

            if (!underWay.TryGetValue(key, out var made))
            {
                made = MakeAsync(key, make);
                underWay.Add(key, made);
            }

            return made;
        }
    }

    private async Task<T> MakeAsync(string key, Func<Task<(T Answer, DateTimeOffset Until)>> make)
    {
        // The making is not done under the lock.
        await Task.Yield();
        try
        {
            var (answer, until) = await make();
            lock (gate)
            {
                MakeRoom();
                kept[key] = (answer, until);
            }

            return answer;
        }
        finally
        {
            lock (gate)
            {
                underWay.Remove(key);
            }
        }
    }

    private void MakeRoom()
    {
        if (kept.Count < most)
        {
            return;
        }

        // A tenth at once, so that a full memory does not sort itself at every answer.
        foreach (var key in kept.OrderBy(entry => entry.Value.Until).Take((most / 10) + 1).Select(entry => entry.Key).ToList())
        {
            kept.Remove(key);
        }
    }
}
