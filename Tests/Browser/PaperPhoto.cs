using SkiaSharp;

namespace Bzt.Tests.Browser;

/// <summary>A photo of a sheet of paper with lines and a seal on it, as a phone's camera takes it.</summary>
internal static class PaperPhoto
{
    private static readonly SKColor Desk = new(0x8A, 0x7B, 0x6A);
    private static readonly SKColor Ink = new(0x3A, 0x45, 0x42);
    private static readonly SKColor SealInk = new(0xBC, 0x2A, 0x1C);

    /// <param name="turnedBy">Degrees: another turn is another photo.</param>
    public static byte[] Take(float turnedBy = -2)
    {
        using var bitmap = new SKBitmap(1600, 1200);
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { IsAntialias = true, StrokeWidth = 12 };
        canvas.Clear(Desk);
        canvas.RotateDegrees(turnedBy, 800, 600);
        paint.Color = SKColors.White;
        canvas.DrawRect(160, 100, 1280, 1000, paint);
        paint.Color = Ink;
        canvas.DrawRect(560, 190, 480, 56, paint);
        for (var line = 0; line < 8; line++)
        {
            canvas.DrawRect(280, 340 + (line * 78), line % 3 == 2 ? 560 : 980, 22, paint);
        }

        paint.Color = SealInk;
        paint.Style = SKPaintStyle.Stroke;
        canvas.DrawCircle(1160, 860, 140, paint);
        paint.Style = SKPaintStyle.Fill;
        canvas.DrawCircle(1160, 860, 36, paint);
        using var image = bitmap.Encode(SKEncodedImageFormat.Jpeg, 85);
        return image.ToArray();
    }
}
