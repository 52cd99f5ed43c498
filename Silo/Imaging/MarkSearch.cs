namespace Bzt.Silo.Imaging;

/// <summary>What may be a mark of the form.</summary>
/// <param name="X">Its middle, in pixels of the map, as <paramref name="Y"/>.</param>
/// <param name="Module">A seventh of its width.</param>
/// <param name="Rows">In how many rows it was seen.</param>
internal sealed record MarkCandidate(double X, double Y, double Module, int Rows);

/// <summary>Finds marks as QR readers find theirs: runs of dark and light as 1:1:3:1:1 along a row and along a column.</summary>
internal sealed class MarkSearch(DarkMap map)
{
    private const int MostCandidates = 14;

    /// <returns>The likeliest, largest first.</returns>
    public List<MarkCandidate> Find()
    {
        var found = new List<MarkCandidate>();
        var runs = new int[5];
        for (var y = 0; y < map.Height; y++)
        {
            Array.Clear(runs);
            // Five runs, the last of them just ended: dark, light, dark, light, dark.
            var colour = false;
            for (var x = 0; x <= map.Width; x++)
            {
                var now = map.IsDark(x, y);
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

    private MarkCandidate? Centre(int end, int y, int[] runs)
    {
        var x = end - runs[4] - runs[3] - (runs[2] / 2.0);
        var module = runs.Sum() / 7.0;
        // The same along the column; its length may differ by the slant of the view.
        if (Across((int)x, y, 0, 1) is not { } column || column.Module > module * 2 || column.Module < module / 2)
        {
            return null;
        }

        return Across((int)x, (int)column.Middle, 1, 0) is { } row
            ? new MarkCandidate(row.Middle, column.Middle, (row.Module + column.Module) / 2, 1)
            : null;
    }

    private (double Middle, double Module)? Across(int x, int y, int dx, int dy)
    {
        if (!map.IsDark(x, y))
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
            while (map.IsDark(x + (direction * dx * place), y + (direction * dy * place)))
            {
                place++;
                middle++;
            }

            for (var run = 0; run < 2; run++)
            {
                var index = direction < 0 ? next - run : next + run;
                while (map.Contains(x + (direction * dx * place), y + (direction * dy * place)) && map.IsDark(x + (direction * dx * place), y + (direction * dy * place)) == (run == 1))
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

    private static void Merge(List<MarkCandidate> found, MarkCandidate candidate)
    {
        for (var i = 0; i < found.Count; i++)
        {
            var known = found[i];
            if (Math.Abs(known.X - candidate.X) < 1.5 * known.Module && Math.Abs(known.Y - candidate.Y) < 1.5 * known.Module)
            {
                var rows = known.Rows + 1;
                found[i] = new MarkCandidate(
                    known.X + ((candidate.X - known.X) / rows), known.Y + ((candidate.Y - known.Y) / rows), known.Module + ((candidate.Module - known.Module) / rows), rows);
                return;
            }
        }

        found.Add(candidate);
    }
}
