namespace Bzt.Silo.Imaging;

/// <summary>
/// Finds the form by its four marks. Which four of those that look like one, and which way up, is decided by how much of what is printed there is
/// seen there.
/// </summary>
internal sealed class CornerMarks
{
    private readonly DarkMap map;

    private CornerMarks(DarkMap map) => this.map = map;

    public static FoundForm? Find(Photo photo)
    {
        var map = new DarkMap(photo);
        return Math.Min(map.Width, map.Height) >= 60 && new CornerMarks(map).Choose(new MarkSearch(map).Find()) is { } coarse
            ? new FormRefinement(photo).Refine(coarse, map.Step)
            : null;
    }

    /// <returns>From paper to the map.</returns>
    private Homography? Choose(List<MarkCandidate> candidates)
    {
        // The form turned by a quarter, all else perfect, is right in 0.79: so much may not be enough. The rest is for fingers, folds and glare.
        var (best, bestScore) = ((Homography?)null, 0.82);
        foreach (var four in Combinations(candidates))
        {
            if (Clockwise(four) is not { } corners)
            {
                continue;
            }

            for (var turn = 0; turn < 4; turn++)
            {
                Spot[] seen = [.. Enumerable.Range(0, 4).Select(i => new Spot(corners[(i + turn) % 4].X, corners[(i + turn) % 4].Y))];
                if (Homography.Between(FormLayout.MarkSpots, seen) is { } homography && Score(homography) is var score && score > bestScore)
                {
                    (best, bestScore) = (homography, score);
                }
            }
        }

        return best;
    }

    private static IEnumerable<MarkCandidate[]> Combinations(List<MarkCandidate> all)
    {
        for (var a = 0; a < all.Count; a++)
        {
            for (var b = a + 1; b < all.Count; b++)
            {
                for (var c = b + 1; c < all.Count; c++)
                {
                    for (var d = c + 1; d < all.Count; d++)
                    {
                        MarkCandidate[] four = [all[a], all[b], all[c], all[d]];
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
    private static MarkCandidate[]? Clockwise(MarkCandidate[] four)
    {
        var (x, y) = (four.Average(mark => mark.X), four.Average(mark => mark.Y));
        MarkCandidate[] ordered = [.. four.OrderBy(mark => Math.Atan2(mark.Y - y, mark.X - x))];
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
            right += map.Contains(px, py) && map.IsDark(px, py) == expected ? 1 : 0;
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
}
