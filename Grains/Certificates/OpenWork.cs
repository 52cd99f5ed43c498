using Bzt.Grains.Sessions;
using Bzt.Protocol.Rounds;

namespace Bzt.Grains.Certificates;

/// <summary>What the sessions with open rounds are about; volatile like the rounds themselves.</summary>
internal sealed class OpenWork
{
    // More than there can be rounds, so that a round never outlives its work.
    private const int Capacity = 2 * OpenRounds.Capacity;

    private readonly List<(SessionId Session, SessionWork? Work)> entries = [];

    public void Keep(SessionId session, SessionWork work) => Put(session, work);

    /// <summary>Another certificate works for it from here on, until this one gets its work anew.</summary>
    public void Relinquish(SessionId session) => Put(session, null);

    public bool IsRelinquished(SessionId session) => entries.Any(entry => entry.Session == session && entry.Work is null);

    public IReadOnlyList<SessionId> Sessions => [.. entries.Where(entry => entry.Work is not null).Select(entry => entry.Session)];

    private void Put(SessionId session, SessionWork? work)
    {
        entries.RemoveAll(entry => entry.Session == session);
        if (entries.Count == Capacity)
        {
            // What was let go of goes first: it is no work.
            entries.RemoveAt(Math.Max(0, entries.FindIndex(entry => entry.Work is null)));
        }

        entries.Add((session, work));
    }

    public SessionWork? Find(SessionId session)
    {
        foreach (var entry in entries)
        {
            if (entry.Session == session)
            {
                return entry.Work;
            }
        }

        return null;
    }
}

/// <summary>Tries left, as the user is told them.</summary>
internal static class PinTries
{
    private static readonly int[] Locks = [5, 8, PinCounter.FailuresForGood];

    public static int BeforeNextLock(int failures) => Locks.Select(limit => limit - failures).FirstOrDefault(left => left > 0);
}
