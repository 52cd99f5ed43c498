using System.Diagnostics;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;

namespace Bzt.LoadTests.Sm2;

/// <summary>
/// <c>dudect sm2</c>: does the time of an operation depend on its secret? Two classes of scalars in random order, a
/// fixed one against random ones, timed one by one, and Welch's t test on the times below several percentiles (Reparaz,
/// Balasch, Verbauwhede, "Dude, is my code constant time?", DATE 2017). |t| above 10 is a leak, above 4.5 worth a
/// longer run. The variable-time product is measured along: if the test did not find it, the test would be worthless.
/// </summary>
internal static class Dudect
{
    private const int Round = 4096;
    private const double Leak = 10;

    public static Task<int> Run(string[] args)
    {
        var seconds = double.Parse(Command.Option(args, "--seconds") ?? "20");
        var p = Sm2Group.MultiplyBase(Scalar.Random(SystemRandom.Instance));
        var group = Math.Max(2, Sm2Batch.Lanes);
        var points = Enumerable.Repeat(p, group).ToArray();
        var scalars = new Scalar[group];
        var results = new Point[group];
        (string Name, bool MayLeak, Action<Scalar> Operation)[] operations =
        [
            ("kG", false, k => Sm2Group.MultiplyBase(k)),
            ("kP", false, k => Sm2Group.Multiply(k, p)),
            ("1/k", false, k => k.Invert()),
            ("kG in lanes", false, k => { scalars.AsSpan().Fill(k); Sm2Batch.MultiplyBase(scalars, results); }),
            ("kP in lanes", false, k => { scalars.AsSpan().Fill(k); Sm2Batch.Multiply(scalars, points, results); }),
            ("sG + tP, variable time", true, k => Sm2Group.MultiplyAddVartime(k, k, p)),
        ];

        // Fixed secrets that a branch or a skipped step would tell from random ones.
        (string Name, Scalar Secret)[] classes = [("one", Scalar.One), ("n − 1", -Scalar.One)];
        var failed = false;
        foreach (var (name, mayLeak, operation) in operations)
        {
            foreach (var (secretName, secret) in classes)
            {
                var t = Measure(operation, secret, TimeSpan.FromSeconds(seconds / classes.Length));
                var leaks = Math.Abs(t) > Leak;
                failed |= leaks != mayLeak;
                Console.WriteLine($"{name,-24} {secretName,-6} max |t| = {Math.Abs(t),8:F2}  {(leaks ? "depends on the secret" : "no dependence seen")}{(leaks != mayLeak ? "  UNEXPECTED" : "")}");
            }
        }

        return Task.FromResult(failed ? 1 : 0);
    }

    private static double Measure(Action<Scalar> operation, Scalar secret, TimeSpan duration)
    {
        double[] percentiles = [0.1, 0.25, 0.5, 0.75, 0.9, 1];
        var limits = new double[percentiles.Length];
        var tests = new Welch[percentiles.Length];
        var secrets = new Scalar[Round];
        var isFixed = new bool[Round];
        var times = new double[Round];
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < 3 || clock.Elapsed < duration; round++)
        {
            for (var i = 0; i < Round; i++)
            {
                // The random secret is drawn for both classes, so that preparing them is alike.
                isFixed[i] = Random.Shared.Next(2) == 0;
                var random = Scalar.Random(SystemRandom.Instance);
                secrets[i] = isFixed[i] ? secret : random;
            }

            for (var i = 0; i < Round; i++)
            {
                var start = Stopwatch.GetTimestamp();
                operation(secrets[i]);
                times[i] = Stopwatch.GetTimestamp() - start;
            }

            if (round == 0)
            {
                // The first round warms up and sets the limits.
                var sorted = times.Order().ToArray();
                for (var j = 0; j < percentiles.Length; j++)
                {
                    limits[j] = percentiles[j] == 1 ? double.MaxValue : sorted[(int)(percentiles[j] * Round)];
                }

                continue;
            }

            for (var i = 0; i < Round; i++)
            {
                for (var j = 0; j < tests.Length; j++)
                {
                    if (times[i] <= limits[j])
                    {
                        tests[j].Add(isFixed[i], times[i]);
                    }
                }
            }
        }

        return tests.Max(test => Math.Abs(test.T));
    }

    /// <summary>Welch's t over two running samples (Welford's updates).</summary>
    private struct Welch
    {
        private double n0;
        private double mean0;
        private double m0;
        private double n1;
        private double mean1;
        private double m1;

        public void Add(bool first, double value)
        {
            ref var n = ref first ? ref n0 : ref n1;
            ref var mean = ref first ? ref mean0 : ref mean1;
            ref var m = ref first ? ref m0 : ref m1;
            n++;
            var d = value - mean;
            mean += d / n;
            m += d * (value - mean);
        }

        public readonly double T =>
            n0 < 100 || n1 < 100 ? 0 : (mean0 - mean1) / Math.Sqrt((m0 / (n0 - 1) / n0) + (m1 / (n1 - 1) / n1));
    }
}
