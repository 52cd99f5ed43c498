using System.Security.Cryptography;
using System.Text.Json;

namespace Bzt.Silo.KeyProtection;

/// <summary>The keys blobs are sealed under, by id. New blobs use the newest; a rotation adds one, and old blobs stay readable.</summary>
public sealed class KeyRing
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly Dictionary<uint, byte[]> keys;

    private KeyRing(Dictionary<uint, byte[]> keys, byte[] lookup)
    {
        this.keys = keys;
        Lookup = lookup;
        Newest = keys.Keys.Max();
    }

    public uint Newest { get; }

    /// <summary>The key of keyed hashes, which must find old values for ever: it does not rotate.</summary>
    internal byte[] Lookup { get; }

    internal bool TryGet(uint id, out byte[] key) => keys.TryGetValue(id, out key!);

    /// <summary>Makes root key and ring where they are missing: the embedded form's first run, or an operator's command.</summary>
    public static void Create(ProtectionOptions options)
    {
        if (!File.Exists(options.RootKeyFile))
        {
            if (File.Exists(options.RingFile))
            {
                throw new InvalidOperationException(
                    $"The key ring {options.RingFile} is there, its root key {options.RootKeyFile} is not. Restore it: a new one opens nothing.");
            }

            KeyFiles.WriteNew(options.RootKeyFile, KeyFiles.NewRootKey());
        }

        if (!File.Exists(options.RingFile))
        {
            var root = ReadRoot(options);
            var stored = new StoredRing([NewKey(root, 1)], Wrap(root, Place(0), RandomNumberGenerator.GetBytes(32)));
            KeyFiles.WriteNew(options.RingFile, JsonSerializer.SerializeToUtf8Bytes(stored, Json));
        }
    }

    /// <summary>Adds a key. Processes that run use it after they read the ring again; they do so when they meet its id.</summary>
    public static uint Rotate(ProtectionOptions options)
    {
        var root = ReadRoot(options);
        var stored = Read(options);
        var id = stored.Keys.Max(key => key.Id) + 1;
        stored = stored with { Keys = [.. stored.Keys, NewKey(root, id)] };
        KeyFiles.Replace(options.RingFile, JsonSerializer.SerializeToUtf8Bytes(stored, Json));
        return id;
    }

    public static KeyRing Load(ProtectionOptions options)
    {
        var root = ReadRoot(options);
        var stored = Read(options);
        return new KeyRing(
            stored.Keys.ToDictionary(key => key.Id, key => Unwrap(root, Place(key.Id), key.Wrapped)),
            Unwrap(root, Place(0), stored.Lookup));
    }

    private static StoredRing Read(ProtectionOptions options) =>
        JsonSerializer.Deserialize<StoredRing>(KeyFiles.ReadOwnerOnly(options.RingFile), Json) is { Keys.Count: > 0 } ring
            ? ring
            : throw new InvalidDataException($"The key ring {options.RingFile} is empty.");

    private static byte[] ReadRoot(ProtectionOptions options)
    {
        var root = KeyFiles.ReadOwnerOnly(options.RootKeyFile);
        return root.Length == KeyFiles.RootKeyLength
            ? root
            : throw new InvalidDataException($"The root key {options.RootKeyFile} does not have {KeyFiles.RootKeyLength} bytes.");
    }

    private static StoredKey NewKey(byte[] root, uint id) => new(id, Wrap(root, Place(id), RandomNumberGenerator.GetBytes(32)));

    private static byte[] Place(uint id) => BitConverter.GetBytes(id);

    private static byte[] Wrap(byte[] root, byte[] place, byte[] key) => SealedBlob.Seal(WrappingKey(root), 0, place, key);

    private static byte[] Unwrap(byte[] root, byte[] place, byte[] wrapped)
    {
        using var key = SealedBlob.Open(WrappingKey(root), place, wrapped);
        return key.Span.ToArray();
    }

    private static byte[] WrappingKey(byte[] root) => HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: "bzt/v1/ring"u8.ToArray());

    private sealed record StoredRing(IReadOnlyList<StoredKey> Keys, byte[] Lookup);

    private sealed record StoredKey(uint Id, byte[] Wrapped);
}
