namespace Bzt.Silo.Imaging;

/// <summary>Where a photo is dark, on a smaller copy of it.</summary>
internal sealed class DarkMap
{
    /// <summary>The longer side is at most this: a mark of the form is 1/18 of a page's width, and seen well enough.</summary>
    private const int LongestSide = 1500;

    private readonly bool[] dark;

    public DarkMap(Photo photo)
    {
        Step = Math.Max(1, (Math.Max(photo.Width, photo.Height) + LongestSide - 1) / LongestSide);
        (Width, Height) = (photo.Width / Step, photo.Height / Step);
        dark = Darkness(Shrink(photo));
    }

    /// <summary>Pixels of the photo in one of the map, along each side.</summary>
    public int Step { get; }

    public int Width { get; }

    public int Height { get; }

    public bool Contains(int x, int y) => x >= 0 && y >= 0 && x < Width && y < Height;

    /// <summary>Outside nothing is dark.</summary>
    public bool IsDark(int x, int y) => Contains(x, y) && dark[(y * Width) + x];

    private byte[] Shrink(Photo photo)
    {
        var grey = new byte[Width * Height];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var sum = 0;
                for (var dy = 0; dy < Step; dy++)
                {
                    var place = 3 * ((((y * Step) + dy) * photo.Width) + (x * Step));
                    for (var dx = 0; dx < Step; dx++, place += 3)
                    {
                        sum += Photo.Luminance(photo.Rgb[place], photo.Rgb[place + 1], photo.Rgb[place + 2]);
                    }
                }

                grey[(y * Width) + x] = (byte)(sum / (Step * Step));
            }
        }

        return grey;
    }

    /// <summary>Against the mean of the surroundings, so that a shadow over half the page does no harm.</summary>
    private bool[] Darkness(byte[] grey)
    {
        var sums = new long[(Width + 1) * (Height + 1)];
        for (var y = 0; y < Height; y++)
        {
            long row = 0;
            for (var x = 0; x < Width; x++)
            {
                row += grey[(y * Width) + x];
                sums[((y + 1) * (Width + 1)) + x + 1] = sums[(y * (Width + 1)) + x + 1] + row;
            }
        }

        var half = Math.Max(8, Math.Max(Width, Height) / 16);
        var dark = new bool[grey.Length];
        for (var y = 0; y < Height; y++)
        {
            var (top, bottom) = (Math.Max(0, y - half), Math.Min(Height, y + half + 1));
            for (var x = 0; x < Width; x++)
            {
                var (left, right) = (Math.Max(0, x - half), Math.Min(Width, x + half + 1));
                var sum = sums[(bottom * (Width + 1)) + right] - sums[(top * (Width + 1)) + right] - sums[(bottom * (Width + 1)) + left] + sums[(top * (Width + 1)) + left];
                var mean = (double)sum / ((bottom - top) * (right - left));
                dark[(y * Width) + x] = grey[(y * Width) + x] < (mean * 0.82) - 4;
            }
        }

        return dark;
    }
}
