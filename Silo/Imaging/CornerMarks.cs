namespace Bzt.Silo.Imaging;

/// <summary>The form, found in a photo.</summary>
/// <param name="ToPhoto">From millimetres of the paper to pixels.</param>
/// <param name="EdgeMm">How wide the printed edges appear: 10 to 90 % of the step from paper to ink.</param>
internal sealed record FoundForm(Homography ToPhoto, double EdgeMm);

/// <summary>
/// Finds the form's four marks as QR readers find theirs: runs of dark and light as 1:1:3:1:1 along a row and along a column. Which four, and
/// which way up, is decided by how much of what is printed there is seen there.
/// </summary>
internal sealed class CornerMarks
{
    /// <summary>The search works on a smaller copy: a mark is 1/18 of a page's width.</summary>
    private const int SearchSide = 1500;

    private const int MostCandidates = 14;

    private readonly Photo photo;
    private readonly int step, width, height;
    private readonly bool[] dark;

    private CornerMarks(Photo photo)
    {
        this.photo = photo;
        step = Math.Max(1, (Math.Max(photo.Width, photo.Height) + SearchSide - 1) / SearchSide);
        (width, height) = (photo.Width / step, photo.Height / step);
        dark = Darkness(Shrink());
    }

    public static FoundForm? Find(Photo photo)
    {
        var search = new CornerMarks(photo);
        return Math.Min(search.width, search.height) < 60 ? null : search.Choose(search.Candidates());
    }

    private sealed record Candidate(double X, double Y, double Module, int Rows);

    private byte[] Shrink()
    {
        var grey = new byte[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var sum = 0;
                for (var dy = 0; dy < step; dy++)
                {
                    var place = 3 * ((((y * step) + dy) * photo.Width) + (x * step));
                    for (var dx = 0; dx < step; dx++, place += 3)
                    {
                        sum += Luminance(photo.Rgb[place], photo.Rgb[place + 1], photo.Rgb[place + 2]);
                    }
                }

                grey[(y * width) + x] = (byte)(sum / (step * step));
            }
        }

