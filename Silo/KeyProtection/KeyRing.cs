using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Bzt.Silo.KeyProtection;

/// <summary>The keys blobs are sealed under, by id. New blobs use the newest; a rotation adds one, and old blobs stay readable.</summary>
/// <remarks>
/// The first key comes from the root key, so processes that share nothing but the root key agree. Later ones are random, in the
/// ring's file, wrapped by the root key.
/// </remarks>
public sealed class KeyRing
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private const uint FirstId = 1;

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

    /// <summary>Makes the root key where there is none: the embedded form's first run, or an operator's command.</summary>
    public static void Create(ProtectionOptions options)
    {
        if (File.Exists(options.RootKeyFile))
        {
            return;
        }

        if (File.Exists(options.RingFile))
        {
            throw new InvalidOperationException(
                $"The key ring {options.RingFile} is there, its root key {options.RootKeyFile} is not. Restore it: a new one opens nothing.");
        }

        KeyFiles.WriteNew(options.RootKeyFile, KeyFiles.NewRootKey());
    }

    /// <summary>Adds a key. Processes that run use it after they read the ring again; they do so when they meet its id.</summary>
    public static uint Rotate(ProtectionOptions options)
    {
        var root = ReadRoot(options);
        var added = ReadAdded(options);
        var id = added.Select(key => key.Id).Append(FirstId).Max() + 1;
        var key = new StoredKey(id, SealedBlob.Seal(Derive(root, "ring"), 0, BitConverter.GetBytes(id), RandomNumberGenerator.GetBytes(32)));
        KeyFiles.Replace(options.RingFile, JsonSerializer.SerializeToUtf8Bytes<StoredKey[]>([.. added, key], Json));
        return id;
    }

    public static KeyRing Load(ProtectionOptions options)
    {
        var root = ReadRoot(options);
        var keys = new Dictionary<uint, byte[]> { [FirstId] = Derive(root, "first") };
        foreach (var (id, wrapped) in ReadAdded(options))
        {
            using var key = SealedBlob.Open(Derive(root, "ring"), BitConverter.GetBytes(id), wrapped);
            keys.Add(id, key.Span.ToArray());
        }

        return new KeyRing(keys, Derive(root, "lookup"));
    }

    private static StoredKey[] ReadAdded(ProtectionOptions options) =>
        File.Exists(options.RingFile)
            ? JsonSerializer.Deserialize<StoredKey[]>(KeyFiles.ReadOwnerOnly(options.RingFile), Json) ?? []
            : [];

    private static byte[] ReadRoot(ProtectionOptions options)
    {
        var root = KeyFiles.ReadOwnerOnly(options.RootKeyFile);
        return root.Length == KeyFiles.RootKeyLength
            ? root
            : throw new InvalidDataException($"The root key {options.RootKeyFile} does not have {KeyFiles.RootKeyLength} bytes.");
    }

    private static byte[] Derive(byte[] root, string use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: Encoding.ASCII.GetBytes($"bzt/v1/ring/{use}"));

    private sealed record StoredKey(uint Id, byte[] Wrapped);
}
