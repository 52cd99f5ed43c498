using SkiaSharp;

namespace Bzt.Silo.Imaging;

/// <summary>A rectangle of pixels, right and bottom not in it.</summary>
internal readonly record struct Area(int Left, int Top, int Right, int Bottom)
{
    public int Width => Right - Left;

    public int Height => Bottom - Top;
}

/// <summary>
/// The ink of one kind in a patch: how much of it lies at each pixel (alpha, 0 to 1), and its one colour. Covered paper sends back
/// <c>1 − alpha·(1 − ink)</c> of its light, so alpha follows from what is missing.
/// </summary>
internal sealed class Ink
{
    private Ink(int width, int height, float[] alpha, SKColor colour) => (Width, Height, Alpha, Colour) = (width, height, alpha, colour);

    public int Width { get; }

    public int Height { get; }

    public float[] Alpha { get; }

    public SKColor Colour { get; }

    /// <summary>A seal's red.</summary>
    /// <remarks>Paper and print are grey: what they take, they take from red and green alike. The gate looks at colour, which cameras and JPEG blur; alpha at green, which they keep.</remarks>
    public static Ink Red(Patch patch)
    {
        var (red, green) = ((float[])patch.Red.Clone(), (float[])patch.Green.Clone());
        foreach (var plane in (float[][])[red, green])
        {
            Planes.Blur(plane, patch.Width, patch.Height, 2);
        }

        return Make(patch, place =>
        {
            var missing = 1 - green[place];
            var reddish = missing < 0.06f ? 0 : (red[place] - green[place]) / missing;
            return (1 - ((0.75f * patch.Green[place]) + (0.25f * patch.Blue[place])), Ramp(reddish, 0.3f, 0.55f));
        }, 0.1f);
    }

    /// <summary>A pen's black or blue; a seal stamped over it is not in it.</summary>
    public static Ink Pen(Patch patch) => Make(patch, place =>
    {
        var (r, g, b) = (patch.Red[place], patch.Green[place], patch.Blue[place]);
        var missing = 1 - ((0.45f * r) + (0.45f * g) + (0.1f * b));
        var reddish = missing < 0.06f ? 0 : (r - g) / missing;
        return (missing, 1 - Ramp(reddish, 0.35f, 0.6f));
    }, 0.16f);

    /// <summary>Square millimetres of it within an area.</summary>
    public double SquareMm(Area area)
    {
        var sum = 0.0;
        for (var y = area.Top; y < area.Bottom; y++)
        {
            for (var x = area.Left; x < area.Right; x++)
            {
                sum += Alpha[(y * Width) + x];
            }
        }

        return sum / (Patch.PixelsPerMm * Patch.PixelsPerMm);
    }

    /// <summary>
    /// Of the ink's pixels those that are neither ink nor paper: a sharp picture has few between its full lines. In parts of all that is inked.
    /// </summary>
    public double Softness(Area area)
    {
        var (between, full) = (0, 0);
        for (var y = area.Top; y < area.Bottom; y++)
        {
            for (var x = area.Left; x < area.Right; x++)
            {
                var alpha = Alpha[(y * Width) + x];
                between += alpha is > 0.15f and < 0.75f ? 1 : 0;
                full += alpha >= 0.75f ? 1 : 0;
            }
        }

        return full == 0 ? 1 : (double)between / (between + full);
    }

    /// <summary>The picture of an area: one colour, transparent where there is no ink.</summary>
    public byte[] ToPng(Area area)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(area.Width, area.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        var pixels = new byte[4 * area.Width * area.Height];
        for (var y = 0; y < area.Height; y++)
        {
            for (var x = 0; x < area.Width; x++)
            {
                var alpha = (byte)MathF.Round(255 * Alpha[((area.Top + y) * Width) + area.Left + x]);
                var place = 4 * ((y * area.Width) + x);
                if (alpha != 0)
                {
                    (pixels[place], pixels[place + 1], pixels[place + 2], pixels[place + 3]) = (Colour.Red, Colour.Green, Colour.Blue, alpha);
                }
            }
        }

        System.Runtime.InteropServices.Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    private static Ink Make(Patch patch, Func<int, (float Missing, float Gate)> look, float floor)
    {
        var alpha = new float[patch.Width * patch.Height];
        var strong = new List<float>();
        for (var i = 0; i < alpha.Length; i++)
        {
            var (missing, gate) = look(i);
            alpha[i] = missing * gate;
            if (alpha[i] > 2 * floor)
            {
                strong.Add(alpha[i]);
            }
        }

        // What the ink takes where it covers fully; lines thinner than the photo resolves never do.
        var full = Math.Max(4 * floor, Planes.Percentile(strong, 0.8f));
        List<float> red = [], green = [], blue = [];
        for (var i = 0; i < alpha.Length; i++)
        {
            if (alpha[i] > 0.95f * full)
            {
                red.Add(patch.Red[i]);
                green.Add(patch.Green[i]);
                blue.Add(patch.Blue[i]);
            }

            alpha[i] = Math.Clamp((alpha[i] - floor) / ((0.92f * full) - floor), 0, 1);
        }

        return new Ink(patch.Width, patch.Height, alpha, new SKColor(Octet(red), Octet(green), Octet(blue)));
    }

    private static byte Octet(List<float> values) => (byte)Math.Clamp(255 * Planes.Percentile(values, 0.5f), 0, 255);

    private static float Ramp(float value, float from, float to) => Math.Clamp((value - from) / (to - from), 0, 1);
}
