using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// Clears what an operation on secrets left below its caller on the stack: buffers are cleared where they are used,
/// but the compiler also spills registers and copies structs.
/// </summary>
internal static class SecretStack
{
    // One operation with its table, and a group of eight with theirs.
    private const int Depth = 12 * 1024;
    private const int DeepDepth = 64 * 1024;

    /// <summary>Overwrites the stack below the caller's frame.</summary>
    [MethodImpl(MethodImplOptions.NoInlining), SkipLocalsInit]
    public static void Wipe()
    {
        Span<byte> below = stackalloc byte[Depth];
        CryptographicOperations.ZeroMemory(below);
    }

    /// <summary>The same after a batch.</summary>
    [MethodImpl(MethodImplOptions.NoInlining), SkipLocalsInit]
    public static void WipeDeep()
    {
        Span<byte> below = stackalloc byte[DeepDepth];
        CryptographicOperations.ZeroMemory(below);
    }
}
