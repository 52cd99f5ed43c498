using SkiaSharp;

namespace Bzt.Silo.Imaging;

/// <summary>A photo, upright, as red, green, blue octets; no larger than it is of use.</summary>
internal sealed class Photo
{
    /// <summary>A photo of a page needs no more: 4096 pixels are 12 a millimetre and some margin.</summary>
    private const int Longest = 4096, Enough = 3200;

    /// <summary>Forty million pixels unpack to 160 MB, whatever the file says of itself; phones' photos have 12 to 24.</summary>
    private const long MostPixels = 40_000_000;

    private const int LongestSide = 20_000;

    private Photo(int width, int height, byte[] rgb) => (Width, Height, Rgb) = (width, height, rgb);

    public int Width { get; }

    public int Height { get; }

    public byte[] Rgb { get; }

    public enum Decoding
    {
        Done,
        Unreadable,
        TooLarge,
    }

    public static Decoding TryDecode(byte[] octets, out Photo photo)
    {
        photo = null!;
        using var data = SKData.CreateCopy(octets);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png) || codec.Info.Width < 1 || codec.Info.Height < 1)
        {
            return Decoding.Unreadable;
        }

        // Before anything is unpacked.
        if (codec.Info.Width > LongestSide || codec.Info.Height > LongestSide || (long)codec.Info.Width * codec.Info.Height > MostPixels)
        {
            return Decoding.TooLarge;
        }

        using var decoded = Decode(codec);
        if (decoded is null)
        {
            return Decoding.Unreadable;
        }

        using var fitting = Shrink(decoded);
        photo = Upright(fitting ?? decoded, codec.EncodedOrigin);
        return Decoding.Done;
    }

    public (byte R, byte G, byte B) At(int x, int y)
    {
        var place = 3 * ((y * Width) + x);
        return (Rgb[place], Rgb[place + 1], Rgb[place + 2]);
    }

    /// <summary>ITU-R BT.601, in 256ths.</summary>
    public static int Luminance(byte r, byte g, byte b) => ((r * 77) + (g * 150) + (b * 29)) >> 8;

    private static SKBitmap? Decode(SKCodec codec)
    {
        // JPEG unpacks at eighths of its size; PNG only whole.
        var size = codec.Info.Size;
        for (var eighths = 1; eighths < 8; eighths++)
        {
            var scaled = codec.GetScaledDimensions(eighths / 8f);
            if (Math.Max(scaled.Width, scaled.Height) is >= Enough and <= Longest)
            {
                size = scaled;
                break;
            }
        }

        var bitmap = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        // Premultiplied onto black where a PNG is transparent; onto white would take a second pass for what no camera makes.
        if (codec.GetPixels(bitmap.Info.WithAlphaType(codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Premul), bitmap.GetPixels()) == SKCodecResult.Success)
        {
            return bitmap;
        }

        bitmap.Dispose();
        return null;
    }

    private static SKBitmap? Shrink(SKBitmap bitmap)
    {
        var longest = Math.Max(bitmap.Width, bitmap.Height);
        return longest <= Longest
            ? null
            : bitmap.Resize(
                new SKSizeI(Math.Max(1, (int)((long)bitmap.Width * Longest / longest)), Math.Max(1, (int)((long)bitmap.Height * Longest / longest))),
                new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
    }

    private static Photo Upright(SKBitmap bitmap, SKEncodedOrigin origin)
    {
        var (width, height) = (bitmap.Width, bitmap.Height);
        var turned = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        var (newWidth, newHeight) = turned ? (height, width) : (width, height);
        var pixels = bitmap.GetPixelSpan();
        var rgb = new byte[3 * width * height];
        for (var y = 0; y < newHeight; y++)
        {
            for (var x = 0; x < newWidth; x++)
            {
                // EXIF 2.3, 4.6.4 A: where the pixel that is shown at (x, y) is stored.
                var (fromX, fromY) = origin switch
                {
                    SKEncodedOrigin.TopRight => (width - 1 - x, y),
                    SKEncodedOrigin.BottomRight => (width - 1 - x, height - 1 - y),
                    SKEncodedOrigin.BottomLeft => (x, height - 1 - y),
                    SKEncodedOrigin.LeftTop => (y, x),
                    SKEncodedOrigin.RightTop => (y, height - 1 - x),
                    SKEncodedOrigin.RightBottom => (width - 1 - y, height - 1 - x),
                    SKEncodedOrigin.LeftBottom => (width - 1 - y, x),
                    _ => (x, y),
                };
                pixels.Slice(4 * ((fromY * width) + fromX), 3).CopyTo(rgb.AsSpan(3 * ((y * newWidth) + x)));
            }
        }

        return new Photo(newWidth, newHeight, rgb);
    }
}
