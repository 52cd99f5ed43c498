using System.Security.Cryptography;

namespace Bzt.Grains.Foundations;

/// <summary>Seals what must not lie in the store in the clear: key shares, secrets, personal data.</summary>
public interface IKeyProtector
{
    /// <param name="purpose">A constant of the caller's; each purpose has a key of its own. <c>certificate/signing-share</c>.</param>
    /// <param name="associatedData">Where the blob belongs (certificate, epoch, owner): it opens nowhere else.</param>
    byte[] Protect(string purpose, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext);

    /// <exception cref="CryptographicException">Not ours, altered, or sealed for another purpose or place.</exception>
    SecretBytes Unprotect(string purpose, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> blob);

    /// <summary>Finds equal values (phone numbers, ID numbers) without storing them; the same at every process and after a rotation.</summary>
    string KeyedHash(string purpose, ReadOnlySpan<byte> value);
}

public static class KeyProtectorText
{
    public static string KeyedHash(this IKeyProtector protector, string purpose, string text) =>
        protector.KeyedHash(purpose, System.Text.Encoding.UTF8.GetBytes(text));
}

/// <summary>A secret in memory that the collector does not move and that is zeroed when done with.</summary>
public sealed class SecretBytes : IDisposable
{
    private readonly byte[] bytes;
    private bool disposed;

    public SecretBytes(int length) => bytes = GC.AllocateUninitializedArray<byte>(length, pinned: true);

    public int Length => bytes.Length;

    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return bytes;
        }
    }

    public void Dispose()
    {
        disposed = true;
        CryptographicOperations.ZeroMemory(bytes);
    }

    public override string ToString() => nameof(SecretBytes);
}
