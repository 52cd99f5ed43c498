using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// An element of the field modulo p = 2²⁵⁶ − 2²²⁴ − 2⁹⁶ + 2⁶⁴ − 1 (GB/T 32918.5), as x·R mod p with R = 2²⁶⁰
/// (Montgomery, "Modular multiplication without trial division", 1985), in five limbs of 52 bits.
/// </summary>
/// <remarks>
/// <para>
/// Why not four limbs of 64 bits: C# reaches no add-with-carry, so every carry costs a comparison. Limbs of 52 bits
/// leave twelve spare: sums of products, sums and differences need no carry at all, and the batch form
/// (<see cref="FieldLanes{T}"/>) multiplies the same limbs as doubles.
/// </para>
/// <para>
/// A tight value is at most 2p − 2²²⁴ with limbs below 2⁵²; a loose one is below 4p with limbs below 2⁵⁵. A product of
/// values below 4p comes out tight: (xy + qp)/R &lt; 16p²/2²⁶⁰ + p ≤ 2p − 2²²⁴, so <see cref="Multiply"/> would even take
/// two loose operands. Nothing here branches on a value or indexes by one.
/// </para>
/// </remarks>
internal struct FieldElement : IFieldElement<FieldElement>
{
    /// <summary>Bits of a limb.</summary>
    public const int Radix = 52;

    /// <summary>The low 52 bits.</summary>
    public const ulong Mask = (1UL << Radix) - 1;

    /// <summary>Limbs of p.</summary>
    public const ulong P0 = 0xFFFFFFFFFFFFF, P1 = 0xFF00000000FFF, P2 = Mask, P3 = Mask, P4 = 0xFFFFFFFEFFFF;

    // p = −1 + 2⁶⁴(1 − 2³²) + 2²²⁴(2³² − 1), hence −p⁻¹ ≡ 1 modulo 2⁵² and a step of Montgomery's reduction is
    // t + qp = t − q − qA·2⁵² + qB·2²⁰⁸ with q the lowest limb itself.
    internal const ulong A = 0xFFFFFFFFUL << 12;
    internal const ulong B = 0xFFFFFFFFUL << 16;

    /// <summary>Limbs, least significant first.</summary>
    public ulong L0, L1, L2, L3, L4;

