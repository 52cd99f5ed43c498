using SkiaSharp;

namespace Bzt.Documents.Pdf;

/// <summary>A seal's pixels, colour apart from coverage, as an image and its soft mask hold them.</summary>
public sealed class SealPicture
{
    /// <summary>A seal is 40 to 50 mm; 600 dpi of that is 1200 pixels.</summary>
    private const int MaximumSide = 4096;

    private SealPicture(int width, int height, byte[] rgb, byte[] alpha) => (Width, Height, Rgb, Alpha) = (width, height, rgb, alpha);

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>A strip of it from top to bottom.</summary>
    /// <param name="left">First column.</param>
    /// <param name="width">How many columns.</param>
    public SealPicture Strip(int left, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(left + width, Width);
        var (rgb, alpha) = (new byte[width * Height * 3], new byte[width * Height]);
        for (var row = 0; row < Height; row++)
        {
            Rgb.AsSpan(((row * Width) + left) * 3, width * 3).CopyTo(rgb.AsSpan(row * width * 3));
            Alpha.AsSpan((row * Width) + left, width).CopyTo(alpha.AsSpan(row * width));
        }
        return new SealPicture(width, Height, rgb, alpha);
    }

    internal byte[] Rgb { get; }

    internal byte[] Alpha { get; }

    /// <summary>Decodes a PNG (or JPEG). False when it is none, or larger than 4096 pixels a side.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> png, out SealPicture? picture)
    {
        picture = null;
        using var data = SKData.CreateCopy(png);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.Info.Width is < 1 or > MaximumSide || codec.Info.Height is < 1 or > MaximumSide) return false;
        using var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) != SKCodecResult.Success) return false;
        picture = FromRgba(bitmap.Width, bitmap.Height, bitmap.GetPixelSpan());
        return true;
    }

    /// <summary>Takes rows of red, green, blue, alpha; alpha not premultiplied.</summary>
    public static SealPicture FromRgba(int width, int height, ReadOnlySpan<byte> rgba)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rgba.Length, width * height * 4);
        var (rgb, alpha) = (new byte[width * height * 3], new byte[width * height]);
        for (var i = 0; i < alpha.Length; i++)
        {
            rgba.Slice(i * 4, 3).CopyTo(rgb.AsSpan(i * 3));
            alpha[i] = rgba[i * 4 + 3];
        }
        return new SealPicture(width, height, rgb, alpha);
    }
}
