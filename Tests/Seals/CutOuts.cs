using Bzt.Contracts.Phone;
using Bzt.Grains.Seals;
using SkiaSharp;

namespace Bzt.Tests.Seals;

/// <summary>Compares what was cut out with what was stamped.</summary>
internal static class CutOuts
{
    public static async Task<SealExtraction.Extracted> ExtractAsync(byte[] photo, params SealCrop[] crops) =>
        Assert.IsType<SealExtraction.Extracted>(await new Bzt.Silo.Imaging.SealExtractor(TestPapers.Queue).ExtractAsync(photo, crops));

    public static CutOut Of(this SealExtraction.Extracted extracted, SealKind kind) => Assert.Single(extracted.CutOuts, cutOut => cutOut.Kind == kind);

    /// <summary>Ink both have, in parts of the ink either has, where the two lie best on each other.</summary>
    public static double Overlap(SealPng cut, TrueInk truth, bool resize = false)
    {
        using var decoded = Decode(cut.Png);
        // Where the scale was assumed: as wide as the truth, with the rim of four pixels.
        var scale = resize ? (truth.Width + 8.0) / decoded.Width : 1;
        using var bitmap = decoded.Resize(new SKSizeI((int)Math.Round(decoded.Width * scale), (int)Math.Round(decoded.Height * scale)), new SKSamplingOptions(SKFilterMode.Linear));
        var pixels = bitmap.GetPixelSpan();
        var alpha = new float[bitmap.Width * bitmap.Height];
        for (var i = 0; i < alpha.Length; i++)
        {
            alpha[i] = pixels[(4 * i) + 3] / 255f;
        }

        // First roughly, on a grid of every fourth pixel; then to the pixel, on every second; the best place is measured on all.
        var (startX, startY) = ((truth.Width - bitmap.Width) / 2, (truth.Height - bitmap.Height) / 2);
        foreach (var step in (int[])[4, 1])
        {
            var best = 0.0;
            var (fromX, fromY) = (startX, startY);
            for (var dy = -2; dy <= 2; dy++)
            {
                for (var dx = -2; dx <= 2; dx++)
                {
                    var overlap = At(fromX + (dx * step), fromY + (dy * step), Math.Max(step, 2));
                    if (overlap > best)
                    {
                        (best, startX, startY) = (overlap, fromX + (dx * step), fromY + (dy * step));
                    }
                }
            }
        }

        return At(startX, startY, 1);

        double At(int offsetX, int offsetY, int grid)
        {
            double both = 0, either = 0;
            for (var y = Math.Min(0, offsetY); y < Math.Max(truth.Height, offsetY + bitmap.Height); y += grid)
            {
                for (var x = Math.Min(0, offsetX); x < Math.Max(truth.Width, offsetX + bitmap.Width); x += grid)
                {
                    var one = x >= 0 && y >= 0 && x < truth.Width && y < truth.Height ? truth.Alpha[(y * truth.Width) + x] : 0;
                    var (cx, cy) = (x - offsetX, y - offsetY);
                    var other = cx >= 0 && cy >= 0 && cx < bitmap.Width && cy < bitmap.Height ? alpha[(cy * bitmap.Width) + cx] : 0;
                    (both, either) = (both + Math.Min(one, other), either + Math.Max(one, other));
                }
            }

            return either > 0 ? both / either : 0;
        }
    }

    private static SKBitmap Decode(byte[] png)
    {
        using var data = SKData.CreateCopy(png);
        using var codec = SKCodec.Create(data);
        var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        Assert.Equal(SKCodecResult.Success, codec.GetPixels(bitmap.Info, bitmap.GetPixels()));
        return bitmap;
    }
}
