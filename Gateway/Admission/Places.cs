using System.Collections.Concurrent;

namespace Bzt.Gateway.Admission;

/// <summary>Who has how many requests under way in this gateway. There is no queue: who finds no place is told so.</summary>
internal sealed class Places
{
    private readonly ConcurrentDictionary<string, int> taken = new(StringComparer.Ordinal);

    /// <summary>Null when it has all it may have. Dispose when the request ends.</summary>
    public IDisposable? TryTake(string caller, int most)
    {
        if (taken.AddOrUpdate(caller, 1, static (_, count) => count + 1) > most)
        {
            Leave(caller);
            return null;
        }

        return new Place(this, caller);
    }

    internal int Callers => taken.Count;

    private void Leave(string caller)
    {
        if (taken.AddOrUpdate(caller, 0, static (_, count) => count - 1) <= 0)
        {
            taken.TryRemove(new(caller, 0));
        }
    }

    private sealed class Place(Places places, string caller) : IDisposable
    {
        private bool left;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref left, true))
            {
                places.Leave(caller);
            }
        }
    }
}
