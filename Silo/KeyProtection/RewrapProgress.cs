using Bzt.Silo.Storage;

namespace Bzt.Silo.KeyProtection;

/// <summary>How far the move to a key is; times in milliseconds since 1970.</summary>
internal sealed record RewrapProgress(uint Key, string Runner, long Seen, long Done, long Total, long Moved, long Fixed, long Started, long? Finished)
{
    /// <summary>A runner that was not seen for so long has stopped.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Takes the move to a key, unless it is finished or somebody else is at it.</summary>
    public static async Task<RewrapProgress?> ClaimAsync(SqlStore store, uint key, string runner, long now)
    {
        var known = (await ReadAsync(store)).SingleOrDefault(progress => progress.Key == key);
        if (known is { Finished: not null } || (known is not null && known.Runner != runner && now - known.Seen < (long)Patience.TotalMilliseconds))
        {
            return null;
        }

        var mine = (known ?? new RewrapProgress(key, runner, now, 0, 0, 0, 0, now, null)) with { Runner = runner, Seen = now };
        var claimed = await store.WriteAsync(connection => known is null
            ? connection.ExecuteAsync(
                "INSERT INTO protection_rewrap (key_id, runner, seen, done, total, moved, fixed, started) VALUES (@key, @runner, @seen, 0, 0, 0, 0, @seen) ON CONFLICT (key_id) DO NOTHING",
                ("key", (long)key), ("runner", runner), ("seen", now))
            : connection.ExecuteAsync(
                "UPDATE protection_rewrap SET runner = @runner, seen = @seen WHERE key_id = @key AND runner = @known AND seen = @then AND finished IS NULL",
                ("key", (long)key), ("runner", runner), ("seen", now), ("known", known.Runner), ("then", known.Seen)));
        return claimed == 1 ? mine : null;
    }

    public static Task SaveAsync(SqlStore store, RewrapProgress progress) => store.WriteAsync(connection => connection.ExecuteAsync(
        "UPDATE protection_rewrap SET seen = @seen, done = @done, total = @total, moved = @moved, fixed = @fixed, finished = @finished WHERE key_id = @key AND runner = @runner",
        ("seen", progress.Seen), ("done", progress.Done), ("total", progress.Total), ("moved", progress.Moved), ("fixed", progress.Fixed),
        ("finished", progress.Finished), ("key", (long)progress.Key), ("runner", progress.Runner)));

    /// <summary>Has the silos go over everything once more. False when there was no move yet.</summary>
    public static async Task<bool> AgainAsync(SqlStore store) => await store.WriteAsync(connection => connection.ExecuteAsync(
        "UPDATE protection_rewrap SET finished = NULL, seen = 0 WHERE key_id = (SELECT max(key_id) FROM protection_rewrap)")) == 1;

    public static Task<List<RewrapProgress>> ReadAsync(SqlStore store) => store.QueryAsync(
        "SELECT key_id, runner, seen, done, total, moved, fixed, started, finished FROM protection_rewrap ORDER BY key_id",
        row => new RewrapProgress(
            checked((uint)row.GetInt64(0)), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7),
            row.IsDBNull(8) ? null : row.GetInt64(8)));

    public string Describe() => Finished is { } at
        ? $"move to key {Key}\tfinished {DateTimeOffset.FromUnixTimeMilliseconds(at):u}\t{Moved} moved{Remaining}"
        : $"move to key {Key}\t{Done} of {Total} looked at\t{Moved} moved{Remaining}";

    private string Remaining => Fixed == 0 ? "" : $", {Fixed} stay under their key until they are written anew";
}
