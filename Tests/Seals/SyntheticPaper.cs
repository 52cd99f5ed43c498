using SkiaSharp;

namespace Bzt.Tests.Seals;

/// <summary>Seals and handwriting as ink, drawn without the product's own drawing.</summary>
internal static class SyntheticPaper
{
    public static byte[] SealPng()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(480, 480, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Transparent);
        using var ink = new SKPaint { Color = new SKColor(0xC8, 0x20, 0x18), IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 14 };
        canvas.DrawCircle(240, 240, 230, ink);
        ink.Style = SKPaintStyle.Fill;
        canvas.DrawCircle(240, 240, 60, ink);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }
}
