using Bzt.Protocol.Arithmetic;

namespace Bzt.Protocol.Secrets;

/// <summary>
/// Where a server's group operations run: alone, or side by side with those of other keys. Results are the same bit by bit; what differs
/// is when they are there.
/// </summary>
public interface IGroupStage
{
    /// <summary>k[i]·p, for points that are needed some time later. Every k[i] is secret, random and used for this alone.</summary>
    /// <returns>One for each; the caller disposes them.</returns>
    IReadOnlyList<LaterPoint> MultiplyLater(ReadOnlySpan<Scalar> k, Point p);

    /// <summary>sG + tP of a verification: nothing in it is secret.</summary>
    ValueTask<Point> MultiplyAddAsync(Scalar s, Scalar t, Point p);
}

/// <summary>Everything at once, on the caller's thread.</summary>
public sealed class InlineStage : IGroupStage
{
    /// <summary>It has no state.</summary>
    public static readonly InlineStage Instance = new();

    private InlineStage()
    {
    }

    /// <inheritdoc/>
    public IReadOnlyList<LaterPoint> MultiplyLater(ReadOnlySpan<Scalar> k, Point p)
    {
        var points = LaterPoint.Create(k, p);
        LaterPoint.Run(points);
        return points;
    }

    /// <inheritdoc/>
    public ValueTask<Point> MultiplyAddAsync(Scalar s, Scalar t, Point p) => ValueTask.FromResult(Sm2Group.MultiplyAddVartime(s, t, p));
}

/// <summary>
/// The secret point kP: computed with others when a stage gets to it, on the spot when it is needed before. Disposed, nothing of k or of the
/// point is left, also when a stage is at it at that moment.
/// </summary>
public sealed class LaterPoint : IDisposable
{
    private readonly Lock gate = new();
    private readonly SecretScalar scalar;
    private readonly Point basePoint;
    private readonly SecretBytes point = new(Point.Length);
    private bool made;
    private bool disposed;

    private LaterPoint(Scalar k, Point p) => (scalar, basePoint) = (new SecretScalar(k), p);

    /// <summary>k[i]·p, none of them computed yet.</summary>
    public static LaterPoint[] Create(ReadOnlySpan<Scalar> k, Point p)
    {
        var points = new LaterPoint[k.Length];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = new(k[i], p);
        }

        return points;
    }

    /// <summary>Computes side by side whatever of these is still wanted.</summary>
    public static void Run(ReadOnlySpan<LaterPoint> points)
    {
        var wanted = new List<LaterPoint>(points.Length);
        var scalars = new Scalar[points.Length];
        var bases = new Point[points.Length];
        foreach (var later in points)
        {
            lock (later.gate)
            {
                if (!later.made && !later.disposed)
                {
                    (scalars[wanted.Count], bases[wanted.Count]) = (later.scalar.Value, later.basePoint);
                    wanted.Add(later);
                }
            }
        }

        var results = bases.AsSpan(0, wanted.Count);
        Sm2Batch.Multiply(scalars.AsSpan(0, wanted.Count), results, results);
        for (var i = 0; i < wanted.Count; i++)
        {
            wanted[i].Set(results[i]);
        }

        scalars.AsSpan().Clear();
        results.Clear();
    }

    /// <summary>The point. Nobody is waited for: if no stage has made it yet it is made here.</summary>
    /// <exception cref="ObjectDisposedException">The secret has been zeroed.</exception>
    public Point Take()
    {
        lock (gate)
        {
            if (!made)
            {
                Set(Sm2Group.Multiply(scalar.Value, basePoint));
            }

            return Point.TryDecode(point.Span, out var value) ? value : throw new InvalidOperationException("A point is damaged.");
        }
    }

    /// <summary>Whether a stage has been at it.</summary>
    internal bool IsMade
    {
        get
        {
            lock (gate)
            {
                return made;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            scalar.Dispose();
            point.Dispose();
        }
    }

    /// <summary>Prints the type, never the value.</summary>
    public override string ToString() => nameof(LaterPoint);

    private void Set(Point value)
    {
        lock (gate)
        {
            if (!disposed && !made)
            {
                value.Encode(point.Span);
                made = true;
                scalar.Dispose();
            }
        }
    }
}
