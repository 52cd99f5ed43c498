namespace Bzt.Silo.Imaging;

internal readonly record struct Spot(double X, double Y)
{
    public double DistanceTo(Spot other) => Math.Sqrt(((X - other.X) * (X - other.X)) + ((Y - other.Y) * (Y - other.Y)));
}

/// <summary>A plane seen from somewhere: takes places on the paper to places in the photo.</summary>
internal sealed class Homography
{
    // Row by row; the ninth is 1.
    private readonly double[] h;

    private Homography(double[] h) => this.h = h;

    /// <summary>Row by row, without the last, which is 1.</summary>
    public IReadOnlyList<double> Coefficients => h;

    /// <summary>Null when three of four points lie on a line.</summary>
    public static Homography? Between(ReadOnlySpan<Spot> from, ReadOnlySpan<Spot> to)
    {
        // Eight equations in eight unknowns: u(gx + hy + 1) = ax + by + c, the same for v.
        var m = new double[8, 9];
        for (var i = 0; i < 4; i++)
        {
            var ((x, y), (u, v)) = (from[i], to[i]);
            double[] forU = [x, y, 1, 0, 0, 0, -u * x, -u * y, u], forV = [0, 0, 0, x, y, 1, -v * x, -v * y, v];
            for (var j = 0; j < 9; j++)
            {
                (m[2 * i, j], m[(2 * i) + 1, j]) = (forU[j], forV[j]);
            }
        }

        return Solve(m) ? new Homography([.. Enumerable.Range(0, 8).Select(i => m[i, 8])]) : null;
    }

    public Spot Map(double x, double y)
    {
        var w = (h[6] * x) + (h[7] * y) + 1;
        return new Spot(((h[0] * x) + (h[1] * y) + h[2]) / w, ((h[3] * x) + (h[4] * y) + h[5]) / w);
    }

    /// <summary>Pixels of the photo to a unit of the paper, at a place of it.</summary>
    public double ScaleAt(double x, double y)
    {
        var at = Map(x, y);
        return (at.DistanceTo(Map(x + 0.5, y)) + at.DistanceTo(Map(x, y + 0.5)));
    }

    private static bool Solve(double[,] m)
    {
        for (var column = 0; column < 8; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < 8; row++)
            {
                pivot = Math.Abs(m[row, column]) > Math.Abs(m[pivot, column]) ? row : pivot;
            }

            if (Math.Abs(m[pivot, column]) < 1e-9)
            {
                return false;
            }

            for (var j = 0; j < 9; j++)
            {
                (m[column, j], m[pivot, j]) = (m[pivot, j], m[column, j]);
            }

            for (var row = 0; row < 8; row++)
            {
                if (row == column)
                {
                    continue;
                }

                var factor = m[row, column] / m[column, column];
                for (var j = column; j < 9; j++)
                {
                    m[row, j] -= factor * m[column, j];
                }
            }
        }

        for (var row = 0; row < 8; row++)
        {
            m[row, 8] /= m[row, row];
        }

        return true;
    }
}
