using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// Inversion modulo p and modulo n in constant time: the division steps of Bernstein and Yang, "Fast constant-time
/// gcd computation and modular inversion" (CHES 2019), started at δ = 1/2, for which 590 steps suffice for 256-bit
/// moduli (Pieter Wuille's bound, proved by exhaustive convex hulls); here 20 rounds of 30. Limbs of 30 bits, so that
/// all products fit 64 bits everywhere.
/// </summary>
internal static class ModularInverse
{
    private const int Limbs = 9;
    private const int Bits = 30;
    private const int Rounds = 20;
    private const int Mask = (1 << Bits) - 1;

    private static ReadOnlySpan<int> P =>
        [0x3FFFFFFF, 0x3FFFFFFF, 0xF, 0x3FFFFFC0, 0x3FFFFFFF, 0x3FFFFFFF, 0x3FFFFFFF, 0x3FFFBFFF, 0xFFFF];

    private static ReadOnlySpan<int> N =>
        [0x39D54123, 0xEEFD024, 0x1C6052B5, 0xF7DAC8, 0x3FFFFF72, 0x3FFFFFFF, 0x3FFFFFFF, 0x3FFFBFFF, 0xFFFF];

    /// <summary>Replaces a number below p, four words, by its inverse modulo p; zero by zero.</summary>
    public static void InvertModP(Span<ulong> words) => Invert(words, P, 0x3FFFFFFF);

    /// <summary>Replaces a number below n, four words, by its inverse modulo n; zero by zero.</summary>
    public static void InvertModN(Span<ulong> words) => Invert(words, N, 0xDCAF68B);

    /// <param name="words">The number, four words, least significant first.</param>
    /// <param name="modulus">The modulus in limbs.</param>
    /// <param name="modulusInverse">Its inverse modulo 2³⁰.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Invert(Span<ulong> words, ReadOnlySpan<int> modulus, uint modulusInverse)
    {
        // Invariants: f ≡ d·x and g ≡ e·x modulo the modulus, up to the powers of two the updates divide out.
        Span<int> state = stackalloc int[4 * Limbs];
        state.Clear();
        var d = state[..Limbs];
        var e = state.Slice(Limbs, Limbs);
        var f = state.Slice(2 * Limbs, Limbs);
        var g = state.Slice(3 * Limbs, Limbs);
        e[0] = 1;
        modulus.CopyTo(f);
        for (var i = 0; i < Limbs; i++)
        {
            int bit = Bits * i, word = bit >> 6, shift = bit & 63;
            var v = words[word] >> shift;
            if (shift > 64 - Bits && word < 3)
            {
                v |= words[word + 1] << (64 - shift);
            }

            g[i] = (int)((uint)v & Mask);
        }

        var zeta = -1;
        for (var round = 0; round < Rounds; round++)
        {
            zeta = Steps(zeta, (uint)f[0] | ((uint)f[1] << Bits), (uint)g[0] | ((uint)g[1] << Bits), out var t);
            UpdateCofactors(d, e, in t, modulus, modulusInverse);
            UpdateRemainders(f, g, in t);
        }

        // Now g = 0 and f = ±1, and d is ± the inverse, in (−2M, M).
        Normalize(d, f[Limbs - 1] >> 31, modulus);
        words.Clear();
        for (var i = 0; i < Limbs; i++)
        {
            int bit = Bits * i, word = bit >> 6, shift = bit & 63;
            words[word] |= (ulong)(uint)d[i] << shift;
            if (shift > 64 - Bits && word < 3)
            {
                words[word + 1] |= (ulong)(uint)d[i] >> (64 - shift);
            }
        }

        state.Clear();
    }

