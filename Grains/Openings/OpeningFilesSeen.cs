using Bzt.Protocol.Evidence;

namespace Bzt.Grains.Openings;

/// <summary>
/// What an opening's files said last, in its grain's memory: a hall looks every second, and two thousand files cannot be asked each time. A file tells its
/// opening after each write; nobody waits for that and it may be lost, so each is asked again after a while, no two hundred of them in the same second.
/// </summary>
internal sealed class OpeningFilesSeen
{
    /// <summary>A word that was lost is caught up with after this, and at most <see cref="Spread"/> more.</summary>
    internal static readonly TimeSpan AskedAgainAfter = TimeSpan.FromSeconds(15);
    internal static readonly TimeSpan Spread = TimeSpan.FromSeconds(15);
    private const int Turns = 30;

    private readonly Dictionary<string, (OpeningFileSaid Said, DateTimeOffset AskAgain)> seen = new(StringComparer.Ordinal);
    private int turn;

    public static OpeningFileSaid Said(StoredOpeningFile file) => new(file.Events, file.Open is [] ? null : file.Open.Min(open => open.ExpiresAt));

    /// <summary>Null when it is to be asked: never seen, seen too long ago, or one of its sessions has ended by time since.</summary>
    public OpeningFileSaid? Of(string file, DateTimeOffset now) =>
        seen.TryGetValue(file, out var known) && now < known.AskAgain && (known.Said.OpenUntil is not { } until || now < until) ? known.Said : null;

    /// <summary>The later of this word and the one that is here: they may overtake one another.</summary>
    public OpeningFileSaid Keep(string file, OpeningFileSaid said, DateTimeOffset now)
    {
        if (seen.TryGetValue(file, out var known) && known.Said.Events.Count > said.Events.Count)
        {
            return known.Said;
        }

        turn = (turn + 1) % Turns;
        seen[file] = (said, now + AskedAgainAfter + (Spread * turn / Turns));
        return said;
    }
}
