namespace Bzt.Silo.Imaging;

/// <summary>The form, found in a photo.</summary>
/// <param name="ToPhoto">From millimetres of the paper to pixels.</param>
/// <param name="EdgeMm">How wide the printed edges appear: 10 to 90 % of the step from paper to ink.</param>
internal sealed record FoundForm(Homography ToPhoto, double EdgeMm);

/// <summary>Measures at a photo's own size what was found on a smaller copy.</summary>
internal sealed class FormRefinement(Photo photo)
{
    /// <summary>Once more at the photo's own size: the middle of each dark square, and how sharp its edges are.</summary>
    /// <param name="coarse">From paper to the map.</param>
    /// <param name="step">Pixels of the photo in one of the map.</param>
    public FoundForm? Refine(Homography coarse, int step)
    {
        Spot InPhoto(double x, double y)
        {
            var spot = coarse.Map(x, y);
            return new Spot((spot.X + 0.5) * step, (spot.Y + 0.5) * step);
        }

        var centres = new Spot[4];
        for (var i = 0; i < 4; i++)
        {
            // Ink and the paper around it, half-way between them.
            var (x, y) = FormLayout.Marks[i];
            var ink = Brightness(InPhoto(x, y));
            var paperNear = ((double[])[Brightness(InPhoto(x - (2 * FormLayout.Module), y)), Brightness(InPhoto(x + (2 * FormLayout.Module), y)), Brightness(InPhoto(x, y - (2 * FormLayout.Module))), Brightness(InPhoto(x, y + (2 * FormLayout.Module)))]).Average();
            double sumX = 0, sumY = 0, weight = 0;
            for (var dx = -2.0; dx <= 2.0; dx += 0.1)
            {
                for (var dy = -2.0; dy <= 2.0; dy += 0.1)
                {
                    var spot = InPhoto(x + (dx * FormLayout.Module), y + (dy * FormLayout.Module));
                    var darkness = Math.Clamp((paperNear - Brightness(spot)) / Math.Max(1, paperNear - ink), 0, 1);
                    darkness = darkness < 0.3 ? 0 : darkness;
                    (sumX, sumY, weight) = (sumX + (darkness * spot.X), sumY + (darkness * spot.Y), weight + darkness);
                }
            }

            centres[i] = weight < 10 ? InPhoto(x, y) : new Spot(sumX / weight, sumY / weight);
        }

        return Homography.Between(FormLayout.MarkSpots, centres) is { } fine ? new FoundForm(fine, EdgeWidth(fine)) : null;
    }

    private double EdgeWidth(Homography homography)
    {
        const double Fine = 0.04;
        const int Samples = 60;
        var widths = new List<double>();
        foreach (var (x, y) in FormLayout.Marks)
        {
            foreach (var (dx, dy) in ((int, int)[])[(1, 0), (-1, 0), (0, 1), (0, -1)])
            {
                // From the middle of the dark square over its edge to the middle of the light ring and a little further into neither.
                var profile = new double[Samples];
                for (var i = 0; i < Samples; i++)
                {
                    var along = (1.5 * FormLayout.Module) + ((i - (Samples / 2)) * Fine);
                    profile[i] = Brightness(homography.Map(x + (dx * along), y + (dy * along)));
                }

                var (low, high) = (profile.Min(), profile.Max());
                if (high - low < 25)
                {
                    widths.Add(Samples * Fine);
                    continue;
                }

                var between = profile.Count(value => value > low + (0.1 * (high - low)) && value < low + (0.9 * (high - low)));
                widths.Add(between * Fine);
            }
        }

        widths.Sort();
        return widths[widths.Count / 2];
    }

    private double Brightness(Spot spot)
    {
        var (x, y) = (Math.Clamp(spot.X - 0.5, 0, photo.Width - 1.001), Math.Clamp(spot.Y - 0.5, 0, photo.Height - 1.001));
        var (px, py) = ((int)x, (int)y);
        var (fx, fy) = (x - px, y - py);
        return (((Grey(px, py) * (1 - fx)) + (Grey(px + 1, py) * fx)) * (1 - fy)) + (((Grey(px, py + 1) * (1 - fx)) + (Grey(px + 1, py + 1) * fx)) * fy);
    }

    private double Grey(int x, int y)
    {
        var (r, g, b) = photo.At(Math.Min(x, photo.Width - 1), Math.Min(y, photo.Height - 1));
        return Photo.Luminance(r, g, b);
    }
}
