using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;

namespace Bzt.Silo.KeyProtection;

/// <summary>The key protector whose root key is a file. Keys of purposes are derived from the ring's keys (HKDF, RFC 5869).</summary>
public sealed class FileKeyProtector : IKeyProtector
{
    private readonly ProtectionOptions options;
    private readonly ConcurrentDictionary<(uint Id, string Purpose), byte[]> derived = new();
    private readonly ConcurrentDictionary<string, byte[]> lookups = new(StringComparer.Ordinal);
    private volatile KeyRing ring;

    public FileKeyProtector(ProtectionOptions options)
    {
        this.options = options;
        ring = KeyRing.Load(options);
    }

    public byte[] Protect(string purpose, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        var id = ring.Newest;
        return SealedBlob.Seal(Key(id, purpose), id, associatedData, plaintext);
    }

    public SecretBytes Unprotect(string purpose, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> blob) =>
        SealedBlob.TryReadKeyId(blob, out var id)
            ? SealedBlob.Open(Key(id, purpose), associatedData, blob)
            : throw new CryptographicException("Not a sealed blob.");

    public string KeyedHash(string purpose, ReadOnlySpan<byte> value)
    {
        var key = lookups.GetOrAdd(purpose, name => Derive(ring.Lookup, "lookup", name));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, value));
    }

    private byte[] Key(uint id, string purpose) => derived.GetOrAdd((id, purpose), static (key, self) => Derive(self.RingKey(key.Id), "seal", key.Purpose), this);

    private byte[] RingKey(uint id)
    {
        if (ring.TryGet(id, out var key))
        {
            return key;
        }

        // Another process has rotated: its key is in the file by now.
        ring = KeyRing.Load(options);
        return ring.TryGet(id, out key) ? key : throw new CryptographicException($"The key ring has no key {id}.");
    }

    private static byte[] Derive(byte[] key, string use, string purpose)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.UTF8.GetBytes($"bzt/v1/{use}/{purpose}"));
    }
}
