using System.Data.Common;
using System.Security.Cryptography;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;

namespace Bzt.Silo.KeyProtection;

/// <summary>The ring at rest: in the store itself, each key wrapped by the root key, so that a rotation reaches every process and a backup has it.</summary>
/// <remarks>
/// A key may lie there wrapped by two root keys while processes move from one to the other. Keys are never deleted: whatever was sealed
/// under one must open for ever, wherever a copy turns up.
/// </remarks>
public sealed class KeyRingStore(SqlStore store)
{
    private const int KeyLength = 32;

    /// <summary>All rows, by id; of one root key or of all.</summary>
    /// <remarks>Not asynchronous, as its callers are not: it is read every few seconds, and when a blob names a key that is not known yet.</remarks>
    public IReadOnlyList<WrappedKey> Read(string? root = null)
    {
        using var connection = store.DataSource.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, root, wrapped, created FROM protection_key ORDER BY id, root";
        using var reader = command.ExecuteReader();
        var rows = new List<WrappedKey>();
        while (reader.Read())
        {
            var row = new WrappedKey(
                checked((uint)reader.GetInt64(0)), reader.GetString(1), Convert.FromBase64String(reader.GetString(2)), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)));
            if (root is null || row.Root == root)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    /// <summary>The first process of a store makes the ring; of several at once one wins, and all read its keys.</summary>
    public async Task EnsureAsync(IRootKey root, CancellationToken cancellation = default)
    {
        if (Read(root.Name).Count > 0)
        {
            return;
        }

        RequireWrapped(root, Read());

        var old = await store.QueryAsync("SELECT 1 FROM OrleansStorage LIMIT 1", row => row.GetInt32(0), cancellation);
        List<WrappedKey> rows = [];
        if (root is FileRootKey file)
        {
            rows.Add(Wrap(root, KeyRing.LookupId, file.Lookup(), DateTimeOffset.UnixEpoch));
            rows.AddRange(old.Count > 0
                ? [Wrap(root, KeyRing.FirstId, file.First(), DateTimeOffset.UnixEpoch), .. file.FromRingFile()]
                : [New(root, KeyRing.FirstId + 1, DateTimeOffset.UnixEpoch)]);
        }
        else if (old.Count > 0)
        {
            throw new InvalidOperationException("The store is in use and has no key ring: start this release once with its root key's file, then hand the keys over with `keys move`.");
        }
        else
        {
            rows.AddRange([New(root, KeyRing.LookupId, DateTimeOffset.UnixEpoch), New(root, KeyRing.FirstId + 1, DateTimeOffset.UnixEpoch)]);
        }

        await AddAsync(rows, cancellation);
    }

    /// <summary>Adds a key, wrapped by the only root key there is; its id.</summary>
    public async Task<uint> RotateAsync(IRootKey root, DateTimeOffset now)
    {
        var rows = Read();
        RequireWrapped(root, rows);
        if (rows.FirstOrDefault(row => row.Root != root.Name) is { } other)
        {
            throw new InvalidOperationException(
                $"The keys are also wrapped by {other.Root}. When no process uses that root key any more, `keys drop {other.Root}` ends the change; rotate then.");
        }

        var key = New(root, rows.Max(row => row.Id) + 1, now);
        return await AddAsync([key], CancellationToken.None) == 1 ? key.Id : throw new InvalidOperationException("Somebody else rotated at the same moment: nothing was done.");
    }

    /// <summary>Wraps every key by another root key as well: processes with either can work. How many keys.</summary>
    public async Task<int> MoveAsync(IRootKey from, IRootKey to)
    {
        var rows = Read(from.Name);
        if (rows.Count == 0)
        {
            throw new InvalidOperationException($"No key is wrapped by {from.Name}.");
        }

        List<WrappedKey> moved = [];
        foreach (var row in rows)
        {
            using var key = from.Unwrap(row.Id, row.Wrapped);
            moved.Add(row with { Root = to.Name, Wrapped = to.Wrap(row.Id, key.Span) });
        }

        await AddAsync(moved, CancellationToken.None);
        return moved.Count;
    }

    /// <summary>Ends a change of root keys: from now on the one named opens nothing.</summary>
    public async Task<int> DropAsync(IRootKey remaining, string root)
    {
        var rows = Read();
        var kept = rows.Where(row => row.Root == remaining.Name).ToDictionary(row => row.Id);
        if (root == remaining.Name || rows.Any(row => !kept.ContainsKey(row.Id)))
        {
            throw new InvalidOperationException($"Not every key is wrapped by {remaining.Name} as well: dropping {root} would lose some.");
        }

        foreach (var row in kept.Values)
        {
            remaining.Unwrap(row.Id, row.Wrapped).Dispose();
        }

        return await store.WriteAsync(connection => connection.ExecuteAsync("DELETE FROM protection_key WHERE root = @root", ("root", root)));
    }

    private static void RequireWrapped(IRootKey root, IReadOnlyList<WrappedKey> rows)
    {
        if (rows.Count > 0 && rows.All(row => row.Root != root.Name))
        {
            throw new InvalidOperationException(
                $"This process is not let in: its root key is not the one this store is sealed under. The keys are wrapped by {string.Join(", ", rows.Select(row => row.Root).Distinct())}, not by {root.Name}. Give it the cluster's own, or hand the keys over with `keys move`.");
        }
    }

    private static WrappedKey New(IRootKey root, uint id, DateTimeOffset now)
    {
        using var key = new SecretBytes(KeyLength);
        RandomNumberGenerator.Fill(key.Span);
        return new WrappedKey(id, root.Name, root.Wrap(id, key.Span), now);
    }

    private static WrappedKey Wrap(IRootKey root, uint id, byte[] key, DateTimeOffset created)
    {
        var row = new WrappedKey(id, root.Name, root.Wrap(id, key), created);
        CryptographicOperations.ZeroMemory(key);
        return row;
    }

    private Task<int> AddAsync(IReadOnlyList<WrappedKey> rows, CancellationToken cancellation) => store.WriteAsync(async connection =>
    {
        var added = 0;
        foreach (var row in rows)
        {
            added += await AddAsync(connection, row);
        }

        return added;
    }, cancellation);

    private static Task<int> AddAsync(DbConnection connection, WrappedKey row) => connection.ExecuteAsync(
        "INSERT INTO protection_key (id, root, wrapped, created) VALUES (@id, @root, @wrapped, @created) ON CONFLICT (id, root) DO NOTHING",
        ("id", (long)row.Id), ("root", row.Root), ("wrapped", Convert.ToBase64String(row.Wrapped)), ("created", row.Created.ToUnixTimeMilliseconds()));
}
