using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Bzt.Protocol.Arithmetic;

/// <summary>Four lanes: AVX2 with fused multiplication and addition.</summary>
internal readonly struct Lanes4 : ILanes<Lanes4>
{
    private readonly Vector256<long> value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes4(Vector256<long> value) => this.value = value;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public static int Count => 4;

    // Rounded to nearest, low is in [−2⁵¹, 2⁵¹]: 1.5·2⁵² keeps one binade.
    public static long LowBits => 0x4338000000000000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Create(long value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(ReadOnlySpan<long> source) => new(Vector256.Create(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<long> destination, Lanes4 a) => a.value.CopyTo(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 a, Lanes4 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 a, Lanes4 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator &(Lanes4 a, Lanes4 b) => new(a.value & b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator ^(Lanes4 a, Lanes4 b) => new(a.value ^ b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator <<(Lanes4 a, int bits) => new(a.value << bits);

    /// <summary>AVX2 has no arithmetic shift of 64 bits: extend the sign by hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator >>(Lanes4 a, int bits)
    {
        var sign = Vector256.Create(1L << (63 - bits));
        return new(((a.value >>> bits) ^ sign) - sign);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator >>>(Lanes4 a, int bits) => new(a.value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 AreEqual(Lanes4 a, Lanes4 b) => new(Vector256.Equals(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Select(Lanes4 mask, Lanes4 a, Lanes4 b) =>
        new(Vector256.ConditionalSelect(mask.value, a.value, b.value));

    /// <summary>
    /// AVX2 converts no 64-bit integers: 1.5·2⁵³ + x has a last place worth 2, so an integer of up to 53 bits goes in two
    /// parts, the upper 27 bits and the lower 26.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ToDouble(Lanes4 a)
    {
        // The upper part is offset to be positive; both parts fit the mantissa of 2⁵² + part.
        var offset = Vector256.Create(1L << 54);
        var magic = Vector256.Create(0x4330000000000000L);
        var lifted = a.value + offset;
        var low = ((lifted & Vector256.Create((1L << 26) - 1)) | magic).AsDouble() - magic.AsDouble();
        var high = ((lifted >>> 26) | magic).AsDouble() - Vector256.Create(LanesOfDoubles.TwoTo52 + (1L << 28));
        return new(Fma.MultiplyAdd(high, Vector256.Create((double)(1L << 26)), low).AsInt64());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Twice(Lanes4 a) => new((a.value.AsDouble() + a.value.AsDouble()).AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 High(Lanes4 a, Lanes4 b) =>
        new(Fma.MultiplyAdd(a.value.AsDouble(), b.value.AsDouble(), Vector256.Create(LanesOfDoubles.HighOffset)).AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Low(Lanes4 a, Lanes4 b, Lanes4 high)
    {
        var rest = Vector256.Create(LanesOfDoubles.HighOffset) - high.value.AsDouble();
        var low = Fma.MultiplyAdd(a.value.AsDouble(), b.value.AsDouble(), rest);
        return new((low + Vector256.Create(1.5 * LanesOfDoubles.TwoTo52)).AsInt64());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Lookup(ReadOnlySpan<long> column, Lanes4 index)
    {
        var chosen = Vector256<long>.Zero;
        var number = Vector256<long>.Zero;
        foreach (var entry in column[..64])
        {
            chosen |= Vector256.Equals(number, index.value) & Vector256.Create(entry);
            number += Vector256<long>.One;
        }

        return new(chosen);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Exchange(Lanes4 a, int distance) => new(Vector256.Shuffle(
        a.value, Vector256.Create(0L, 1, 2, 3) ^ Vector256.Create((long)distance)));
}
