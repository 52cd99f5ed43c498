using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;

namespace Bzt.Silo.KeyProtection;

/// <summary>The key that wraps the ring's keys. It is a file, or it never leaves a module.</summary>
public interface IRootKey : IDisposable
{
    /// <summary>Which key this is, so that nobody unwraps with another: the same for every process that has it.</summary>
    string Name { get; }

    /// <summary>Whether it may go and come while the process runs. Then it is asked for a sign of life, and the ring is held no longer than that is young.</summary>
    bool MayVanish { get; }

    /// <exception cref="RootKeyUnavailableException">It cannot be reached.</exception>
    byte[] Wrap(uint keyId, ReadOnlySpan<byte> key);

    /// <exception cref="RootKeyUnavailableException">It cannot be reached.</exception>
    /// <exception cref="CryptographicException">Wrapped by another root key, or altered.</exception>
    SecretBytes Unwrap(uint keyId, ReadOnlySpan<byte> wrapped);
}

/// <summary>The module does not answer, or not as it did. Tried again; nothing takes its place.</summary>
public sealed class RootKeyUnavailableException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>No key of the store's ring is wrapped by this process' root key, which somebody dropped: what is sealed is no longer its to open.</summary>
public sealed class RingWithoutRootException(string root) : InvalidOperationException($"The store has no key that is wrapped by {root}.");

/// <summary>The root key that is a file.</summary>
public sealed class FileRootKey : IRootKey
{
    private readonly SecretBytes root;
    private readonly ProtectionOptions options;

    public FileRootKey(ProtectionOptions options)
    {
        this.options = options;
        var bytes = KeyFiles.ReadOwnerOnly(options.RootKeyFile!);
        if (bytes.Length != KeyFiles.RootKeyLength)
        {
            throw new InvalidDataException($"The root key {options.RootKeyFile} does not have {KeyFiles.RootKeyLength} bytes.");
        }

        root = new SecretBytes(bytes.Length);
        bytes.CopyTo(root.Span);
        CryptographicOperations.ZeroMemory(bytes);
        Name = "file:" + Convert.ToHexStringLower(Derive("name").AsSpan(0, 8));
    }

    public string Name { get; }

    public bool MayVanish => false;

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

        KeyFiles.WriteNew(options.RootKeyFile!, KeyFiles.NewRootKey());
    }

    public byte[] Wrap(uint keyId, ReadOnlySpan<byte> key) => SealedBlob.SealDirectly(Derive("ring"), 0, BitConverter.GetBytes(keyId), key);

    public SecretBytes Unwrap(uint keyId, ReadOnlySpan<byte> wrapped) => SealedBlob.OpenDirectly(Derive("ring"), BitConverter.GetBytes(keyId), wrapped);

    /// <summary>The key of keyed hashes. It comes from the root, as it did before the ring lay in the store.</summary>
    internal byte[] Lookup() => Derive("lookup");

    /// <summary>The only key of a store that is older than the ring in it.</summary>
    internal byte[] First() => Derive("first");

    /// <summary>Keys that rotations added to the ring's file, wrapped as the store holds them.</summary>
    internal IReadOnlyList<WrappedKey> FromRingFile() => File.Exists(options.RingFile)
        ? [.. RingFile.Read(options.RingFile).Select(key => new WrappedKey(key.Id, Name, key.Wrapped, DateTimeOffset.UnixEpoch))]
        : [];

    public void Dispose() => root.Dispose();

    private byte[] Derive(string use) => HKDF.DeriveKey(HashAlgorithmName.SHA256, root.Span.ToArray(), 32, info: Encoding.ASCII.GetBytes($"bzt/v1/ring/{use}"));
}
