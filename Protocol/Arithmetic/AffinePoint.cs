namespace Bzt.Protocol.Arithmetic;

/// <summary>A point (x, y) other than infinity; both coordinates tight.</summary>
internal struct AffinePoint
{
    /// <summary>Words of a point in a table: x and y, four words each, canonical.</summary>
    public const int Words = 8;

    /// <summary>The coordinates, in Montgomery form.</summary>
    public FieldElement X, Y;

    /// <summary>The generator (GB/T 32918.5).</summary>
    public static AffinePoint Generator => new()
    {
        X = new(0x8990F418029E9, 0xE6CA6C04FD132, 0x24C3C33E7981E, 0xB05D6A1ED99AC, 0x1167A5F71C13),
        Y = new(0x4E593C2D0DDD6, 0x8ED3295FA6135, 0x2A48F8C1F5E57, 0x5BD8D4CFB066E, 0x3CD65D4E1D73),
    };

    /// <summary>Whether y² = x³ − 3x + b, for tight coordinates.</summary>
    public static bool IsOnCurve(in FieldElement x, in FieldElement y)
    {
        FieldElement.Square(out var left, in y);
        FieldElement.Square(out var right, in x);
        FieldElement.Multiply(out right, in right, in x);
        FieldElement.Triple(out var threefold, in x);
        FieldElement.Subtract(out right, in right, in threefold);
        FieldElement.Add(out right, in right, ProjectivePoint.B);
        FieldElement.Subtract(out left, in left, in right);
        return FieldElement.IsZeroMask(in left) != 0;
    }

    /// <summary>Reads a point from a table.</summary>
    public static void Load(out AffinePoint r, ReadOnlySpan<ulong> words)
    {
        r.X = FieldElement.FromWords(words);
        r.Y = FieldElement.FromWords(words[4..]);
    }

    /// <summary>
    /// Writes points, none of them infinity, into a table with a single inversion (Montgomery, "Speeding the Pollard
    /// and elliptic curve methods of factorization", 1987, §10.3.1).
    /// </summary>
    public static void Store(Span<ulong> table, ReadOnlySpan<JacobianPoint> points)
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
