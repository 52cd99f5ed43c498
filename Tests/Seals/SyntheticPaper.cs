using Bzt.Contracts.Phone;
using Bzt.Silo.Imaging;
using SkiaSharp;

namespace Bzt.Tests.Seals;

/// <summary>How much ink truly lies on each pixel of the paper, 12 a millimetre, within a rectangle around it.</summary>
internal sealed record TrueInk(int Width, int Height, float[] Alpha, double WidthMm, double HeightMm);

/// <summary>
/// A printed form, sealed and signed: the product prints it, the seals and the handwriting are drawn here, without the product's own drawing of
/// seals. What was stamped is known pixel by pixel.
/// </summary>
internal sealed class SyntheticPaper : IDisposable
{
    public const int PixelsPerMm = Patch.PixelsPerMm;

    private static readonly SKColor SealInk = new(0xCC, 0x1E, 0x22);
    private static readonly SKColor BlackInk = new(0x20, 0x22, 0x2A);
    private static readonly SKColor BlueInk = new(0x18, 0x2C, 0x86);

    /// <param name="marks">With its corner marks.</param>
    /// <param name="seals">With both seals.</param>
    /// <param name="enterprise">Where the round seal is.</param>
    /// <param name="legal">Where the square seal is.</param>
    /// <param name="blue">Signed with a blue pen.</param>
    /// <param name="signed">Signed at all.</param>
    /// <param name="oval">The enterprise's seal is oval.</param>
    /// <param name="solid">The person's seal is white on red.</param>
    /// <param name="pale">The ink is old: it covers unevenly.</param>
    /// <param name="overText">Print lies under the seals.</param>
    public SyntheticPaper(
        bool marks = true, bool seals = true, PaperStamp? enterprise = null, PaperStamp? legal = null, bool blue = false, bool signed = true,
        bool oval = false, bool solid = false, bool pale = false, bool overText = false)
    {
        this.pale = pale;
        using var sheet = FormDrawing.Draw(TestPapers.Font, TestPapers.Form()).ToPicture(PixelsPerMm);
        Bitmap = sheet.Copy();
        using var canvas = new SKCanvas(Bitmap);
        if (!marks)
        {
            using var white = new SKPaint { Color = SKColors.White };
            foreach (var (x, y) in FormLayout.Marks)
            {
                canvas.DrawRect((x - 8) * PixelsPerMm, (y - 8) * PixelsPerMm, 16 * PixelsPerMm, 16 * PixelsPerMm, white);
            }
        }

        if (overText)
        {
            using var print = new SKPaint { Color = SKColors.Black, IsAntialias = true };
            using var font = new SKFont(TestPapers.Font.Typeface, 3.6f * PixelsPerMm);
            for (var y = 184; y < 234; y += 7)
            {
                canvas.DrawText("宜昌市测试建设工程有限公司申请证书", 22 * PixelsPerMm, y * PixelsPerMm, SKTextAlign.Left, font, print);
            }
        }

        if (seals)
        {
            Stamp(canvas, SealKind.Enterprise, SealInk, enterprise ?? new PaperStamp(48, 207, 40, -8), oval ? DrawOval : DrawRound);
            Stamp(canvas, SealKind.LegalRepresentative, SealInk, legal ?? new PaperStamp(106, 196, 20, 4), solid ? DrawSolid : DrawSquare);
        }

        if (signed)
        {
            Stamp(canvas, SealKind.Signature, blue ? BlueInk : BlackInk, new PaperStamp(162, 194, 40, 0), DrawSignature);
        }
    }

    private readonly bool pale;

    public SKBitmap Bitmap { get; }

    public Dictionary<SealKind, TrueInk> Truth { get; } = [];

