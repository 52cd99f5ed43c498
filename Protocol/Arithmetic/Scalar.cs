using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// An integer modulo n, the order of the SM2 group (GB/T 32918.5). <c>default</c> is zero.
/// Encoded it is 32 bytes, big endian. All operations take the same time for all values.
/// </summary>
public readonly struct Scalar : IEquatable<Scalar>
{
    /// <summary>Length of an encoded scalar in bytes.</summary>
    public const int Length = 32;

    private readonly FourWords words;

    private Scalar(FourWords words) => this.words = words;

    /// <summary>The number one.</summary>
    public static Scalar One
    {
        get
        {
            var one = default(FourWords);
            one[0] = 1;
            return new(one);
        }
    }

    /// <summary>Whether this is zero.</summary>
    public bool IsZero => (words[0] | words[1] | words[2] | words[3]) == 0;

    /// <summary>Four words, least significant first, in [0, n).</summary>
    [UnscopedRef]
    internal ReadOnlySpan<ulong> Words => words;

    /// <summary>Decodes exactly 32 bytes; false for any other length and for values outside [1, n−1].</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Scalar scalar)
    {
        scalar = default;
        if (bytes.Length != Length)
        {
            return false;
        }

        var candidate = new Scalar(Read(bytes));
        if (ScalarField.IsAtLeastOrderMask(candidate.words) != 0 || candidate.IsZero)
        {
            return false;
        }

        scalar = candidate;
        return true;
    }

    /// <summary>A 256-bit integer reduced modulo n: for digests <c>e</c> and coordinates.</summary>
    public static Scalar Reduce(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Length);
        var r = Read(bytes);
        ScalarField.SubtractOrder(r, 0);
        return new(r);
    }

    /// <summary>A 512-bit integer reduced modulo n; from uniform bytes the result is uniform to 2⁻²⁵⁶. May be zero.</summary>
    public static Scalar FromWide(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, 2 * Length);
        var r = default(FourWords);
        var low = Read(bytes[Length..]);
        var high = Read(bytes[..Length]);
        ScalarField.ReduceWide(r, low, high);
        return new(r);
    }

    /// <summary>A uniform scalar in [1, n−1].</summary>
    public static Scalar Random(IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> wide = stackalloc byte[2 * Length];
        try
        {
            Scalar scalar;
            do
            {
                random.Fill(wide);
                scalar = FromWide(wide);
            }
            while (scalar.IsZero);
            return scalar;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wide);
        }
    }

    /// <summary>Writes exactly 32 bytes.</summary>
    public void Encode(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, Length);
        for (var i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination[(24 - (8 * i))..], words[i]);
        }
    }

    /// <summary>The 32-byte encoding in a new array.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[Length];
        Encode(bytes);
        return bytes;
    }

    /// <summary>The inverse modulo n.</summary>
    /// <exception cref="InvalidOperationException">This is zero.</exception>
    public Scalar Invert()
    {
        if (IsZero)
        {
            throw new InvalidOperationException("Zero has no inverse.");
        }

        var r = words;
        ModularInverse.InvertModN(r);
        return new(r);
    }

    /// <summary>Sum modulo n.</summary>
    public static Scalar operator +(Scalar a, Scalar b)
    {
        var r = default(FourWords);
        ScalarField.Add(r, a.words, b.words);
        return new(r);
    }

    /// <summary>Difference modulo n.</summary>
    public static Scalar operator -(Scalar a, Scalar b)
    {
        var r = default(FourWords);
        ScalarField.Subtract(r, a.words, b.words);
        return new(r);
    }

    /// <summary>Negative modulo n.</summary>
    public static Scalar operator -(Scalar a) => default(Scalar) - a;

    /// <summary>Product modulo n.</summary>
    public static Scalar operator *(Scalar a, Scalar b)
    {
        var r = default(FourWords);
        ScalarField.Multiply(r, a.words, b.words);
        return new(r);
    }

    /// <summary>Equality in constant time.</summary>
    public static bool operator ==(Scalar a, Scalar b) => a.Equals(b);

    /// <summary>Inequality in constant time.</summary>
    public static bool operator !=(Scalar a, Scalar b) => !a.Equals(b);

    /// <inheritdoc/>
    public bool Equals(Scalar other)
    {
        var difference = 0UL;
        for (var i = 0; i < 4; i++)
        {
            difference |= words[i] ^ other.words[i];
        }

        return difference == 0;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(words[0], words[1], words[2], words[3]);

    /// <summary>Prints the type only: a scalar may be a secret.</summary>
    public override string ToString() => nameof(Scalar);

    private static FourWords Read(ReadOnlySpan<byte> bytes)
    {
        var r = default(FourWords);
        for (var i = 0; i < 4; i++)
        {
            r[i] = BinaryPrimitives.ReadUInt64BigEndian(bytes[(24 - (8 * i))..]);
        }

        return r;
    }

    [InlineArray(4)]
    private struct FourWords
    {
        private ulong first;
    }
}
