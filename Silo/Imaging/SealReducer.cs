using Bzt.Grains.Seals;
using SkiaSharp;

namespace Bzt.Silo.Imaging;

/// <inheritdoc cref="ISealReducer"/>
internal sealed class SealReducer(ImagingQueue queue) : ISealReducer
{
    /// <summary>Pixels of the longer side: 300 dpi of a 42 mm seal, then ever coarser until it fits.</summary>
    private static readonly int[] Sides = [500, 400, 320, 256, 200, 150, 100, 64];

    public Task<byte[]> ReduceAsync(byte[] png, int octets, CancellationToken cancellation = default) => queue.RunAsync(() => Reduce(png, octets), cancellation);

    private static byte[] Reduce(byte[] png, int octets)
    {
        if (png.Length <= octets)
        {
            return png;
        }

        using var picture = SKBitmap.Decode(png) ?? throw new InvalidDataException("A stored seal is no picture.");
        foreach (var side in Sides)
        {
            var scale = Math.Min(1, (double)side / Math.Max(picture.Width, picture.Height));
            var size = new SKImageInfo(Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)), SKColorType.Rgba8888, SKAlphaType.Unpremul);
            using var smaller = picture.Resize(size, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
            using var encoded = smaller.Encode(SKEncodedImageFormat.Png, 100);
            if (encoded.Size <= octets)
            {
                return encoded.ToArray();
            }
        }

        throw new InvalidDataException("A picture of 64 pixels does not fit.");
    }
}
