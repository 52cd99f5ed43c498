namespace Bzt.Protocol.Arithmetic;

/// <summary>A point (x, y) other than infinity.</summary>
internal struct AffinePoint<T>
    where T : struct, IFieldElement<T>
{
    /// <summary>The coordinates.</summary>
    public T X, Y;
}
