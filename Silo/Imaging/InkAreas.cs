namespace Bzt.Silo.Imaging;

/// <summary>Finds what belongs together in ink, and takes away what does not.</summary>
internal static class InkAreas
{
    /// <summary>Strokes within a millimetre and a half of each other belong together.</summary>
    private const int Cell = 4, Reach = 4;

    private const float Inked = 0.3f;

    /// <summary>
    /// The largest piece and what is near it; everything else becomes paper. Null when there is nothing worth a piece.
    /// </summary>
    /// <param name="ink">Changed: specks are gone afterwards.</param>
    /// <param name="nearMm">How far from the largest piece's surroundings another one may lie.</param>
    public static Area? Gather(Ink ink, double nearMm)
    {
        var pieces = Pieces(ink);
        if (pieces.Count == 0)
        {
            return null;
        }

        var main = pieces.MaxBy(piece => piece.Weight)!;
        var (kept, near) = (main.Area, (int)(nearMm * Patch.PixelsPerMm));
        bool added;
        var rest = pieces.Where(piece => piece != main && piece.Weight > Math.Max(0.1 * Patch.PixelsPerMm * Patch.PixelsPerMm, main.Weight * 0.002)).ToList();
        List<Piece> all = [main];
        do
        {
            added = false;
            foreach (var piece in rest.Where(piece => !all.Contains(piece)).ToList())
            {
                if (Distance(kept, piece.Area) <= near)
                {
                    kept = new Area(Math.Min(kept.Left, piece.Area.Left), Math.Min(kept.Top, piece.Area.Top), Math.Max(kept.Right, piece.Area.Right), Math.Max(kept.Bottom, piece.Area.Bottom));
                    all.Add(piece);
                    added = true;
                }
            }
        }
        while (added);

        Erase(ink, pieces, all);
        return Tight(ink, kept);
    }

    /// <summary>Every piece of ink, heaviest first, in pixels of the ink.</summary>
    public static IReadOnlyList<Area> All(Ink ink) => [.. Pieces(ink).OrderByDescending(piece => piece.Weight).Select(piece => piece.Area)];

    private sealed record Piece(Area Area, double Weight, HashSet<int> Cells);

    private static List<Piece> Pieces(Ink ink)
    {
        var (columns, rows) = ((ink.Width + Cell - 1) / Cell, (ink.Height + Cell - 1) / Cell);
        var weights = new double[columns * rows];
        for (var y = 0; y < ink.Height; y++)
        {
            for (var x = 0; x < ink.Width; x++)
            {
                var alpha = ink.Alpha[(y * ink.Width) + x];
                weights[((y / Cell) * columns) + (x / Cell)] += alpha > Inked ? alpha : 0;
            }
        }

        var seen = new bool[weights.Length];
        var pieces = new List<Piece>();
        for (var start = 0; start < weights.Length; start++)
        {
            if (weights[start] > 0 && !seen[start])
            {
                pieces.Add(Grow(start));
            }
        }

        return pieces;

        Piece Grow(int start)
        {
            var cells = new HashSet<int>();
            var (pending, weight) = (new Stack<int>([start]), 0.0);
            var (left, top, right, bottom) = (columns, rows, 0, 0);
            seen[start] = true;
            while (pending.TryPop(out var cell))
            {
                cells.Add(cell);
                weight += weights[cell];
                var (x, y) = (cell % columns, cell / columns);
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
                for (var ny = Math.Max(0, y - Reach); ny <= Math.Min(rows - 1, y + Reach); ny++)
                {
                    for (var nx = Math.Max(0, x - Reach); nx <= Math.Min(columns - 1, x + Reach); nx++)
                    {
                        var neighbour = (ny * columns) + nx;
                        if (weights[neighbour] > 0 && !seen[neighbour])
                        {
                            seen[neighbour] = true;
                            pending.Push(neighbour);
                        }
                    }
                }
            }

            return new Piece(new Area(left * Cell, top * Cell, Math.Min(ink.Width, right * Cell), Math.Min(ink.Height, bottom * Cell)), weight, cells);
        }
    }

    private static void Erase(Ink ink, List<Piece> pieces, List<Piece> kept)
    {
        var columns = (ink.Width + Cell - 1) / Cell;
        var keep = kept.SelectMany(piece => piece.Cells).ToHashSet();
        // The soft edge of a line reaches into the next cell.
        foreach (var cell in keep.ToList())
        {
            for (var dy = -1; dy <= 1; dy++)
            {
                for (var dx = -1; dx <= 1; dx++)
                {
                    keep.Add(cell + (dy * columns) + dx);
                }
            }
        }

        for (var y = 0; y < ink.Height; y++)
        {
            for (var x = 0; x < ink.Width; x++)
            {
                if (!keep.Contains(((y / Cell) * columns) + (x / Cell)))
                {
                    ink.Alpha[(y * ink.Width) + x] = 0;
                }
            }
        }
    }

    private static Area Tight(Ink ink, Area area)
    {
        var (left, top, right, bottom) = (area.Right, area.Bottom, area.Left, area.Top);
        for (var y = area.Top; y < area.Bottom; y++)
        {
            for (var x = area.Left; x < area.Right; x++)
            {
                if (ink.Alpha[(y * ink.Width) + x] > Inked)
                {
                    (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
                }
            }
        }

        return right > left ? new Area(left, top, right, bottom) : area;
    }

    private static int Distance(Area a, Area b) => Math.Max(
        Math.Max(0, Math.Max(b.Left - a.Right, a.Left - b.Right)), Math.Max(0, Math.Max(b.Top - a.Bottom, a.Top - b.Bottom)));
}
