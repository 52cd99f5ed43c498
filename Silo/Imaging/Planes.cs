namespace Bzt.Silo.Imaging;

/// <summary>Filters over a plane of numbers, row by row in memory. Beyond the border lies the border's own value.</summary>
internal static class Planes
{
    /// <summary>Mean over a square of side 2r + 1.</summary>
    public static void Blur(float[] plane, int width, int height, int radius)
    {
        Lines(plane, width, height, (from, to) =>
        {
            var sum = 0f;
            for (var i = -radius; i <= radius; i++)
            {
                sum += from[Math.Clamp(i, 0, from.Length - 1)];
            }

            for (var i = 0; i < from.Length; i++)
            {
                to[i] = sum / ((2 * radius) + 1);
                sum += from[Math.Min(i + radius + 1, from.Length - 1)] - from[Math.Max(i - radius, 0)];
            }
        });
    }

    /// <summary>The largest within a square of side 2r + 1.</summary>
    public static void Widen(float[] plane, int width, int height, int radius) => Extreme(plane, width, height, radius, 1);

    /// <summary>Morphological closing: what is darker and narrower than 2r + 1 takes its surroundings' value; edges of what is wider stay where they are.</summary>
    public static void Close(float[] plane, int width, int height, int radius)
    {
        Extreme(plane, width, height, radius, 1);
        Extreme(plane, width, height, radius, -1);
    }

    /// <summary>Between the four points around a place.</summary>
    public static float At(float[] plane, int width, int height, float x, float y)
    {
        (x, y) = (Math.Clamp(x, 0, width - 1), Math.Clamp(y, 0, height - 1));
        var (px, py) = (Math.Min((int)x, Math.Max(0, width - 2)), Math.Min((int)y, Math.Max(0, height - 2)));
        var (nx, ny) = (Math.Min(px + 1, width - 1), Math.Min(py + 1, height - 1));
        var (fx, fy) = (x - px, y - py);
        return (((plane[(py * width) + px] * (1 - fx)) + (plane[(py * width) + nx] * fx)) * (1 - fy))
            + (((plane[(ny * width) + px] * (1 - fx)) + (plane[(ny * width) + nx] * fx)) * fy);
    }

    public static float Percentile(IEnumerable<float> values, float part)
    {
        float[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted.Length == 0 ? 0 : sorted[Math.Clamp((int)(sorted.Length * part), 0, sorted.Length - 1)];
    }

    private static void Extreme(float[] plane, int width, int height, int radius, int sign) => Lines(plane, width, height, (from, to) =>
    {
        for (var i = 0; i < from.Length; i++)
        {
            var most = sign * from[i];
            for (var j = Math.Max(0, i - radius); j <= Math.Min(from.Length - 1, i + radius); j++)
            {
                most = Math.Max(most, sign * from[j]);
            }

            to[i] = sign * most;
        }
    });

    private static void Lines(float[] plane, int width, int height, Action<float[], float[]> filter)
    {
        var (from, to) = (new float[width], new float[width]);
        for (var y = 0; y < height; y++)
        {
            Array.Copy(plane, y * width, from, 0, width);
            filter(from, to);
            Array.Copy(to, 0, plane, y * width, width);
        }

        (from, to) = (new float[height], new float[height]);
        for (var x = 0; x < width; x++)
        {
            for (var y = 0; y < height; y++)
            {
                from[y] = plane[(y * width) + x];
            }

            filter(from, to);
            for (var y = 0; y < height; y++)
            {
                plane[(y * width) + x] = to[y];
            }
        }
    }
}
