namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// Several 64-bit integers side by side in one register, and the products of doubles that a field needs of them. A
/// value of this type also carries doubles, as bits.
/// </summary>
internal interface ILanes<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>How many.</summary>
    static abstract int Count { get; }

    /// <summary>What <see cref="Low"/> adds to its result, as the bits of a double.</summary>
    static abstract long LowBits { get; }

    /// <summary>The same integer in every lane.</summary>
    static abstract T Create(long value);

    /// <summary>Reads a lane each.</summary>
    static abstract T Load(ReadOnlySpan<long> source);

    /// <summary>Writes a lane each.</summary>
    static abstract void Store(Span<long> destination, T a);

    /// <summary>Sums.</summary>
    static abstract T operator +(T a, T b);

    /// <summary>Differences.</summary>
    static abstract T operator -(T a, T b);

    /// <summary>Bitwise and.</summary>
    static abstract T operator &(T a, T b);

    /// <summary>Bitwise exclusive or.</summary>
    static abstract T operator ^(T a, T b);

    /// <summary>Shift to the left.</summary>
    static abstract T operator <<(T a, int bits);

    /// <summary>Shift to the right that keeps the sign.</summary>
    static abstract T operator >>(T a, int bits);

    /// <summary>Shift to the right that brings in zeros.</summary>
    static abstract T operator >>>(T a, int bits);

    /// <summary>All ones in the lanes where a and b are equal, zero in the others.</summary>
    static abstract T AreEqual(T a, T b);

    /// <summary>a where the mask is all ones, b where it is zero.</summary>
    static abstract T Select(T mask, T a, T b);

    /// <summary>Integers of magnitude up to 2⁵³ as doubles.</summary>
    static abstract T ToDouble(T a);

    /// <summary>Doubles, doubled.</summary>
    static abstract T Twice(T a);

    /// <summary>
    /// With ab = high·2⁵² + low, the bits of a double that are <see cref="LanesOfDoubles.HighBits"/> + high. For doubles
    /// that are integers with |ab| ≤ 2¹⁰³.
    /// </summary>
    static abstract T High(T a, T b);

    /// <summary>Given the bits <see cref="High"/> returned, <see cref="LowBits"/> + low.</summary>
    static abstract T Low(T a, T b, T high);

    /// <summary>
    /// From a column of 64 numbers the one each lane's index asks for, reading all of them whatever the index.
    /// </summary>
    static abstract T Lookup(ReadOnlySpan<long> column, T index);

    /// <summary>Exchanges lanes whose numbers differ in one bit.</summary>
    static abstract T Exchange(T a, int distance);
}

/// <summary>
/// Exact products of integers by fused multiplication and addition of doubles (Emmart, Zheng, Weems, "Faster modular
/// exponentiation using double precision floating point arithmetic on the GPU", ARITH 2018). ab + 1.5·2¹⁰⁴ has a last
/// place worth 2⁵², so its low bits are the high part of ab; ab less that part is exact in the second fused product.
/// </summary>
internal static class LanesOfDoubles
{
    /// <summary>1.5·2¹⁰⁴: large enough that negative products stay in the same binade.</summary>
    public const double HighOffset = 1.5 * (1UL << 52) * (1UL << 52);

    /// <summary>2⁵².</summary>
    public const double TwoTo52 = 1UL << 52;

    /// <summary>The bits of <see cref="HighOffset"/>.</summary>
    public const long HighBits = 0x4678000000000000;
}
