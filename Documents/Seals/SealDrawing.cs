using Bzt.Documents.Pdf;
using SkiaSharp;

namespace Bzt.Documents.Seals;

/// <summary>
/// Draws seals in the customary forms: the round enterprise seal (公章: ring, star, name along the ring) and the square seal of the
/// legal representative (法人章). 600 dpi of a 42 mm and a 20 mm seal.
/// </summary>
public static class SealDrawing
{
    private const int RoundSide = 992, SquareSide = 472;

    private static readonly SKColor Vermilion = new(0xD7, 0x1A, 0x1B);

    /// <summary>The round seal: <paramref name="name"/> along the ring, a star, and optionally a line beneath it (such as 投标专用章).</summary>
    /// <exception cref="SealFontMissingException">No font has the characters.</exception>
    public static SealPicture Enterprise(string name, string? line = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        using var typeface = SealFont.Find(name + line);
        return Draw(RoundSide, (canvas, paint) =>
        {
            const float Centre = RoundSide / 2f, Ring = RoundSide * 0.026f, Outer = Centre - Ring;
            paint.Style = SKPaintStyle.Stroke;
            paint.StrokeWidth = Ring;
            canvas.DrawCircle(Centre, Centre, Outer, paint);
            paint.Style = SKPaintStyle.Fill;
            DrawStar(canvas, paint, Centre, RoundSide * 0.155f);
            if (line is not null) DrawLine(canvas, paint, typeface, line, Centre, RoundSide * 0.78f, RoundSide * 0.5f, RoundSide * 0.085f);
            DrawAlongRing(canvas, paint, typeface, name, Centre, Outer);
        });
    }

    /// <summary>The square seal of a person: four characters in two columns from right to left, 印 filling a name of three.</summary>
    /// <exception cref="SealFontMissingException">No font has the characters.</exception>
    public static SealPicture Person(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var text = name.Length switch { 2 => name + "之印", 3 => name + "印", _ => name };
        using var typeface = SealFont.Find(text);
        return Draw(SquareSide, (canvas, paint) =>
        {
            const float Frame = SquareSide * 0.05f;
            paint.Style = SKPaintStyle.Stroke;
            paint.StrokeWidth = Frame;
            canvas.DrawRect(Frame / 2, Frame / 2, SquareSide - Frame, SquareSide - Frame, paint);
            paint.Style = SKPaintStyle.Fill;
            var rows = (text.Length + 1) / 2;
            float cellWidth = (SquareSide - 3 * Frame) / 2, cellHeight = (SquareSide - 3 * Frame) / rows;
            using var font = new SKFont(typeface, Math.Min(cellWidth, cellHeight) * 0.95f) { Embolden = true };
            for (var i = 0; i < text.Length; i++)
            {
                var x = SquareSide - 1.5f * Frame - cellWidth * (i / rows + 0.5f);
                var y = 1.5f * Frame + cellHeight * (i % rows + 0.5f);
                canvas.DrawText(text[i].ToString(), x, y + font.Size * 0.36f, SKTextAlign.Center, font, paint);
            }
        });
    }

    /// <summary>Each character upright to the ring, spread over an arc that grows with the name and leaves the foot free.</summary>
    private static void DrawAlongRing(SKCanvas canvas, SKPaint paint, SKTypeface typeface, string name, float centre, float outer)
    {
        var arc = Math.Min(270f, 20f * name.Length);
        var step = name.Length > 1 ? arc / (name.Length - 1) : 0;
        var size = Math.Min(outer * 0.29f, outer * 0.72f * step * MathF.PI / 180 * 1.05f);
        if (name.Length == 1) size = outer * 0.29f;
        using var font = new SKFont(typeface, size) { Embolden = true };
        // Long names stand close: the characters become narrow, as on engraved seals, never smaller than they must.
        font.Size = Math.Max(size, outer * 0.16f);
        font.ScaleX = Math.Clamp(size / font.Size, 0.5f, 1f);
        for (var i = 0; i < name.Length; i++)
        {
            canvas.Save();
            canvas.Translate(centre, centre);
            canvas.RotateDegrees(-arc / 2 + step * i);
            canvas.DrawText(name[i].ToString(), 0, -outer * 0.93f + font.Size, SKTextAlign.Center, font, paint);
            canvas.Restore();
        }
    }

    private static void DrawLine(SKCanvas canvas, SKPaint paint, SKTypeface typeface, string text, float x, float y, float width, float size)
    {
        using var font = new SKFont(typeface, size) { Embolden = true };
        var measured = font.MeasureText(text);
        if (measured > width) font.ScaleX = width / measured;
        canvas.DrawText(text, x, y, SKTextAlign.Center, font, paint);
    }

    private static void DrawStar(SKCanvas canvas, SKPaint paint, float centre, float radius)
    {
        using var path = new SKPathBuilder();
        for (var i = 0; i < 5; i++)
        {
            // Every second corner of the pentagon, from the top: the lines cross to a filled star.
            var angle = -MathF.PI / 2 + i * 4 * MathF.PI / 5;
            var (x, y) = (centre + radius * MathF.Cos(angle), centre + radius * MathF.Sin(angle));
            if (i == 0) path.MoveTo(x, y); else path.LineTo(x, y);
        }
        path.Close();
        using var star = path.Detach();
        canvas.DrawPath(star, paint);
    }

    private static SealPicture Draw(int side, Action<SKCanvas, SKPaint> draw)
    {
        using var surface = SKSurface.Create(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Premul));
        surface.Canvas.Clear(SKColors.Transparent);
        using (var paint = new SKPaint { Color = Vermilion, IsAntialias = true }) draw(surface.Canvas, paint);
        using var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        using var image = surface.Snapshot();
        if (!image.ReadPixels(bitmap.Info, bitmap.GetPixels(), bitmap.RowBytes, 0, 0)) throw new InvalidOperationException("the drawn seal could not be read back");
        return SealPicture.FromRgba(side, side, bitmap.GetPixelSpan());
    }
}
