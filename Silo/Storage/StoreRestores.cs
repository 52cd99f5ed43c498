using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Bzt.Grains.Foundations;

namespace Bzt.Silo.Storage;

/// <summary>Declared restores, each sealed under the store's keys: whoever can write the database only declares none.</summary>
public sealed class StoreRestores : IStoreRestores
{
    private const string Purpose = "store/restore";

    private List<DateTimeOffset>? declared;

    public int Declared => Known.Count;

    public DateTimeOffset? Newest => Known is [.., var newest] ? newest : null;

    private List<DateTimeOffset> Known => declared ?? throw new InvalidOperationException("The declared restores were not read yet.");

    /// <summary>Read at the process's start.</summary>
    public async Task ReadAsync(SqlStore store, IKeyProtector protector) => declared = await CheckedAsync(store, protector);

    /// <summary>One more; how many there are now.</summary>
    public static async Task<int> DeclareAsync(SqlStore store, IKeyProtector protector, DateTimeOffset now)
    {
        var known = await CheckedAsync(store, protector);
        var number = known.Count + 1;
        var time = new byte[8];

        // Later than the one before, whatever this machine's clock says: numbers of checkpoints begin anew with the minute.
        var at = known is [.., var last] && last.AddMinutes(1) > now ? last.AddMinutes(1) : now;
        BinaryPrimitives.WriteInt64BigEndian(time, at.ToUnixTimeMilliseconds());
        await store.WriteAsync(connection => connection.ExecuteAsync(
            "INSERT INTO store_restore (number, sealed) VALUES (@number, @sealed)",
            ("number", number), ("sealed", Convert.ToBase64String(protector.Protect(Purpose, Place(number), time)))));
        return number;
    }

    private static async Task<List<DateTimeOffset>> CheckedAsync(SqlStore store, IKeyProtector protector)
    {
        List<DateTimeOffset> times = [];
        foreach (var (number, blob) in await store.QueryAsync("SELECT number, sealed FROM store_restore ORDER BY number", row => (row.GetInt32(0), row.GetString(1))))
        {
            using var time = number == times.Count + 1
                ? protector.Unprotect(Purpose, Place(number), Convert.FromBase64String(blob))
                : throw new CryptographicException($"Restore {times.Count + 1} is missing among those declared.");
            times.Add(DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(time.Span)));
        }

        return times;
    }

    private static byte[] Place(int number) => System.Text.Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
