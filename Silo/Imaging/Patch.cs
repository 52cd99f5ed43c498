namespace Bzt.Silo.Imaging;

/// <summary>
/// A field of the paper, seen from straight above and in even white light: of each colour how much the paper's own light comes back,
/// 1 where there is no ink. Uneven and coloured light is the camera's affair and is divided out here.
/// </summary>
internal sealed class Patch
{
    /// <summary>300 dpi.</summary>
    public const int PixelsPerMm = 12;

    /// <summary>The light is looked for on a coarser grid: 4 points a millimetre.</summary>
    private const int Coarse = 3;

    private Patch(int width, int height)
    {
        (Width, Height) = (width, height);
        (Red, Green, Blue) = (new float[width * height], new float[width * height], new float[width * height]);
    }

    public int Width { get; }

    public int Height { get; }

    public float[] Red { get; }

    public float[] Green { get; }

    public float[] Blue { get; }

    /// <summary>How bright the paper itself is in the photo, 0 to 255, where it is darkest.</summary>
    public float PaperLight { get; private set; }

    /// <summary>Pixels that lie outside the photo, in parts of all.</summary>
    public float Outside { get; private set; }

    /// <param name="photo">The photo.</param>
    /// <param name="toPhoto">From millimetres to its pixels.</param>
    /// <param name="box">In millimetres.</param>
    public static Patch Take(Photo photo, Homography toPhoto, PaperBox box)
    {
        var patch = new Patch((int)MathF.Round(box.Width * PixelsPerMm), (int)MathF.Round(box.Height * PixelsPerMm));
        var outside = 0;
        for (var y = 0; y < patch.Height; y++)
        {
            for (var x = 0; x < patch.Width; x++)
            {
                var spot = toPhoto.Map(box.Left + ((x + 0.5) / PixelsPerMm), box.Top + ((y + 0.5) / PixelsPerMm));
                outside += patch.Sample(photo, spot, (y * patch.Width) + x) ? 0 : 1;
            }
        }

        patch.Outside = (float)outside / (patch.Width * patch.Height);
        patch.Smooth();
        patch.DivideByLight();
        return patch;
    }

    private bool Sample(Photo photo, Spot spot, int to)
    {
        var (x, y) = (spot.X - 0.5, spot.Y - 0.5);
        var inside = x >= 0 && y >= 0 && x < photo.Width - 1 && y < photo.Height - 1;
        (x, y) = (Math.Clamp(x, 0, photo.Width - 1.001), Math.Clamp(y, 0, photo.Height - 1.001));
        var (px, py) = ((int)x, (int)y);
        var (fx, fy) = ((float)(x - px), (float)(y - py));
        var (a, b) = (3 * ((py * photo.Width) + px), 3 * (((py + 1) * photo.Width) + px));
        float Mix(int colour) =>
            (((photo.Rgb[a + colour] * (1 - fx)) + (photo.Rgb[a + 3 + colour] * fx)) * (1 - fy))
            + (((photo.Rgb[b + colour] * (1 - fx)) + (photo.Rgb[b + 3 + colour] * fx)) * fy);
        (Red[to], Green[to], Blue[to]) = (Mix(0), Mix(1), Mix(2));
        return inside;
    }

    /// <summary>A quarter of a millimetre: finer is the sensor's noise, not a seal's line.</summary>
    private void Smooth()
    {
        foreach (var plane in (float[][])[Red, Green, Blue])
        {
            Planes.Blur(plane, Width, Height, 1);
        }
    }

    /// <summary>
    /// The paper's light in red, in which a seal's ink is nearly as bright as paper, with whatever is darker and narrower than 3 mm closed: that
    /// follows a shadow's edge and is not fooled by writing. Green and blue follow from it by the paper's own colour, which changes slowly.
    /// </summary>
    private void DivideByLight()
    {
        var (width, height) = ((Width + Coarse - 1) / Coarse, (Height + Coarse - 1) / Coarse);
        var (red, green, blue) = (Shrink(Red, width, height), Shrink(Green, width, height), Shrink(Blue, width, height));
        var light = (float[])red.Clone();
        Planes.Close(light, width, height, 6);
        Planes.Blur(light, width, height, 1);
        var (greenPart, bluePart) = (Tint(green, red, width, height), Tint(blue, red, width, height));
        PaperLight = Planes.Percentile(light, 0.05f);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var place = (y * Width) + x;
                var (cx, cy) = (((x + 0.5f) / Coarse) - 0.5f, ((y + 0.5f) / Coarse) - 0.5f);
                var paper = Math.Max(8, Planes.At(light, width, height, cx, cy));
                Red[place] /= paper;
                Green[place] /= paper * Planes.At(greenPart, width, height, cx, cy);
                Blue[place] /= paper * Planes.At(bluePart, width, height, cx, cy);
            }
        }
    }

    /// <summary>How green, or blue, the paper is against its red: the upper part of each 8 mm block, and where a block is all ink, its neighbours'.</summary>
    private static float[] Tint(float[] colour, float[] red, int width, int height)
    {
        const int Block = 32;
        var (columns, rows) = ((width + Block - 1) / Block, (height + Block - 1) / Block);
        var blocks = new float[columns * rows];
        var ratios = new List<float>(Block * Block);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                ratios.Clear();
                for (var y = row * Block; y < Math.Min(height, (row + 1) * Block); y++)
                {
                    for (var x = column * Block; x < Math.Min(width, (column + 1) * Block); x++)
                    {
                        ratios.Add(colour[(y * width) + x] / Math.Max(8, red[(y * width) + x]));
                    }
                }

                ratios.Sort();
                blocks[(row * columns) + column] = ratios[(int)(ratios.Count * 0.8)];
            }
        }

        Planes.Widen(blocks, columns, rows, 1);
        var tint = new float[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                tint[(y * width) + x] = Math.Max(0.2f, Planes.At(blocks, columns, rows, ((x + 0.5f) / Block) - 0.5f, ((y + 0.5f) / Block) - 0.5f));
            }
        }

        return tint;
    }

    private float[] Shrink(float[] plane, int width, int height)
    {
        var small = new float[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (sum, count) = (0f, 0);
                for (var dy = y * Coarse; dy < Math.Min(Height, (y + 1) * Coarse); dy++)
                {
                    for (var dx = x * Coarse; dx < Math.Min(Width, (x + 1) * Coarse); dx++, count++)
                    {
                        sum += plane[(dy * Width) + dx];
                    }
                }

                small[(y * width) + x] = sum / count;
            }
        }

        return small;
    }
}
