using Bzt.Silo.Imaging;
using SkiaSharp;

namespace Bzt.Tests.Seals;

/// <summary>What is dark, and what may be a mark, on pictures of a few shapes.</summary>
public sealed class MarkSearchTests
{
    [Fact]
    public void Marks_are_found_by_their_middles_and_other_shapes_are_not()
    {
        var found = new MarkSearch(Map(700, 500, canvas =>
        {
            Mark(canvas, 150, 120, module: 6);
            Mark(canvas, 520, 360, module: 9);
            Fill(canvas, SKColors.Black, 400, 60, 60);
            for (var ring = 0; ring < 3; ring++)
            {
                // Rings as wide as what is between them: 1:1:1:1:1.
                Fill(canvas, ring % 2 == 0 ? SKColors.Black : SKColors.White, 200, 350, 50 - (20 * ring));
            }
        })).Find();

        Assert.Equal(2, found.Count);
        Assert.Equal((520, 360, 9), (Math.Round(found[0].X), Math.Round(found[0].Y), Math.Round(found[0].Module)));
        Assert.Equal((150, 120, 6), (Math.Round(found[1].X), Math.Round(found[1].Y), Math.Round(found[1].Module)));
    }

    [Fact]
    public void A_shadow_over_half_the_page_is_not_dark_and_a_mark_in_it_is_found()
    {
        var map = Map(800, 600, canvas =>
        {
            using var shadow = new SKPaint { Color = new SKColor(110, 110, 110) };
            canvas.DrawRect(400, 0, 400, 600, shadow);
            Mark(canvas, 600, 300, module: 8);
        });
        Assert.False(map.IsDark(780, 300));
        Assert.True(map.IsDark(600, 300));
        Assert.False(map.IsDark(-1, 300));
        Assert.Single(new MarkSearch(map).Find());
    }

    [Fact]
    public void A_large_photo_is_searched_on_a_smaller_copy()
    {
        var map = Map(3200, 2400, canvas => Mark(canvas, 1500, 900, module: 24));
        Assert.Equal((3, 1066, 800), (map.Step, map.Width, map.Height));
        var mark = Assert.Single(new MarkSearch(map).Find());
        Assert.Equal((500, 300), (Math.Round(mark.X), Math.Round(mark.Y)));
    }

    private static void Mark(SKCanvas canvas, float x, float y, float module)
    {
        Fill(canvas, SKColors.Black, x, y, 3.5f * module);
        Fill(canvas, SKColors.White, x, y, 2.5f * module);
        Fill(canvas, SKColors.Black, x, y, 1.5f * module);
    }

    private static void Fill(SKCanvas canvas, SKColor colour, float x, float y, float half)
    {
        using var paint = new SKPaint { Color = colour };
        canvas.DrawRect(x - half, y - half, 2 * half, 2 * half, paint);
    }

    private static DarkMap Map(int width, int height, Action<SKCanvas> draw)
    {
        using var bitmap = new SKBitmap(width, height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        draw(canvas);
        canvas.Flush();
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        Assert.Equal(Photo.Decoding.Done, Photo.TryDecode(png.ToArray(), out var photo));
        return new DarkMap(photo);
    }
}
