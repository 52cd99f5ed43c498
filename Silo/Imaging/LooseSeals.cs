using Bzt.Contracts.Phone;

namespace Bzt.Silo.Imaging;

/// <summary>
/// Where a photo shows no form: the red things in it. The largest round or oval one is taken for the enterprise's seal, and tells the scale; of
/// the rest the largest that then has a person's seal's size. A signature cannot be told from print: the user shows where it is.
/// </summary>
internal static class LooseSeals
{
    private const int SearchSide = 1000;

    public static IReadOnlyDictionary<SealKind, SealView> Find(Photo photo)
    {
        // The whole photo as one patch, as if its longer side were of this many millimetres.
        var longest = Math.Max(photo.Width, photo.Height);
        var (width, height) = ((float)photo.Width * SearchSide / longest / Patch.PixelsPerMm, (float)photo.Height * SearchSide / longest / Patch.PixelsPerMm);
        var found = new Dictionary<SealKind, SealView>();
        if (Plain(width, height, photo) is not { } whole)
        {
            return found;
        }

        var ink = Ink.Red(Patch.Take(photo, whole, new PaperBox(0, 0, width, height)));
        // What reaches the photo's border is a desk's wood, or a seal that is not whole.
        var pieces = InkAreas.All(ink).Where(area => area.Width >= 24 && area.Height >= 24 && area.Left > 1 && area.Top > 1 && area.Right < ink.Width - 1 && area.Bottom < ink.Height - 1).ToList();
        if (pieces.Find(area => IsRound(ink, area)) is not { Width: > 0 } enterprise)
        {
            return found;
        }

        var pixelsPerMm = Math.Max(enterprise.Width, enterprise.Height) / SealCutter.UsualWidthOf(SealKind.Enterprise);
        found[SealKind.Enterprise] = View(enterprise);
        if (pieces.Find(area => area != enterprise && Math.Max(area.Width, area.Height) / pixelsPerMm is >= 12 and <= 30) is { Width: > 0 } person)
        {
            found[SealKind.LegalRepresentative] = View(person);
        }

        return found;

        SealView View(Area area)
        {
            // Search pixels to photo pixels, millimetres to search pixels.
            var toPhoto = (double)longest / SearchSide;
            var box = new PaperBox((float)(area.Left / pixelsPerMm), (float)(area.Top / pixelsPerMm), (float)(area.Width / pixelsPerMm), (float)(area.Height / pixelsPerMm));
            Spot[] paper = [new(0, 0), new(100, 0), new(100, 100), new(0, 100)];
            Spot[] seen = [.. paper.Select(spot => new Spot(spot.X * pixelsPerMm * toPhoto, spot.Y * pixelsPerMm * toPhoto))];
            return new SealView(Homography.Between(paper, seen)!, box, 3, null);
        }
    }

    /// <summary>About as high as wide, and nothing in the four corners, which a circle leaves free to 14 % of its width.</summary>
    private static bool IsRound(Ink ink, Area area)
    {
        if (area.Width >= 2 * area.Height || area.Height >= 2 * area.Width)
        {
            return false;
        }

        var (width, height) = (area.Width / 9, area.Height / 9);
        var corners = ink.SquareMm(area with { Right = area.Left + width, Bottom = area.Top + height }) + ink.SquareMm(area with { Left = area.Right - width, Bottom = area.Top + height })
            + ink.SquareMm(area with { Right = area.Left + width, Top = area.Bottom - height }) + ink.SquareMm(area with { Left = area.Right - width, Top = area.Bottom - height });
        return corners < 0.005 * ink.SquareMm(area);
    }

    private static Homography? Plain(float width, float height, Photo photo) => Homography.Between(
        [new(0, 0), new(width, 0), new(width, height), new(0, height)], [new(0, 0), new(photo.Width, 0), new(photo.Width, photo.Height), new(0, photo.Height)]);
}
