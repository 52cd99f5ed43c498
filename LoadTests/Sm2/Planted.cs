using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Bzt.Protocol.Arithmetic;

namespace Bzt.LoadTests.Sm2;

/// <summary>Mistakes of the kinds the checks for constant time exist to find, to show that they do.</summary>
internal static class Planted
{
    /// <summary>Leaves out the windows whose digit is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Point SkippingZeroDigits(Scalar k)
    {
        var r = default(Point);
        for (var i = 0; i < SignedWindow.Count; i++)
        {
            if (SignedWindow.Digit(k.Words, i, SignedWindow.Width, out _) != 0)
            {
                r += Sm2Group.G;
            }
        }

        return r;
    }

    /// <summary>Asks whether any lane's number is zero.</summary>
    public static Point BranchInLanes(Scalar k) => LanesBranch(Load(k)) ? Sm2Group.G : default;

    /// <summary>Reads memory where a lane's number says.</summary>
    public static Point IndexInLanes(Scalar k) => LanesIndex(Load(k), new Point[16]);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool LanesBranch(Vector512<long> lanes) => Vector512.EqualsAny(lanes, Vector512<long>.Zero);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Point LanesIndex(Vector512<long> lanes, Point[] table) => table[(int)((lanes + lanes).ToScalar() & 15)];

    private static Vector512<long> Load(Scalar k) => Vector512.Create((long)k.Words[0]);
}