    /// <summary>Takes limbs as they are.</summary>
    public FieldElement(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
    {
        L0 = l0;
        L1 = l1;
        L2 = l2;
        L3 = l3;
        L4 = l4;
    }

    /// <summary>One: R mod p.</summary>
    public static FieldElement One => new(0x10, 0xFFFFFFFF0000, 0, 0, 0x100000);

    /// <inheritdoc/>
    public static FieldElement CurveB =>
        new(0x30632BC0DD422, 0xB09B537AB70D2, 0xA51C3C71CF379, 0x2C8527981505E, 0x40FE188DA20E);

    /// <summary>R² mod p, which takes an integer into Montgomery form.</summary>
    private static FieldElement RSquared =>
        new(0x20000000300, 0xFFFFFFFF00000, 0x100000002, 0x200000001000, 0x4000000);

    /// <summary>R³ mod p, which repairs the form of an inverse.</summary>
    private static FieldElement RCubed =>
        new(0x1200000016000, 0xFFFFFF8000000, 0xC0000000EF, 0x90000000A0000, 0x1B0000000);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Multiply(out FieldElement r, in FieldElement x, in FieldElement y)
    {
        if (!HasMultiplyHigh)
        {
            FieldElementPortable.Multiply(out r, in x, in y);
            return;
        }

        // Products by column: h collects the high parts (xᵢyⱼ)≫52, s the products modulo 2⁶⁴. The low parts sum to
        // less than 2⁶⁴, so s − (h≪52) is that sum exactly. A step of the reduction follows each finished column.
        ulong a0 = x.L0 << 6, a1 = x.L1 << 6, a2 = x.L2 << 6, a3 = x.L3 << 6, a4 = x.L4 << 6;
        ulong b0 = y.L0 << 6, b1 = y.L1 << 6, b2 = y.L2 << 6, b3 = y.L3 << 6, b4 = y.L4 << 6;
        long t0, t1, t2 = 0, t3 = 0, t4 = 0, t5 = 0, t6, t7, t8, t9;

        var h = High(a0, b0);
        var s = x.L0 * y.L0;
        t0 = (long)(s - (h << Radix));
        t1 = (long)h;

        h = High(a0, b1) + High(a1, b0);
        s = (x.L0 * y.L1) + (x.L1 * y.L0);
        t1 += (long)(s - (h << Radix));
        t2 += (long)h;
        Step(t0, ref t1, ref t2, ref t4, ref t5);

        h = High(a0, b2) + High(a1, b1) + High(a2, b0);
        s = (x.L0 * y.L2) + (x.L1 * y.L1) + (x.L2 * y.L0);
        t2 += (long)(s - (h << Radix));
        t3 += (long)h;
        t6 = 0;
        Step(t1, ref t2, ref t3, ref t5, ref t6);

        h = High(a0, b3) + High(a1, b2) + High(a2, b1) + High(a3, b0);
        s = (x.L0 * y.L3) + (x.L1 * y.L2) + (x.L2 * y.L1) + (x.L3 * y.L0);
        t3 += (long)(s - (h << Radix));
        t4 += (long)h;
        t7 = 0;
        Step(t2, ref t3, ref t4, ref t6, ref t7);

        h = High(a0, b4) + High(a1, b3) + High(a2, b2) + High(a3, b1) + High(a4, b0);
        s = (x.L0 * y.L4) + (x.L1 * y.L3) + (x.L2 * y.L2) + (x.L3 * y.L1) + (x.L4 * y.L0);
        t4 += (long)(s - (h << Radix));
        t5 += (long)h;
        t8 = 0;
        Step(t3, ref t4, ref t5, ref t7, ref t8);

        h = High(a1, b4) + High(a2, b3) + High(a3, b2) + High(a4, b1);
        s = (x.L1 * y.L4) + (x.L2 * y.L3) + (x.L3 * y.L2) + (x.L4 * y.L1);
        t5 += (long)(s - (h << Radix));
        t6 += (long)h;
        t9 = 0;
        Step(t4, ref t5, ref t6, ref t8, ref t9);

        h = High(a2, b4) + High(a3, b3) + High(a4, b2);
        s = (x.L2 * y.L4) + (x.L3 * y.L3) + (x.L4 * y.L2);
        t6 += (long)(s - (h << Radix));
        t7 += (long)h;

        h = High(a3, b4) + High(a4, b3);
        s = (x.L3 * y.L4) + (x.L4 * y.L3);
        t7 += (long)(s - (h << Radix));
        t8 += (long)h;

        h = High(a4, b4);
        s = x.L4 * y.L4;
        t8 += (long)(s - (h << Radix));
        t9 += (long)h;

        Carry(out r, t5, t6, t7, t8, t9);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Square(out FieldElement r, in FieldElement x)
    {
        if (!HasMultiplyHigh)
        {
            FieldElementPortable.Multiply(out r, in x, in x);
            return;
        }

        ulong a0 = x.L0 << 6, a1 = x.L1 << 6, a2 = x.L2 << 6, a3 = x.L3 << 6, a4 = x.L4 << 6;
        long t0, t1, t2 = 0, t3 = 0, t4 = 0, t5 = 0, t6, t7, t8, t9;

        var h = High(a0, a0);
        var s = x.L0 * x.L0;
        t0 = (long)(s - (h << Radix));
        t1 = (long)h;

        h = High(a0, a1) << 1;
        s = (x.L0 * x.L1) << 1;
        t1 += (long)(s - (h << Radix));
        t2 += (long)h;
        Step(t0, ref t1, ref t2, ref t4, ref t5);

        h = (High(a0, a2) << 1) + High(a1, a1);
        s = ((x.L0 * x.L2) << 1) + (x.L1 * x.L1);
        t2 += (long)(s - (h << Radix));
        t3 += (long)h;
        t6 = 0;
        Step(t1, ref t2, ref t3, ref t5, ref t6);

        h = (High(a0, a3) + High(a1, a2)) << 1;
        s = ((x.L0 * x.L3) + (x.L1 * x.L2)) << 1;
        t3 += (long)(s - (h << Radix));
        t4 += (long)h;
        t7 = 0;
        Step(t2, ref t3, ref t4, ref t6, ref t7);

        h = ((High(a0, a4) + High(a1, a3)) << 1) + High(a2, a2);
        s = (((x.L0 * x.L4) + (x.L1 * x.L3)) << 1) + (x.L2 * x.L2);
        t4 += (long)(s - (h << Radix));
        t5 += (long)h;
        t8 = 0;
        Step(t3, ref t4, ref t5, ref t7, ref t8);

        h = (High(a1, a4) + High(a2, a3)) << 1;
        s = ((x.L1 * x.L4) + (x.L2 * x.L3)) << 1;
        t5 += (long)(s - (h << Radix));
        t6 += (long)h;
        t9 = 0;
        Step(t4, ref t5, ref t6, ref t8, ref t9);

        h = (High(a2, a4) << 1) + High(a3, a3);
        s = ((x.L2 * x.L4) << 1) + (x.L3 * x.L3);
        t6 += (long)(s - (h << Radix));
        t7 += (long)h;

        h = High(a3, a4) << 1;
        s = (x.L3 * x.L4) << 1;
        t7 += (long)(s - (h << Radix));
        t8 += (long)h;

        h = High(a4, a4);
        s = x.L4 * x.L4;
        t8 += (long)(s - (h << Radix));
        t9 += (long)h;

        Carry(out r, t5, t6, t7, t8, t9);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddLoose(out FieldElement r, in FieldElement x, in FieldElement y) =>
        r = new(x.L0 + y.L0, x.L1 + y.L1, x.L2 + y.L2, x.L3 + y.L3, x.L4 + y.L4);

    // Differences add a multiple of p first, written in limbs that are each greater than what is taken away.

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractLoose(out FieldElement r, in FieldElement x, in FieldElement y) =>
        r = new(
            x.L0 + (0x1FFFFFFFFFFFFEUL - y.L0),
            x.L1 + (0x1FE00000001FFEUL - y.L1),
            x.L2 + (0x1FFFFFFFFFFFFEUL - y.L2),
            x.L3 + (0x1FFFFFFFFFFFFEUL - y.L3),
            x.L4 + (0x1FFFFFFFDFFFEUL - y.L4)); // 2p

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(out FieldElement r, in FieldElement x, in FieldElement y) =>
        Reduce(out r, x.L0 + y.L0, x.L1 + y.L1, x.L2 + y.L2, x.L3 + y.L3, x.L4 + y.L4);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(out FieldElement r, in FieldElement x, in FieldElement y)
    {
        SubtractLoose(out var t, in x, in y);
        Reduce(out r, t.L0, t.L1, t.L2, t.L3, t.L4);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractTwice(out FieldElement r, in FieldElement x, in FieldElement y) =>
        Reduce(
            out r,
            x.L0 + (0x2FFFFFFFFFFFFCUL - (y.L0 << 1)),
            x.L1 + (0x2FC00000003FFDUL - (y.L1 << 1)),
            x.L2 + (0x2FFFFFFFFFFFFDUL - (y.L2 << 1)),
            x.L3 + (0x2FFFFFFFFFFFFDUL - (y.L3 << 1)),
            x.L4 + (0x3FFFFFFFBFFFDUL - (y.L4 << 1))); // 4p

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractBoth(out FieldElement r, in FieldElement x, in FieldElement y, in FieldElement z) =>
        Reduce(
            out r,
            x.L0 + (0x4FFFFFFFFFFFF8UL - y.L0 - (z.L0 << 1)),
            x.L1 + (0x4F800000007FFBUL - y.L1 - (z.L1 << 1)),
            x.L2 + (0x4FFFFFFFFFFFFBUL - y.L2 - (z.L2 << 1)),
            x.L3 + (0x4FFFFFFFFFFFFBUL - y.L3 - (z.L3 << 1)),
            x.L4 + (0x7FFFFFFF7FFFBUL - y.L4 - (z.L4 << 1))); // 8p

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Triple(out FieldElement r, in FieldElement x) =>
        Reduce(out r, 3 * x.L0, 3 * x.L1, 3 * x.L2, 3 * x.L3, 3 * x.L4);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TripleDifference(out FieldElement r, in FieldElement x, in FieldElement y)
    {
        SubtractLoose(out var t, in x, in y);
        Reduce(out r, 3 * t.L0, 3 * t.L1, 3 * t.L2, 3 * t.L3, 3 * t.L4);
    }

    /// <summary>r = −x for a tight x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Negate(out FieldElement r, in FieldElement x)
    {
        var zero = default(FieldElement);
        Subtract(out r, in zero, in x);
    }

    /// <summary>r = 1/x for a tight or loose x; the inverse of zero is zero.</summary>
    public static void Invert(out FieldElement r, in FieldElement x)
    {
        // ModularInverse turns xR into x⁻¹R⁻¹; the product with R³ is x⁻¹R again.
        var canonical = x;
        canonical.MakeCanonical();
        Span<ulong> words = stackalloc ulong[4];
        canonical.ToWords(words);
        ModularInverse.InvertModP(words);
        var inverse = FromWords(words);
        Multiply(out r, in inverse, RCubed);
        words.Clear();
    }

    /// <summary>All ones when x ≡ 0, else zero, for a tight or loose x.</summary>
    public static ulong IsZeroMask(in FieldElement x)
    {
        var t = x;
        t.MakeCanonical();
        return ConstantTime.IsZeroMask(t.L0 | t.L1 | t.L2 | t.L3 | t.L4);
    }

    /// <summary>Replaces this by <paramref name="other"/> where the mask is all ones, keeps it where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MoveIf(ulong mask, in FieldElement other)
    {
        L0 ^= (L0 ^ other.L0) & mask;
        L1 ^= (L1 ^ other.L1) & mask;
        L2 ^= (L2 ^ other.L2) & mask;
        L3 ^= (L3 ^ other.L3) & mask;
        L4 ^= (L4 ^ other.L4) & mask;
    }

    /// <summary>Brings a tight or loose value into [0, p), so that equal elements have equal limbs.</summary>
    public void MakeCanonical()
    {
        Reduce(out this, L0, L1, L2, L3, L4);

        // Now below 2p: subtract p, and put it back where that was too much.
        var t0 = (long)L0 - (long)P0;
        var t1 = (long)L1 - (long)P1 + (t0 >> Radix);
        var t2 = (long)L2 - (long)P2 + (t1 >> Radix);
        var t3 = (long)L3 - (long)P3 + (t2 >> Radix);
        var t4 = (long)L4 - (long)P4 + (t3 >> Radix);
        var difference = new FieldElement((ulong)t0 & Mask, (ulong)t1 & Mask, (ulong)t2 & Mask, (ulong)t3 & Mask, (ulong)t4);
        MoveIf(~(ulong)(t4 >> 63), in difference);
    }

    /// <summary>Decodes 32 bytes, big endian; false for p and above. For public values.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out FieldElement element)
    {
        Span<ulong> words = stackalloc ulong[4];
        for (var i = 0; i < 4; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt64BigEndian(bytes[(24 - (8 * i))..]);
        }

        element = FromWords(words);
        var canonical = element;
        canonical.MakeCanonical();
        if (canonical.L0 != element.L0)
        {
            // p was subtracted: it is odd, so the lowest limb tells.
            return false;
        }

        Multiply(out element, in element, RSquared);
        element.MakeCanonical();
        return true;
    }

    /// <summary>Writes the integer this stands for as 32 bytes, big endian.</summary>
    public readonly void Encode(Span<byte> destination)
    {
        Multiply(out var integer, in this, new FieldElement(1, 0, 0, 0, 0));
        integer.MakeCanonical();
        Span<ulong> words = stackalloc ulong[4];
        integer.ToWords(words);
        for (var i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination[(24 - (8 * i))..], words[i]);
        }
    }

    internal static FieldElement FromWords(ReadOnlySpan<ulong> w) => new(
        w[0] & Mask,
        ((w[0] >> 52) | (w[1] << 12)) & Mask,
        ((w[1] >> 40) | (w[2] << 24)) & Mask,
        ((w[2] >> 28) | (w[3] << 36)) & Mask,
        w[3] >> 16);

    internal readonly void ToWords(Span<ulong> w)
    {
        w[0] = L0 | (L1 << 52);
        w[1] = (L1 >> 12) | (L2 << 40);
        w[2] = (L2 >> 24) | (L3 << 28);
        w[3] = (L3 >> 36) | (L4 << 16);
    }

    /// <summary>Writes limbs for a lane, <paramref name="stride"/> lanes apart.</summary>
    internal readonly void ToLane(Span<long> buffer, int stride)
    {
        buffer[0] = (long)L0;
        buffer[stride] = (long)L1;
        buffer[2 * stride] = (long)L2;
        buffer[3 * stride] = (long)L3;
        buffer[4 * stride] = (long)L4;
    }

    /// <summary>Reads a lane's signed limbs, of a value between −2p and 2p; the result is loose.</summary>
    internal static void FromLane(out FieldElement r, ReadOnlySpan<long> buffer, int stride) =>
        Carry(
            out r,
            buffer[0] + 0x1FFFFFFFFFFFFE,
            buffer[stride] + 0x1FE00000001FFE,
            buffer[2 * stride] + 0x1FFFFFFFFFFFFE,
            buffer[3 * stride] + 0x1FFFFFFFFFFFFE,
            buffer[4 * stride] + 0x1FFFFFFFDFFFE);

    /// <summary>Limbs in [−2⁵¹, 2⁵¹), as lanes hold them.</summary>
    internal readonly void ToSigned(Span<long> limbs)
    {
        const long half = 1L << (Radix - 1);
        var t0 = (long)L0 + half;
        var t1 = (long)L1 + half + (t0 >> Radix);
        var t2 = (long)L2 + half + (t1 >> Radix);
        var t3 = (long)L3 + half + (t2 >> Radix);
        limbs[0] = (t0 & (long)Mask) - half;
        limbs[1] = (t1 & (long)Mask) - half;
        limbs[2] = (t2 & (long)Mask) - half;
        limbs[3] = (t3 & (long)Mask) - half;
        limbs[4] = (long)L4 + (t3 >> Radix);
    }

    private static bool HasMultiplyHigh => Bmi2.X64.IsSupported || ArmBase.Arm64.IsSupported;

    /// <summary>The high half of a product; of limbs shifted left by 12 together, their product ≫ 52.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong a, ulong b) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : ArmBase.Arm64.MultiplyHigh(a, b);

    /// <summary>One step of the reduction: adds to a column t what makes its lowest 52 bits vanish.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(long t, ref long next, ref long second, ref long fourth, ref long fifth)
    {
        var q = (ulong)t & Mask;
        var h = High(q, A << 12);
        next += (t >> Radix) - (long)((q * A) - (h << Radix));
        second -= (long)h;
        h = High(q, B << 12);
        fourth += (long)((q * B) - (h << Radix));
        fifth += (long)h;
    }

    /// <summary>Carries signed columns of a non-negative value into limbs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Carry(out FieldElement r, long t0, long t1, long t2, long t3, long t4)
    {
        t1 += t0 >> Radix;
        t2 += t1 >> Radix;
        t3 += t2 >> Radix;
        t4 += t3 >> Radix;
        r = new((ulong)t0 & Mask, (ulong)t1 & Mask, (ulong)t2 & Mask, (ulong)t3 & Mask, (ulong)t4);
    }

    /// <summary>
    /// Carries limbs and folds what lies above 2²⁵⁶ once: 2²⁵⁶ ≡ 2²²⁴ + 2⁹⁶ − 2⁶⁴ + 1. A value up to 30p, limbs below
    /// 2⁵⁶, becomes less than 2²⁵⁶ + 2²³⁰, which is tight.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(out FieldElement r, ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
    {
        var high = l4 >> 48;
        Carry(
            out r,
            (long)(l0 + high),
            (long)(l1 + (high << 44) - (high << 12)),
            (long)l2,
            (long)l3,
            (long)((l4 & ((1UL << 48) - 1)) + (high << 16)));
    }
}
