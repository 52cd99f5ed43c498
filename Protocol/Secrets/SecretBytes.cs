using System.Security.Cryptography;

namespace Bzt.Protocol.Secrets;

/// <summary>Secret bytes in memory the collector does not move. <see cref="Dispose"/> zeroes them.</summary>
public sealed class SecretBytes : IDisposable
{
    private readonly byte[] buffer;
    private bool disposed;

    /// <summary>A zeroed secret of <paramref name="length"/> bytes, to be filled through <see cref="Span"/>.</summary>
    public SecretBytes(int length) => buffer = GC.AllocateArray<byte>(length, pinned: true);

    /// <summary>Copies <paramref name="source"/>; the caller zeroes its own copy.</summary>
    public SecretBytes(ReadOnlySpan<byte> source)
        : this(source.Length) => source.CopyTo(buffer);

    /// <summary>Number of bytes.</summary>
    public int Length => buffer.Length;

    /// <summary>The bytes themselves, not a copy.</summary>
    /// <exception cref="ObjectDisposedException">The secret has been zeroed.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return buffer;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        disposed = true;
        CryptographicOperations.ZeroMemory(buffer);
    }

    /// <summary>Prints the type, never the value.</summary>
    public override string ToString() => nameof(SecretBytes);
}
