using Bzt.Silo.Imaging;
using SkiaSharp;

namespace Bzt.Tests.Seals;

/// <summary>How a phone's camera takes a sheet of paper.</summary>
internal sealed record Shot
{
    public int Width { get; init; } = 1650;

    public int Height { get; init; } = 2200;

    /// <summary>Degrees; the paper fills the photo as far as it then fits.</summary>
    public float Turn { get; init; }

    /// <summary>Parts of the width by which the far edge is shorter.</summary>
    public float Slant { get; init; }

    /// <summary>Of the photo, how much the paper takes.</summary>
    public float Fill { get; init; } = 0.94f;

    /// <summary>Of white paper, 1 is as bright as can be.</summary>
    public float Light { get; init; } = 0.88f;

    public (float R, float G, float B) Tint { get; init; } = (1, 1, 1);

    /// <summary>How much light a shadow across the page takes.</summary>
    public float Shadow { get; init; }

    /// <summary>Its edge in pixels.</summary>
    public float ShadowEdge { get; init; } = 300;

    /// <summary>Standard deviation of the sensor's noise, of 255.</summary>
    public float Noise { get; init; } = 3;

    /// <summary>Sigma in pixels.</summary>
    public float Blur { get; init; } = 0.6f;

    public int Quality { get; init; } = 88;

    /// <summary>Pixels by which the paper lies aside.</summary>
    public (float X, float Y) Aside { get; init; }

    public SKEncodedImageFormat Format { get; init; } = SKEncodedImageFormat.Jpeg;

    public byte[] Take(SyntheticPaper paper)
    {
        using var seen = Project(paper);
        Expose(seen);
        using var encoded = seen.Encode(Format, Quality);
        return encoded.ToArray();
    }

    private SKBitmap Project(SyntheticPaper paper)
    {
        var (paperWidth, paperHeight) = (paper.Bitmap.Width, paper.Bitmap.Height);
        var (cos, sin) = (MathF.Cos(Turn * MathF.PI / 180), MathF.Sin(Turn * MathF.PI / 180));
        var (spanX, spanY) = ((Math.Abs(cos) * paperWidth) + (Math.Abs(sin) * paperHeight), (Math.Abs(sin) * paperWidth) + (Math.Abs(cos) * paperHeight));
        var scale = Math.Min(Width / spanX, Height / spanY) * Fill;
        Spot Corner(float x, float y, float inset)
        {
            var (dx, dy) = (((x * (1 - inset)) - 0.5f + (0.5f * inset)) * paperWidth * scale, (y - 0.5f) * paperHeight * scale);
            return new Spot((Width / 2f) + (dx * cos) - (dy * sin) + Aside.X, (Height / 2f) + (dx * sin) + (dy * cos) + Aside.Y);
        }

        var view = Homography.Between(
            [new(0, 0), new(paperWidth, 0), new(paperWidth, paperHeight), new(0, paperHeight)],
            [Corner(0, 0, Slant), Corner(1, 0, Slant), Corner(1, 1, 0), Corner(0, 1, 0)])!;
        var seen = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(seen);
        // A wooden desk: brown, which is nearly a red.
        canvas.Clear(new SKColor(0x9C, 0x74, 0x52));
        var c = view.Coefficients.Select(number => (float)number).ToArray();
        canvas.SetMatrix(new SKMatrix(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], 1));
        using var image = SKImage.FromBitmap(paper.Bitmap);
        using var paint = new SKPaint();
        if (Blur > 0)
        {
            paint.ImageFilter = SKImageFilter.CreateBlur(Blur / scale, Blur / scale);
        }

        canvas.DrawImage(image, 0, 0, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear), paint);
        return seen;
    }

    private unsafe void Expose(SKBitmap seen)
    {
        var random = new Random(20261125);
        var pixels = new Span<byte>((void*)seen.GetPixels(), 4 * Width * Height);
        // Sums of four bytes are normal enough, and quick.
        Span<byte> bytes = stackalloc byte[12];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                // The shadow's edge runs across the page at a slope.
                var into = ((x * 0.8f) + (y * 0.6f) - (0.75f * Height)) / ShadowEdge;
                var light = Light * (1 - (Shadow * Math.Clamp(into + 0.5f, 0, 1))) * (1 - (0.08f * y / Height));
                random.NextBytes(bytes);
                for (var c = 0; c < 3; c++)
                {
                    ref var pixel = ref pixels[(4 * ((y * Width) + x)) + c];
                    var noise = (bytes[c] + bytes[c + 3] + bytes[c + 6] + bytes[c + 9] - 510) / 147.8f * Noise;
                    pixel = (byte)Math.Clamp((pixel * light * (c == 0 ? Tint.R : c == 1 ? Tint.G : Tint.B)) + noise, 0, 255);
                }
            }
        }
    }
}
