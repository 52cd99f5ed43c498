namespace Bzt.Protocol.Arithmetic;

/// <summary>Points as tables hold them: x and y canonical in Montgomery form, four words each.</summary>
internal static class PointTable
{
    /// <summary>Words of a point.</summary>
    public const int Words = 8;

    /// <summary>Reads a point.</summary>
    public static void Load(out AffinePoint<FieldElement> r, ReadOnlySpan<ulong> words)
    {
        r.X = FieldElement.FromWords(words);
        r.Y = FieldElement.FromWords(words[4..]);
    }

    /// <summary>
    /// Writes points, none of them infinity, with a single inversion (Montgomery, "Speeding the Pollard and elliptic
    /// curve methods of factorization", 1987, §10.3.1).
    /// </summary>
    public static void Store(Span<ulong> table, ReadOnlySpan<JacobianPoint<FieldElement>> points)
    {
        var prefixes = points.Length <= 32 ? stackalloc FieldElement[points.Length] : new FieldElement[points.Length];
        var product = FieldElement.One;
        for (var i = 0; i < points.Length; i++)
        {
            prefixes[i] = product;
            FieldElement.Multiply(out product, in product, in points[i].Z);
        }

        FieldElement.Invert(out var inverse, in product);
        for (var i = points.Length - 1; i >= 0; i--)
        {
            FieldElement.Multiply(out var z, in inverse, in prefixes[i]);
            FieldElement.Multiply(out inverse, in inverse, in points[i].Z);
            FieldElement.Square(out var zz, in z);
            FieldElement.Multiply(out var x, in points[i].X, in zz);
            FieldElement.Multiply(out zz, in zz, in z);
            FieldElement.Multiply(out var y, in points[i].Y, in zz);
            x.MakeCanonical();
            y.MakeCanonical();
            x.ToWords(table.Slice(Words * i, 4));
            y.ToWords(table.Slice((Words * i) + 4, 4));
        }
    }
}