    /// <summary>A seal for letters, as the extraction gives them.</summary>
    public static byte[] SealPng(SealKind kind = SealKind.Enterprise)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(480, 480, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Transparent);
        using var paint = new SKPaint { Color = SealInk, IsAntialias = true };
        canvas.Translate(240, 240);
        switch (kind)
        {
            case SealKind.LegalRepresentative:
                canvas.Scale(480f / 22);
                DrawSquare(canvas, paint, 20);
                break;
            case SealKind.Signature:
                paint.Color = SKColors.Black;
                canvas.Scale(480f / 40);
                DrawSignature(canvas, paint, 36);
                break;
            default:
                canvas.Scale(480f / 41);
                DrawRound(canvas, paint, 40);
                break;
        }

        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    public void Dispose() => Bitmap.Dispose();

    private void Stamp(SKCanvas paper, SealKind kind, SKColor colour, PaperStamp stamp, Action<SKCanvas, SKPaint, float> draw)
    {
        // On a layer of its own: its alpha is the truth. Ink darkens what is under it.
        using var layer = new SKBitmap(new SKImageInfo(Bitmap.Width, Bitmap.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using (var canvas = new SKCanvas(layer))
        {
            canvas.Clear(SKColors.Transparent);
            canvas.Scale(PixelsPerMm);
            canvas.Translate(stamp.X, stamp.Y);
            canvas.RotateDegrees(stamp.Turn);
            using var paint = new SKPaint { Color = colour, IsAntialias = true };
            draw(canvas, paint, stamp.Size);
        }

        if (pale)
        {
            Wear(layer);
        }

        using (var multiply = new SKPaint { BlendMode = SKBlendMode.Multiply })
        {
            using var image = SKImage.FromBitmap(layer);
            paper.DrawImage(image, 0, 0, SKSamplingOptions.Default, multiply);
        }

        Truth[kind] = Measure(layer);
    }

    /// <summary>Takes ink away in blotches: between three and ten tenths stay.</summary>
    private static unsafe void Wear(SKBitmap layer)
    {
        var pixels = new Span<byte>((void*)layer.GetPixels(), 4 * layer.Width * layer.Height);
        for (var y = 0; y < layer.Height; y++)
        {
            for (var x = 0; x < layer.Width; x++)
            {
                var left = 0.78 + (0.22 * Math.Sin(x / 31.0) * Math.Cos(y / 23.0)) - (0.12 * Math.Abs(Math.Sin((x + (2 * y)) / 7.0)));
                for (var c = 0; c < 4; c++)
                {
                    ref var pixel = ref pixels[(4 * ((y * layer.Width) + x)) + c];
                    pixel = (byte)(pixel * left);
                }
            }
        }
    }

    private static TrueInk Measure(SKBitmap layer)
    {
        var pixels = layer.GetPixelSpan();
        var (left, top, right, bottom) = (layer.Width, layer.Height, 0, 0);
        for (var y = 0; y < layer.Height; y++)
        {
            for (var x = 0; x < layer.Width; x++)
            {
                if (pixels[(4 * ((y * layer.Width) + x)) + 3] > 77)
                {
                    (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
                }
            }
        }

        var (width, height) = (right - left, bottom - top);
        var alpha = new float[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                alpha[(y * width) + x] = pixels[(4 * (((top + y) * layer.Width) + left + x)) + 3] / 255f;
            }
        }

        return new TrueInk(width, height, alpha, (double)width / PixelsPerMm, (double)height / PixelsPerMm);
    }

    /// <summary>A round seal of <paramref name="size"/> millimetres around the origin: ring, star, characters along the ring, a line below.</summary>
    private static void DrawRound(SKCanvas canvas, SKPaint paint, float size)
    {
        var radius = size / 2;
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeWidth = 1.2f;
        canvas.DrawCircle(0, 0, radius - 0.6f, paint);
        paint.Style = SKPaintStyle.Fill;
        using var path = new SKPathBuilder();
        for (var i = 0; i < 5; i++)
        {
            var angle = (-MathF.PI / 2) + (i * 4 * MathF.PI / 5);
            var (x, y) = (size * 0.16f * MathF.Cos(angle), size * 0.16f * MathF.Sin(angle));
            if (i == 0)
            {
                path.MoveTo(x, y);
            }
            else
            {
                path.LineTo(x, y);
            }
        }

        path.Close();
        using var star = path.Detach();
        canvas.DrawPath(star, paint);
        using var font = new SKFont(TestPapers.Font.Typeface, size * 0.115f);
        const string Name = "宜昌市测试建设工程有限公司";
        for (var i = 0; i < Name.Length; i++)
        {
            canvas.Save();
            canvas.RotateDegrees(-126 + (252f * i / (Name.Length - 1)));
            canvas.DrawText(Name[i].ToString(), 0, -radius + 2.2f + (size * 0.1f), SKTextAlign.Center, font, paint);
            canvas.Restore();
        }

        using var small = new SKFont(TestPapers.Font.Typeface, size * 0.07f);
        canvas.DrawText("4205001234567", 0, radius * 0.62f, SKTextAlign.Center, small, paint);
    }

    private static void DrawSquare(SKCanvas canvas, SKPaint paint, float size)
    {
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeWidth = 1;
        canvas.DrawRect((-size / 2) + 0.5f, (-size / 2) + 0.5f, size - 1, size - 1, paint);
        paint.Style = SKPaintStyle.Fill;
        using var font = new SKFont(TestPapers.Font.Typeface, size * 0.42f);
        const string Text = "李建国印";
        for (var i = 0; i < 4; i++)
        {
            canvas.DrawText(Text[i].ToString(), i < 2 ? size * 0.22f : -size * 0.22f, (i % 2 == 0 ? -size * 0.07f : size * 0.37f), SKTextAlign.Center, font, paint);
        }
    }

    private static void DrawOval(SKCanvas canvas, SKPaint paint, float size)
    {
        canvas.Save();
        canvas.Scale(45f / 40, 30f / 40);
        DrawRound(canvas, paint, size);
        canvas.Restore();
    }

    /// <summary>Engraved: the characters are what the ink leaves free.</summary>
    private static void DrawSolid(SKCanvas canvas, SKPaint paint, float size)
    {
        canvas.DrawRect(-size / 2, -size / 2, size, size, paint);
        using var clear = new SKPaint { BlendMode = SKBlendMode.Clear, IsAntialias = true };
        using var font = new SKFont(TestPapers.Font.Typeface, size * 0.42f);
        const string Text = "李建国印";
        for (var i = 0; i < 4; i++)
        {
            canvas.DrawText(Text[i].ToString(), i < 2 ? size * 0.22f : -size * 0.22f, i % 2 == 0 ? -size * 0.07f : size * 0.37f, SKTextAlign.Center, font, clear);
        }
    }

    private static void DrawSignature(SKCanvas canvas, SKPaint paint, float size)
    {
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeWidth = 0.75f;
        paint.StrokeCap = SKStrokeCap.Round;
        using var path = new SKPathBuilder();
        var unit = size / 40;
        path.MoveTo(-18 * unit, -4 * unit);
        path.CubicTo(-12 * unit, -9 * unit, -10 * unit, 6 * unit, -15 * unit, 8 * unit);
        path.CubicTo(-20 * unit, 9 * unit, -12 * unit, -6 * unit, -6 * unit, -7 * unit);
        path.MoveTo(-8 * unit, -1 * unit);
        path.CubicTo(-2 * unit, -6 * unit, 1 * unit, -2 * unit, -4 * unit, 6 * unit);
        path.CubicTo(-1 * unit, 0 * unit, 4 * unit, -3 * unit, 5 * unit, 3 * unit);
        path.MoveTo(2 * unit, -9 * unit);
        path.CubicTo(3 * unit, -2 * unit, 6 * unit, 9 * unit, 8 * unit, 5 * unit);
        path.CubicTo(11 * unit, -2 * unit, 9 * unit, -9 * unit, 13 * unit, -6 * unit);
        path.CubicTo(18 * unit, -2 * unit, 11 * unit, 5 * unit, 19 * unit, 4 * unit);
        using var strokes = path.Detach();
        canvas.DrawPath(strokes, paint);
    }
}

/// <summary>A stamp's middle, size and turn on the paper, in millimetres and degrees.</summary>
internal sealed record PaperStamp(float X, float Y, float Size, float Turn);
