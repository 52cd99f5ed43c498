using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bzt.Protocol.Arithmetic;

namespace Bzt.Protocol.Secrets;

/// <summary>Secret scalars for one computation, zero among them, in memory the collector does not move. <see cref="Dispose"/> zeroes them.</summary>
/// <param name="count">How many; all zero at first, to be filled through <see cref="Span"/>.</param>
internal sealed class SecretScalars(int count) : IDisposable
{
    private readonly Scalar[] values = GC.AllocateArray<Scalar>(count, pinned: true);
    private bool disposed;

    /// <summary>The scalars themselves, not copies.</summary>
    /// <exception cref="ObjectDisposedException">They have been zeroed.</exception>
    public Span<Scalar> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return values;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        disposed = true;
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    /// <summary>Prints the type, never the values.</summary>
    public override string ToString() => nameof(SecretScalars);
}
