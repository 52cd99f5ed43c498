namespace Bzt.Silo.Imaging;

/// <summary>A rectangle on the paper, in millimetres from its top left corner.</summary>
internal readonly record struct PaperBox(float Left, float Top, float Width, float Height)
{
    public float Right => Left + Width;

    public float Bottom => Top + Height;

    public PaperBox Grow(float by) => new(Left - by, Top - by, Width + (2 * by), Height + (2 * by));
}

/// <summary>
/// Where things are on the printed form: what draws it and what finds the seals again in a photo agree by this file. A form once printed
/// stays in use for weeks: nothing here moves without a new mark to tell the forms apart.
/// </summary>
internal static class FormLayout
{
    /// <summary>A mark is a dark square in a white ring in a dark ring, 1:1:3:1:1 across in every direction, as in a QR code.</summary>
    public const float Module = 12f / 7;

    /// <summary>Centres, clockwise from the top left.</summary>
    public static readonly (float X, float Y)[] Marks = [(16, 16), (194, 16), (194, 281), (16, 281)];

    public static readonly Spot[] MarkSpots = [.. Marks.Select(mark => new Spot(mark.X, mark.Y))];

    /// <summary>Beside the first mark, and beside no other: it says which way is up.</summary>
    public static readonly PaperBox UpBar = new(27, 14, 24, 4);

    public static readonly PaperBox EnterpriseSeal = new(20, 176, 60, 60);

    public static readonly PaperBox LegalSeal = new(86, 176, 42, 42);

    public static readonly PaperBox Signature = new(134, 176, 56, 36);
}
