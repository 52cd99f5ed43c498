using System.Text;
using SkiaSharp;

namespace Bzt.Silo.Imaging;

/// <summary>
/// One A4 page in millimetres from its top left corner. What is drawn is kept until the end, when the font is known to need exactly these
/// characters; texts stay texts, so they can be selected and searched.
/// </summary>
internal sealed class PdfSheet(DocumentFont font)
{
    public const float Width = 210, Height = 297;

    private const float PointsPerMm = 72 / 25.4f;

    private readonly List<(float Y, string Text)> texts = [];
    private readonly List<Action<SKCanvas, SKTypeface>> drawings = [];

    /// <param name="x">Where it begins, is centred, or ends, by <paramref name="align"/>.</param>
    /// <param name="y">The baseline.</param>
    /// <param name="size">Of the characters, in millimetres.</param>
    /// <param name="text">One line.</param>
    /// <param name="colour">Of the ink.</param>
    /// <param name="align">To the right of <paramref name="x"/> unless said otherwise.</param>
    public void Text(float x, float y, float size, string text, SKColor colour, SKTextAlign align = SKTextAlign.Left)
    {
        texts.Add((y, text));
        drawings.Add((canvas, typeface) =>
        {
            using var face = new SKFont(typeface, size) { Subpixel = true };
            using var paint = new SKPaint { Color = colour, IsAntialias = true };
            canvas.DrawText(text, x, y, align, face, paint);
        });
    }

    /// <summary>Broken into lines no wider than <paramref name="width"/>; answers the baseline after the last one.</summary>
    public float Paragraph(float x, float y, float size, float leading, float width, string text, SKColor colour)
    {
        foreach (var line in Lines(text, size, width))
        {
            Text(x, y, size, line, colour);
            y += leading;
        }

        return y;
    }

    public void Line(float x1, float y1, float x2, float y2, float thickness, SKColor colour) => drawings.Add((canvas, _) =>
    {
        using var paint = new SKPaint { Color = colour, IsAntialias = true, StrokeWidth = thickness, Style = SKPaintStyle.Stroke };
        canvas.DrawLine(x1, y1, x2, y2, paint);
    });

    public void Frame(float x, float y, float width, float height, float thickness, SKColor colour) => drawings.Add((canvas, _) =>
    {
        using var paint = new SKPaint { Color = colour, IsAntialias = true, StrokeWidth = thickness, Style = SKPaintStyle.Stroke };
        canvas.DrawRect(x, y, width, height, paint);
    });

    public void Fill(float x, float y, float width, float height, SKColor colour) => drawings.Add((canvas, _) =>
    {
        using var paint = new SKPaint { Color = colour };
        canvas.DrawRect(x, y, width, height, paint);
    });

    /// <summary>The lines with their baseline there.</summary>
    public IReadOnlyList<string> TextsBetween(float top, float bottom) => [.. texts.Where(text => text.Y >= top && text.Y <= bottom).Select(text => text.Text)];

    /// <summary>How many lines a text takes.</summary>
    public int CountLines(string text, float size, float width) => Lines(text, size, width).Count();

    public byte[] ToPdf(string title, DateTime made)
    {
        using var subset = font.Subset(texts.Select(text => text.Text));
        using var pdf = new MemoryStream();
        var metadata = new SKDocumentPdfMetadata { Title = title, Creator = "标证通", Producer = "标证通", Creation = made, Modified = made, RasterDpi = 300, EncodingQuality = 101 };
        using (var document = SKDocument.CreatePdf(pdf, metadata))
        {
            Draw(document.BeginPage(Width * PointsPerMm, Height * PointsPerMm), subset, PointsPerMm);
            document.EndPage();
            document.Close();
        }

        return pdf.ToArray();
    }

    /// <summary>The same page as a picture.</summary>
    public SKBitmap ToPicture(float pixelsPerMm)
    {
        var bitmap = new SKBitmap(new SKImageInfo((int)MathF.Round(Width * pixelsPerMm), (int)MathF.Round(Height * pixelsPerMm), SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        Draw(canvas, font.Typeface, pixelsPerMm);
        return bitmap;
    }

    private void Draw(SKCanvas canvas, SKTypeface typeface, float scale)
    {
        canvas.Scale(scale);
        drawings.ForEach(draw => draw(canvas, typeface));
    }

    private IEnumerable<string> Lines(string text, float size, float width)
    {
        using var face = new SKFont(font.Typeface, size);
        var line = new StringBuilder();
        foreach (var piece in Pieces(text))
        {
            if (line.Length > 0 && face.MeasureText(line + piece) > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(piece);
        }

        yield return line.ToString();
    }

    /// <summary>What a line may not be broken in: a Latin word or number, a character with the punctuation after it. What is wider than a line is broken all the same.</summary>
    private static IEnumerable<string> Pieces(string text)
    {
        const int LongestWord = 20;
        const string NotFirst = "，。；：、）》”！？";
        var piece = new StringBuilder();
        var last = default(Rune);
        foreach (var rune in text.EnumerateRunes())
        {
            var joined = NotFirst.Contains(rune.ToString(), StringComparison.Ordinal) || (rune.IsAscii && last.IsAscii && !Rune.IsWhiteSpace(rune));
            if (piece.Length > 0 && (!joined || piece.Length >= LongestWord))
            {
                yield return piece.ToString();
                piece.Clear();
            }

            piece.Append(rune);
            last = rune;
        }

        if (piece.Length > 0)
        {
            yield return piece.ToString();
        }
    }
}