        return grey;
    }

    /// <summary>Against the mean of the surroundings, so that a shadow over half the page does no harm.</summary>
    private bool[] Darkness(byte[] grey)
    {
        var sums = new long[(width + 1) * (height + 1)];
        for (var y = 0; y < height; y++)
        {
            long row = 0;
            for (var x = 0; x < width; x++)
            {
                row += grey[(y * width) + x];
                sums[((y + 1) * (width + 1)) + x + 1] = sums[(y * (width + 1)) + x + 1] + row;
            }
        }

        var half = Math.Max(8, Math.Max(width, height) / 16);
        var dark = new bool[grey.Length];
        for (var y = 0; y < height; y++)
        {
            var (top, bottom) = (Math.Max(0, y - half), Math.Min(height, y + half + 1));
            for (var x = 0; x < width; x++)
            {
                var (left, right) = (Math.Max(0, x - half), Math.Min(width, x + half + 1));
                var sum = sums[(bottom * (width + 1)) + right] - sums[(top * (width + 1)) + right] - sums[(bottom * (width + 1)) + left] + sums[(top * (width + 1)) + left];
                var mean = (double)sum / ((bottom - top) * (right - left));
                dark[(y * width) + x] = grey[(y * width) + x] < (mean * 0.82) - 4;
            }
        }

        return dark;
    }

    private List<Candidate> Candidates()
    {
        var found = new List<Candidate>();
        var runs = new int[5];
        for (var y = 0; y < height; y++)
        {
            Array.Clear(runs);
            // Five runs, the last of them just ended: dark, light, dark, light, dark.
            var colour = false;
            for (var x = 0; x <= width; x++)
            {
                var now = x < width && dark[(y * width) + x];
                if (now == colour)
                {
                    runs[4]++;
                    continue;
                }

                if (colour && AreRatios(runs) && Centre(x, y, runs) is { } candidate)
                {
                    Merge(found, candidate);
                }

                Array.Copy(runs, 1, runs, 0, 4);
                runs[4] = 1;
                colour = now;
            }
        }

        return [.. found.Where(candidate => candidate.Rows >= 2).OrderByDescending(candidate => candidate.Rows * candidate.Module).Take(MostCandidates)];
    }

    private Candidate? Centre(int end, int y, int[] runs)
    {
        var x = end - runs[4] - runs[3] - (runs[2] / 2.0);
        var module = runs.Sum() / 7.0;
        // The same along the column; its length may differ by the slant of the view.
        if (Across((int)x, y, 0, 1) is not { } column || column.Module > module * 2 || column.Module < module / 2)
        {
            return null;
        }

        return Across((int)x, (int)column.Middle, 1, 0) is { } row
            ? new Candidate(row.Middle, column.Middle, (row.Module + column.Module) / 2, 1)
            : null;
    }

    private (double Middle, double Module)? Across(int x, int y, int dx, int dy)
    {
        if (!IsDark(x, y))
        {
            return null;
        }

        var runs = new int[5];
        var (before, after) = (1, 1);
        Walk(-1, 1, ref before);
        Walk(1, 3, ref after);
        runs[2] += before + after - 1;
        return runs is [> 0, > 0, _, > 0, > 0] && AreRatios(runs)
            ? ((dx == 1 ? x : y) + ((after - before) / 2.0), runs.Sum() / 7.0)
            : null;

        void Walk(int direction, int next, ref int middle)
        {
            var place = 1;
            while (IsDark(x + (direction * dx * place), y + (direction * dy * place)))
            {
                place++;
                middle++;
            }

            for (var run = 0; run < 2; run++)
            {
                var index = direction < 0 ? next - run : next + run;
                while (Inside(x + (direction * dx * place), y + (direction * dy * place)) && IsDark(x + (direction * dx * place), y + (direction * dy * place)) == (run == 1))
                {
                    place++;
                    runs[index]++;
                }
            }
        }
    }

    private static bool AreRatios(int[] runs)
    {
        var total = runs[0] + runs[1] + runs[2] + runs[3] + runs[4];
        if (total < 12)
        {
            return false;
        }

        // Blur and light shift an edge by a pixel or so; ink spreads.
        var module = total / 7.0;
        var tolerance = (module * 0.55) + 0.6;
        return Math.Abs(runs[0] - module) < tolerance && Math.Abs(runs[1] - module) < tolerance && Math.Abs(runs[2] - (3 * module)) < 2 * tolerance
            && Math.Abs(runs[3] - module) < tolerance && Math.Abs(runs[4] - module) < tolerance;
    }

    private static void Merge(List<Candidate> found, Candidate candidate)
    {
        for (var i = 0; i < found.Count; i++)
        {
            var known = found[i];
            if (Math.Abs(known.X - candidate.X) < 1.5 * known.Module && Math.Abs(known.Y - candidate.Y) < 1.5 * known.Module)
            {
                var rows = known.Rows + 1;
                found[i] = new Candidate(
                    known.X + ((candidate.X - known.X) / rows), known.Y + ((candidate.Y - known.Y) / rows), known.Module + ((candidate.Module - known.Module) / rows), rows);
                return;
            }
        }

        found.Add(candidate);
    }

    private FoundForm? Choose(List<Candidate> candidates)
    {
        // The form turned by a quarter, all else perfect, is right in 0.79: so much may not be enough. The rest is for fingers, folds and glare.
        var (best, bestScore) = ((Homography?)null, 0.82);
        Spot[] paper = [.. FormLayout.Marks.Select(mark => new Spot(mark.X, mark.Y))];
        foreach (var four in Combinations(candidates))
        {
            if (Clockwise(four) is not { } corners)
            {
                continue;
            }

            for (var turn = 0; turn < 4; turn++)
            {
                Spot[] seen = [.. Enumerable.Range(0, 4).Select(i => new Spot(corners[(i + turn) % 4].X, corners[(i + turn) % 4].Y))];
                if (Homography.Between(paper, seen) is { } homography && Score(homography) is var score && score > bestScore)
                {
                    (best, bestScore) = (homography, score);
                }
            }
        }

        return best is null ? null : Refine(best, paper);
    }

    private static IEnumerable<Candidate[]> Combinations(List<Candidate> all)
    {
        for (var a = 0; a < all.Count; a++)
        {
            for (var b = a + 1; b < all.Count; b++)
            {
                for (var c = b + 1; c < all.Count; c++)
                {
                    for (var d = c + 1; d < all.Count; d++)
                    {
                        Candidate[] four = [all[a], all[b], all[c], all[d]];
                        if (four.Max(mark => mark.Module) < 2.2 * four.Min(mark => mark.Module))
                        {
                            yield return four;
                        }
                    }
                }
            }
        }
    }

    /// <summary>In order around their middle; null unless they make a convex quadrilateral.</summary>
    private static Candidate[]? Clockwise(Candidate[] four)
    {
        var (x, y) = (four.Average(mark => mark.X), four.Average(mark => mark.Y));
        Candidate[] ordered = [.. four.OrderBy(mark => Math.Atan2(mark.Y - y, mark.X - x))];
        for (var i = 0; i < 4; i++)
        {
            var (p, q, r) = (ordered[i], ordered[(i + 1) % 4], ordered[(i + 2) % 4]);
            if (((q.X - p.X) * (r.Y - q.Y)) - ((q.Y - p.Y) * (r.X - q.X)) <= 0)
            {
                return null;
            }
        }

        return ordered;
    }

    /// <summary>Of the places on and around the marks, the part that is as dark or light as it is printed.</summary>
    private double Score(Homography homography)
    {
        var (right, all) = (0, 0);
        void Look(double x, double y, bool expected)
        {
            var spot = homography.Map(x, y);
            var (px, py) = ((int)spot.X, (int)spot.Y);
            all++;
            right += Inside(px, py) && dark[(py * width) + px] == expected ? 1 : 0;
        }

        foreach (var (x, y) in FormLayout.Marks)
        {
            for (var i = -4; i <= 4; i++)
            {
                for (var j = -4; j <= 4; j++)
                {
                    var ring = Math.Max(Math.Abs(i), Math.Abs(j));
                    Look(x + (i * FormLayout.Module), y + (j * FormLayout.Module), ring is 0 or 1 or 3);
                }
            }

            // The bar is at the first mark and nowhere else: it counts as much as a mark.
            for (var i = 0; i < 10; i++)
            {
                for (var j = -1; j <= 1; j++)
                {
                    var (dx, dy) = (13 + (i * 2.0), j * 1.2);
                    var (first, toLeft, toTop) = ((x, y) == FormLayout.Marks[0], x > 100, y > 150);
                    Look(x + (toLeft ? -dx : dx), y + (toTop ? -dy : dy), first);
                    Look(x + (toLeft ? -dx : dx), y + (toTop ? -dy : dy), first);
                }
            }
        }

        return (double)right / all;
    }

    /// <summary>Once more at the photo's own size: the middle of each dark square, and how sharp its edges are.</summary>
    private FoundForm? Refine(Homography coarse, Spot[] paper)
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

        return Homography.Between(paper, centres) is { } fine ? new FoundForm(fine, EdgeWidth(fine)) : null;
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
        return Luminance(r, g, b);
    }

    private bool Inside(int x, int y) => x >= 0 && y >= 0 && x < width && y < height;

    private bool IsDark(int x, int y) => Inside(x, y) && dark[(y * width) + x];

    private static int Luminance(byte r, byte g, byte b) => ((r * 77) + (g * 150) + (b * 29)) >> 8;
}
