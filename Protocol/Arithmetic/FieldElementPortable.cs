using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// The product of two field elements where there is no instruction for the high half of a 64-bit product
/// (WebAssembly): the limbs are halved to 26 bits, so that every product and column fits 64 bits.
/// </summary>
internal static class FieldElementPortable
{
    private const int Half = 26;
    private const ulong HalfMask = (1UL << Half) - 1;

    /// <summary>r = xy, with the bounds and the value modulo p of <see cref="FieldElement.Multiply"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(out FieldElement r, in FieldElement x, in FieldElement y)
    {
        ulong a0 = x.L0 & HalfMask, a1 = x.L0 >> Half, a2 = x.L1 & HalfMask, a3 = x.L1 >> Half, a4 = x.L2 & HalfMask;
        ulong a5 = x.L2 >> Half, a6 = x.L3 & HalfMask, a7 = x.L3 >> Half, a8 = x.L4 & HalfMask, a9 = x.L4 >> Half;
        ulong b0 = y.L0 & HalfMask, b1 = y.L0 >> Half, b2 = y.L1 & HalfMask, b3 = y.L1 >> Half, b4 = y.L2 & HalfMask;
        ulong b5 = y.L2 >> Half, b6 = y.L3 & HalfMask, b7 = y.L3 >> Half, b8 = y.L4 & HalfMask, b9 = y.L4 >> Half;

        // Odd halves reach 2³⁰, so a product of two stays below 2⁶⁰ and a column of at most five such, and five
        // smaller, below 2⁶³.
        var c = a0 * b0;
        var low = c & HalfMask;
        c = (c >> Half) + (a0 * b1) + (a1 * b0);
        var t0 = (long)(low | ((c & HalfMask) << Half));
        c = (c >> Half) + (a0 * b2) + (a1 * b1) + (a2 * b0);
        low = c & HalfMask;
        c = (c >> Half) + (a0 * b3) + (a1 * b2) + (a2 * b1) + (a3 * b0);
        var t1 = (long)(low | ((c & HalfMask) << Half));
        c = (c >> Half) + (a0 * b4) + (a1 * b3) + (a2 * b2) + (a3 * b1) + (a4 * b0);
        low = c & HalfMask;
        c = (c >> Half) + (a0 * b5) + (a1 * b4) + (a2 * b3) + (a3 * b2) + (a4 * b1) + (a5 * b0);
        var t2 = (long)(low | ((c & HalfMask) << Half));
        c = (c >> Half) + (a0 * b6) + (a1 * b5) + (a2 * b4) + (a3 * b3) + (a4 * b2) + (a5 * b1) + (a6 * b0);
        low = c & HalfMask;
        c = (c >> Half) + (a0 * b7) + (a1 * b6) + (a2 * b5) + (a3 * b4) + (a4 * b3) + (a5 * b2) + (a6 * b1) + (a7 * b0);
        var t3 = (long)(low | ((c & HalfMask) << Half));
        c = (c >> Half) + (a0 * b8) + (a1 * b7) + (a2 * b6) + (a3 * b5) + (a4 * b4) + (a5 * b3) + (a6 * b2) + (a7 * b1)
            + (a8 * b0);
        low = c & HalfMask;
        c = (c >> Half) + (a0 * b9) + (a1 * b8) + (a2 * b7) + (a3 * b6) + (a4 * b5) + (a5 * b4) + (a6 * b3) + (a7 * b2)
            + (a8 * b1) + (a9 * b0);
        var t4 = (long)(low | ((c & HalfMask) << Half));
        c = (c >> Half) + (a1 * b9) + (a2 * b8) + (a3 * b7) + (a4 * b6) + (a5 * b5) + (a6 * b4) + (a7 * b3) + (a8 * b2)
            + (a9 * b1);
        low = c & HalfMask;
        c = (c >> Half) + (a2 * b9) + (a3 * b8) + (a4 * b7) + (a5 * b6) + (a6 * b5) + (a7 * b4) + (a8 * b3) + (a9 * b2);
        var t5 = (long)(low | ((c & HalfMask) << Half));
        c = (c >> Half) + (a3 * b9) + (a4 * b8) + (a5 * b7) + (a6 * b6) + (a7 * b5) + (a8 * b4) + (a9 * b3);
        low = c & HalfMask;
        c = (c >> Half) + (a4 * b9) + (a5 * b8) + (a6 * b7) + (a7 * b6) + (a8 * b5) + (a9 * b4);
        var t6 = (long)(low | ((c & HalfMask) << Half));
        c = (c >> Half) + (a5 * b9) + (a6 * b8) + (a7 * b7) + (a8 * b6) + (a9 * b5);
        low = c & HalfMask;
        c = (c >> Half) + (a6 * b9) + (a7 * b8) + (a8 * b7) + (a9 * b6);
        var t7 = (long)(low | ((c & HalfMask) << Half));
        c = (c >> Half) + (a7 * b9) + (a8 * b8) + (a9 * b7);
        low = c & HalfMask;
        c = (c >> Half) + (a8 * b9) + (a9 * b8);
        var t8 = (long)(low | ((c & HalfMask) << Half));
        var t9 = (long)((c >> Half) + (a9 * b9));

        Step(t0, ref t1, ref t2, ref t4, ref t5);
        Step(t1, ref t2, ref t3, ref t5, ref t6);
        Step(t2, ref t3, ref t4, ref t6, ref t7);
        Step(t3, ref t4, ref t5, ref t7, ref t8);
        Step(t4, ref t5, ref t6, ref t8, ref t9);
        FieldElement.Carry(out r, t5, t6, t7, t8, t9);
    }

    /// <summary>The step of <see cref="FieldElement.Multiply"/> with q(2³² − 1) made of shifts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(long t, ref long next, ref long second, ref long fourth, ref long fifth)
    {
        var q = (ulong)t & FieldElement.Mask;
        next += (t >> FieldElement.Radix) + (long)((q << 12) & FieldElement.Mask) - (long)((q << 44) & FieldElement.Mask);
        second += (long)(q >> 40) - (long)(q >> 8);
        fourth += (long)((q << 48) & FieldElement.Mask) - (long)((q << 16) & FieldElement.Mask);
        fifth += (long)(q >> 4) - (long)(q >> 36);
    }
}
