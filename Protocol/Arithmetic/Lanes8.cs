using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Bzt.Protocol.Arithmetic;

/// <summary>Eight lanes: AVX-512.</summary>
internal readonly struct Lanes8 : ILanes<Lanes8>
{
    private readonly Vector512<long> value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes8(Vector512<long> value) => this.value = value;

    public static bool IsSupported => Avx512F.IsSupported && Avx512DQ.IsSupported;

    public static int Count => 8;

    // Rounded toward zero, the high part is the floor: low is in [0, 2⁵²) and 2⁵² + low keeps one binade.
    public static long LowBits => 0x4330000000000000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Create(long value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(ReadOnlySpan<long> source) => new(Vector512.Create(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<long> destination, Lanes8 a) => a.value.CopyTo(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 a, Lanes8 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 a, Lanes8 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator &(Lanes8 a, Lanes8 b) => new(a.value & b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator ^(Lanes8 a, Lanes8 b) => new(a.value ^ b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator <<(Lanes8 a, int bits) => new(a.value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator >>(Lanes8 a, int bits) => new(a.value >> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator >>>(Lanes8 a, int bits) => new(a.value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 AreEqual(Lanes8 a, Lanes8 b) => new(Vector512.Equals(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Select(Lanes8 mask, Lanes8 a, Lanes8 b) =>
        new(Vector512.ConditionalSelect(mask.value, a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ToDouble(Lanes8 a) => new(Avx512DQ.ConvertToVector512Double(a.value).AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Twice(Lanes8 a) => new((a.value.AsDouble() + a.value.AsDouble()).AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 High(Lanes8 a, Lanes8 b) =>
        new(Avx512F.FusedMultiplyAdd(
            a.value.AsDouble(), b.value.AsDouble(), Vector512.Create(LanesOfDoubles.HighOffset), FloatRoundingMode.ToZero)
            .AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Low(Lanes8 a, Lanes8 b, Lanes8 high) =>
        new(Avx512F.FusedMultiplyAdd(
            a.value.AsDouble(),
            b.value.AsDouble(),
            Vector512.Create(LanesOfDoubles.HighOffset + LanesOfDoubles.TwoTo52) - high.value.AsDouble(),
            FloatRoundingMode.ToZero)
            .AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Lookup(ReadOnlySpan<long> column, Lanes8 index)
    {
        // Permutations inside registers choose among sixteen by the low bits, the rest is chosen by masks.
        ref var first = ref MemoryMarshal.GetReference(column[..64]);
        var bit4 = Vector512.Equals(index.value & Vector512.Create(16L), Vector512.Create(16L));
        var bit5 = Vector512.Equals(index.value & Vector512.Create(32L), Vector512.Create(32L));
        var a = Sixteen(ref first, 0, index.value);
        var b = Sixteen(ref first, 16, index.value);
        var c = Sixteen(ref first, 32, index.value);
        var d = Sixteen(ref first, 48, index.value);
        return new(Vector512.ConditionalSelect(
            bit5, Vector512.ConditionalSelect(bit4, d, c), Vector512.ConditionalSelect(bit4, b, a)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Exchange(Lanes8 a, int distance) => new(Vector512.Shuffle(
        a.value, Vector512.Create(0L, 1, 2, 3, 4, 5, 6, 7) ^ Vector512.Create((long)distance)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Sixteen(ref long first, nuint at, Vector512<long> index) => Avx512F.PermuteVar8x64x2(
        Vector512.LoadUnsafe(ref first, at), index, Vector512.LoadUnsafe(ref first, at + 8));
}