    /// <summary>Thirty division steps on the low bits; ζ = −(δ + 1/2). The matrix t is scaled by 2³⁰.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Steps(int zeta, uint f, uint g, out Matrix t)
    {
        uint u = 1, v = 0, q = 0, r = 1;
        for (var i = 0; i < Bits; i++)
        {
            // swap: ζ < 0; odd: g is odd.
            var swap = (uint)(zeta >> 31);
            var odd = 0 - (g & 1);
            g += ((f ^ swap) - swap) & odd;
            q += ((u ^ swap) - swap) & odd;
            r += ((v ^ swap) - swap) & odd;
            swap &= odd;
            zeta = (zeta ^ (int)swap) - 1;
            f += g & swap;
            u += q & swap;
            v += r & swap;
            g >>= 1;
            u <<= 1;
            v <<= 1;
        }

        t = new Matrix((int)u, (int)v, (int)q, (int)r);
        return zeta;
    }

    /// <summary>(d, e) ← t·(d, e)/2³⁰ modulo the modulus, kept in (−2M, M).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UpdateCofactors(Span<int> d, Span<int> e, in Matrix t, ReadOnlySpan<int> modulus, uint inverse)
    {
        long u = t.U, v = t.V, q = t.Q, r = t.R;
        int signD = d[Limbs - 1] >> 31, signE = e[Limbs - 1] >> 31;
        var md = (t.U & signD) + (t.V & signE);
        var me = (t.Q & signD) + (t.R & signE);
        var cd = (u * d[0]) + (v * e[0]);
        var ce = (q * d[0]) + (r * e[0]);

        // Multiples of the modulus that clear the lowest limb.
        md -= (int)(((inverse * (uint)cd) + (uint)md) & Mask);
        me -= (int)(((inverse * (uint)ce) + (uint)me) & Mask);
        cd = (cd + ((long)modulus[0] * md)) >> Bits;
        ce = (ce + ((long)modulus[0] * me)) >> Bits;
        for (var i = 1; i < Limbs; i++)
        {
            cd += (u * d[i]) + (v * e[i]) + ((long)modulus[i] * md);
            ce += (q * d[i]) + (r * e[i]) + ((long)modulus[i] * me);
            d[i - 1] = (int)cd & Mask;
            e[i - 1] = (int)ce & Mask;
            cd >>= Bits;
            ce >>= Bits;
        }

        d[Limbs - 1] = (int)cd;
        e[Limbs - 1] = (int)ce;
    }

    /// <summary>(f, g) ← t·(f, g)/2³⁰, which is exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UpdateRemainders(Span<int> f, Span<int> g, in Matrix t)
    {
        long u = t.U, v = t.V, q = t.Q, r = t.R;
        var cf = ((u * f[0]) + (v * g[0])) >> Bits;
        var cg = ((q * f[0]) + (r * g[0])) >> Bits;
        for (var i = 1; i < Limbs; i++)
        {
            cf += (u * f[i]) + (v * g[i]);
            cg += (q * f[i]) + (r * g[i]);
            f[i - 1] = (int)cf & Mask;
            g[i - 1] = (int)cg & Mask;
            cf >>= Bits;
            cg >>= Bits;
        }

        f[Limbs - 1] = (int)cf;
        g[Limbs - 1] = (int)cg;
    }

    /// <summary>Brings d from (−2M, M), negated where the sign is −1, into [0, M).</summary>
    private static void Normalize(Span<int> d, int sign, ReadOnlySpan<int> modulus)
    {
        var negative = d[Limbs - 1] >> 31;
        for (var i = 0; i < Limbs; i++)
        {
            d[i] = ((d[i] + (modulus[i] & negative)) ^ sign) - sign;
        }

        Carry(d);
        negative = d[Limbs - 1] >> 31;
        for (var i = 0; i < Limbs; i++)
        {
            d[i] += modulus[i] & negative;
        }

        Carry(d);
    }

    private static void Carry(Span<int> d)
    {
        for (var i = 0; i < Limbs - 1; i++)
        {
            d[i + 1] += d[i] >> Bits;
            d[i] &= Mask;
        }
    }

    private readonly record struct Matrix(int U, int V, int Q, int R);
}
