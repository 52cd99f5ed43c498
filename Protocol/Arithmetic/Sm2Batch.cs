using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// Many independent operations at once: eight side by side with AVX-512, four with AVX2, one after another elsewhere,
/// chosen once at start. Results are those of <see cref="Sm2Group"/>, bit by bit; so is the independence of time from
/// scalars, here for every method.
/// </summary>
public static class Sm2Batch
{
    /// <summary>How many operations run side by side on this machine: batches of a multiple of it are the best.</summary>
    public static int Lanes { get; } = Lanes8.IsSupported ? Lanes8.Count : Lanes4.IsSupported ? Lanes4.Count : 1;

    /// <summary>r[i] = k[i]·G.</summary>
    public static void MultiplyBase(ReadOnlySpan<Scalar> k, Span<Point> r)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(r.Length, k.Length);
        Run(new(k, default, default, r));
    }

    /// <summary>r[i] = k[i]·p[i].</summary>
    public static void Multiply(ReadOnlySpan<Scalar> k, ReadOnlySpan<Point> p, Span<Point> r)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(p.Length, k.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(r.Length, k.Length);
        Run(new(default, k, p, r));
    }

    /// <summary>r[i] = s[i]·G + t[i]·p[i].</summary>
    public static void MultiplyAdd(ReadOnlySpan<Scalar> s, ReadOnlySpan<Scalar> t, ReadOnlySpan<Point> p, Span<Point> r)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(t.Length, s.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(p.Length, s.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(r.Length, s.Length);
        Run(new(s, t, p, r));
    }

    /// <summary>
    /// r[i] = k[i]·p[i] for static secrets and points somebody else chose: every k[i] is split anew, see
    /// <see cref="Sm2Group.MultiplyBlinded"/>.
    /// </summary>
    public static void MultiplyBlinded(ReadOnlySpan<Scalar> k, ReadOnlySpan<Point> p, IRandomSource random, Span<Point> r)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(p.Length, k.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(r.Length, k.Length);
        var halves = new Scalar[2 * k.Length];
        var points = new Point[2 * k.Length];
        for (var i = 0; i < k.Length; i++)
        {
            halves[2 * i] = Scalar.Random(random);
            halves[(2 * i) + 1] = k[i] - halves[2 * i];
            points[2 * i] = points[(2 * i) + 1] = p[i];
        }

        try
        {
            Multiply(halves, points, points);
            for (var i = 0; i < k.Length; i++)
            {
                r[i] = points[2 * i] + points[(2 * i) + 1];
            }
        }
        finally
        {
            halves.AsSpan().Clear();
            points.AsSpan().Clear();
        }
    }

    private static void Run(Operands operands)
    {
        var done = 0;
        if (Lanes8.IsSupported)
        {
            done = RunLanes<Lanes8>(operands);
        }
        else if (Lanes4.IsSupported)
        {
            done = RunLanes<Lanes4>(operands);
        }

        for (; done < operands.Results.Length; done++)
        {
            operands.RunOne(done);
        }
    }

    /// <summary>Runs full groups, and the rest as one more when it is large enough; returns how many operations that was.</summary>
    internal static int RunLanes<T>(Operands operands)
        where T : unmanaged, ILanes<T>
    {
        var count = operands.Results.Length;
        var done = 0;
        for (; done + T.Count <= count; done += T.Count)
        {
            operands.Slice(done, T.Count).RunGroup<T>();
        }

        // A group costs about as much as a quarter of its lanes one by one.
        var rest = count - done;
        if (rest > T.Count / 4)
        {
            operands.Slice(done, rest).RunPadded<T>();
            done = count;
        }

        SecretStack.WipeDeep();
        return done;
    }

    /// <summary>One operation a place: S·G, T·P, or their sum, by which of S and T are there.</summary>
    internal readonly ref struct Operands(
        ReadOnlySpan<Scalar> s, ReadOnlySpan<Scalar> t, ReadOnlySpan<Point> p, Span<Point> results)
    {
        private readonly ReadOnlySpan<Scalar> s = s;
        private readonly ReadOnlySpan<Scalar> t = t;
        private readonly ReadOnlySpan<Point> p = p;

        public Span<Point> Results { get; } = results;

        public Operands Slice(int start, int length) => new(
            s.IsEmpty ? s : s.Slice(start, length),
            t.IsEmpty ? t : t.Slice(start, length),
            p.IsEmpty ? p : p.Slice(start, length),
            Results.Slice(start, length));

        public void RunOne(int i) =>
            Results[i] = t.IsEmpty ? Sm2Group.MultiplyBase(s[i])
                : s.IsEmpty ? Sm2Group.Multiply(t[i], p[i])
                : Sm2Group.MultiplyBase(s[i]) + Sm2Group.Multiply(t[i], p[i]);

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void RunGroup<T>()
            where T : unmanaged, ILanes<T>
        {
            if (t.IsEmpty)
            {
                BatchMultiplication<T>.MultiplyBase(Results, s);
            }
            else if (s.IsEmpty)
            {
                BatchMultiplication<T>.Multiply(Results, t, p);
            }
            else
            {
                BatchMultiplication<T>.MultiplyAdd(Results, s, t, p);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void RunPadded<T>()
            where T : unmanaged, ILanes<T>
        {
            Span<Scalar> paddedS = stackalloc Scalar[T.Count];
            Span<Scalar> paddedT = stackalloc Scalar[T.Count];
            Span<Point> paddedP = stackalloc Point[T.Count];
            Span<Point> paddedR = stackalloc Point[T.Count];
            s.CopyTo(paddedS);
            t.CopyTo(paddedT);
            p.CopyTo(paddedP);
            new Operands(s.IsEmpty ? default : paddedS, t.IsEmpty ? default : paddedT, paddedP, paddedR).RunGroup<T>();
            paddedR[..Results.Length].CopyTo(Results);
            paddedS.Clear();
            paddedT.Clear();
        }
    }
}
