namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// What the point formulas ask of the field, so that they are written once for one element
/// (<see cref="FieldElement"/>) and for several side by side (<see cref="FieldLanes{T}"/>).
/// </summary>
/// <remarks>
/// A value is tight as an operation returns it, and loose as a sum or difference of two tight values that is not yet
/// reduced. <see cref="Multiply"/> takes at most one loose operand, everything else takes tight ones.
/// </remarks>
internal interface IFieldElement<T>
    where T : struct, IFieldElement<T>
{
    /// <summary>One.</summary>
    static abstract T One { get; }

    /// <summary>The curve's coefficient b.</summary>
    static abstract T CurveB { get; }

    /// <summary>r = xy; one of the two may be loose.</summary>
    static abstract void Multiply(out T r, in T x, in T y);

    /// <summary>r = x².</summary>
    static abstract void Square(out T r, in T x);

    /// <summary>r = x + y, loose.</summary>
    static abstract void AddLoose(out T r, in T x, in T y);

    /// <summary>r = x − y, loose.</summary>
    static abstract void SubtractLoose(out T r, in T x, in T y);

    /// <summary>r = x + y.</summary>
    static abstract void Add(out T r, in T x, in T y);

    /// <summary>r = x − y.</summary>
    static abstract void Subtract(out T r, in T x, in T y);

    /// <summary>r = x − 2y.</summary>
    static abstract void SubtractTwice(out T r, in T x, in T y);

    /// <summary>r = x − y − 2z.</summary>
    static abstract void SubtractBoth(out T r, in T x, in T y, in T z);

    /// <summary>r = 3x.</summary>
    static abstract void Triple(out T r, in T x);

    /// <summary>r = 3(x − y).</summary>
    static abstract void TripleDifference(out T r, in T x, in T y);
}
