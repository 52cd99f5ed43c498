using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bzt.Grains.Foundations;

namespace Bzt.Silo.KeyProtection;

/// <summary>The opened ring: the keys blobs are sealed under, by id, and the key of keyed hashes. Disposing it zeroes them.</summary>
internal sealed class KeyRing : IDisposable
{
    /// <summary>The row that holds the key of keyed hashes, which must find old values for ever: it does not rotate.</summary>
    public const uint LookupId = 0;

    /// <summary>Of stores that are older than the ring in the store; its blobs have the first form.</summary>
    public const uint FirstId = 1;

    private readonly Dictionary<uint, SecretBytes> keys;
    private readonly ConcurrentDictionary<(uint Id, string Purpose), byte[]> purposes = new();
    private readonly ConcurrentDictionary<string, byte[]> lookups = new(StringComparer.Ordinal);

    public KeyRing(IReadOnlyList<WrappedKey> rows, IRootKey root, DateTimeOffset now, TimeSpan activation)
    {
        Rows = rows;
        keys = new(rows.Count);
        try
        {
            foreach (var row in rows)
            {
                keys.Add(row.Id, root.Unwrap(row.Id, row.Wrapped));
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        Newest = NewestOf(rows, now, activation);
    }

    public IReadOnlyList<WrappedKey> Rows { get; }

    /// <summary>What new blobs are sealed under.</summary>
    public uint Newest { get; }

    /// <summary>A key that is too young for everybody to know it is not sealed under yet, unless there is no other.</summary>
    public static uint NewestOf(IReadOnlyList<WrappedKey> rows, DateTimeOffset now, TimeSpan activation)
    {
        var usable = rows.Where(row => row.Id != LookupId).ToList();
        var known = usable.Where(row => row.Created + activation <= now).ToList();
        return known.Count > 0 ? known.Max(row => row.Id) : usable.Min(row => row.Id);
    }

    public bool Has(uint id) => id != LookupId && keys.ContainsKey(id);

    public byte[] Seal(string purpose, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext) => Newest == FirstId
        ? SealedBlob.SealDirectly(PurposeKey(FirstId, purpose), FirstId, associatedData, plaintext)
        : SealedBlob.Seal(keys[Newest].Span, Newest, purpose, associatedData, plaintext);

    public SecretBytes Open(uint id, string purpose, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> blob) => SealedBlob.IsDirect(blob)
        ? SealedBlob.OpenDirectly(PurposeKey(id, purpose), associatedData, blob)
        : SealedBlob.Open(keys[id].Span, purpose, associatedData, blob);

    /// <summary>Puts the blob under the newest key; false when it is not one of ours, or cannot move, or is there already.</summary>
    public bool TryRewrap(Span<byte> blob) =>
        SealedBlob.TryReadKeyId(blob, out var id) && !SealedBlob.IsDirect(blob) && id != Newest && Newest != FirstId && Has(id)
        && SealedBlob.TryRewrap(keys[id].Span, keys[Newest].Span, Newest, blob);

    public string KeyedHash(string purpose, ReadOnlySpan<byte> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        var key = lookups.GetOrAdd(purpose, static (name, ring) => Derive(ring.keys[LookupId].Span, "lookup", name), this);
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, value));
    }

    public void Dispose()
    {
        foreach (var key in keys.Values)
        {
            key.Dispose();
        }

        foreach (var derived in purposes.Values.Concat(lookups.Values))
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private byte[] PurposeKey(uint id, string purpose)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        return purposes.GetOrAdd((id, purpose), static (key, ring) => Derive(ring.keys[key.Id].Span, "seal", key.Purpose), this);
    }

    private static byte[] Derive(ReadOnlySpan<byte> key, string use, string purpose)
    {
        var derived = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, salt: [], Encoding.UTF8.GetBytes($"bzt/v1/{use}/{purpose}"));
        return derived;
    }
}

/// <param name="Id">0 is the key of keyed hashes.</param>
/// <param name="Root">The name of the root key that wrapped it.</param>
/// <param name="Wrapped">As that root key wraps.</param>
/// <param name="Created">When it was added, by the clock of whoever did.</param>
public sealed record WrappedKey(uint Id, string Root, byte[] Wrapped, DateTimeOffset Created);

/// <summary>The ring's file of former releases: an array of ids and wrapped keys.</summary>
internal static class RingFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static IReadOnlyList<StoredKey> Read(string file) => JsonSerializer.Deserialize<StoredKey[]>(KeyFiles.ReadOwnerOnly(file), Json) ?? [];

    public sealed record StoredKey(uint Id, byte[] Wrapped);
}
