using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Bzt.Protocol.Arithmetic;

/// <summary>What must not depend on a secret in time: masks, and a look-up that reads every entry.</summary>
internal static class ConstantTime
{
    /// <summary>All ones for zero, else zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong IsZeroMask(ulong x) => ((x | (0 - x)) >> 63) - 1;

    /// <summary>
    /// Copies entry <paramref name="index"/>, counted from one, of a table into <paramref name="entry"/>; index zero
    /// gives zeros. Entries are as long as <paramref name="entry"/>, a multiple of four words.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Select(ReadOnlySpan<ulong> table, ulong index, Span<ulong> entry)
    {
        entry.Clear();
        if (Vector256.IsHardwareAccelerated)
        {
            for (var part = 0; part < entry.Length; part += 4)
            {
                var chosen = Vector256<ulong>.Zero;
                var wanted = Vector256.Create(index);
                var number = Vector256<ulong>.One;
                for (var at = part; at < table.Length; at += entry.Length)
                {
                    chosen |= Vector256.Equals(number, wanted) & Vector256.Create(table.Slice(at, 4));
                    number += Vector256<ulong>.One;
                }

                chosen.CopyTo(entry.Slice(part, 4));
            }

            return;
        }

        var n = 1UL;
        for (var at = 0; at < table.Length; at += entry.Length, n++)
        {
            var mask = IsZeroMask(n ^ index);
            for (var i = 0; i < entry.Length; i++)
            {
                entry[i] |= table[at + i] & mask;
            }
        }
    }
}
