using System.Diagnostics;
using System.Text.Json;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;

namespace Bzt.LoadTests.Sm2;

/// <summary>
/// <c>bench sm2</c>: every operation one at a time and in batches, ours and BouncyCastle's, in one run. Contenders take
/// turns in short slices, so that a noisy neighbour slows all alike; the least slice counts.
/// </summary>
internal static class Bench
{
    private const int Slices = 400;
    private const int BatchSize = 64;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(1.5);

    public static Task<int> Run(string[] args)
    {
        var random = SystemRandom.Instance;
        var k = Many(() => Scalar.Random(random));
        var t = Many(() => Scalar.Random(random));
        var p = Many(() => Sm2Group.MultiplyBase(Scalar.Random(random)));
        var bcK = Array.ConvertAll(k, BouncyCastle.Convert);
        var bcT = Array.ConvertAll(t, BouncyCastle.Convert);
        var bcP = Array.ConvertAll(p, BouncyCastle.Convert);
        var r = new Point[BatchSize];

        // BouncyCastle keeps a comb table with each of the 64 points after its first sG + tP, so its figure leaves out
        // what a new point would cost it: the comparison favours it.
        Row[] rows =
        [
            new("kG", i => Sm2Group.MultiplyBase(k[i]), () => Sm2Batch.MultiplyBase(k, r), i => BouncyCastle.MultiplyBase(bcK[i])),
            new("kP", i => Sm2Group.Multiply(k[i], p[i]), () => Sm2Batch.Multiply(k, p, r), i => BouncyCastle.Multiply(bcK[i], bcP[i])),
            new(
                "sG+tP",
                i => Sm2Group.MultiplyAddVartime(k[i], t[i], p[i]),
                () => Sm2Batch.MultiplyAdd(k, t, p, r),
                i => BouncyCastle.MultiplyAdd(bcK[i], bcT[i], bcP[i])),
        ];

        foreach (var row in rows)
        {
            row.Measure();
        }

        Console.WriteLine($"{Sm2Batch.Lanes} lanes, .NET {Environment.Version}, batches of {BatchSize}; microseconds per operation, least of {Slices} slices");
        Console.WriteLine($"{"",-8}{"one",10}{"batched",10}{"BouncyCastle",14}{"one ×",9}{"batched ×",11}");
        foreach (var row in rows)
        {
            Console.WriteLine(
                $"{row.Name,-8}{row.One,10:F2}{row.Batched,10:F2}{row.Theirs,14:F2}{row.Theirs / row.One,9:F2}{row.Theirs / row.Batched,11:F2}");
        }

        double Collaborative(Func<Row, double> of) => (2 * of(rows[0])) + of(rows[1]) + of(rows[2]);
        Console.WriteLine(
            $"collaborative_signature_us {Collaborative(row => row.Batched):F2} (one at a time {Collaborative(row => row.One):F2}, BouncyCastle {Collaborative(row => row.Theirs):F2})");

        if (Command.Option(args, "--json") is { } file)
        {
            var values = new Dictionary<string, double> { ["lanes"] = Sm2Batch.Lanes, ["collaborative_signature_us"] = Collaborative(row => row.Batched) };
            foreach (var row in rows)
            {
                values[$"{row.Name}_us"] = row.One;
                values[$"{row.Name}_batched_us"] = row.Batched;
                values[$"{row.Name}_bouncycastle_us"] = row.Theirs;
            }

            File.WriteAllText(file, JsonSerializer.Serialize(values));
        }

        return Task.FromResult(0);
    }

    private static T[] Many<T>(Func<T> make) => [.. Enumerable.Range(0, BatchSize).Select(_ => make())];

    private sealed class Row(string name, Action<int> one, Action batch, Action<int> theirs)
    {
        public string Name => name;

        public double One { get; private set; } = double.MaxValue;

        public double Batched { get; private set; } = double.MaxValue;

        public double Theirs { get; private set; } = double.MaxValue;

        public void Measure()
        {
            var i = 0;
            void OneTurn() => one(i++ % BatchSize);
            void TheirTurn() => theirs(i++ % BatchSize);
            int ones = Calibrate(OneTurn), batches = Calibrate(batch), theirTurns = Calibrate(TheirTurn);
            for (var slice = 0; slice < Slices; slice++)
            {
                One = Math.Min(One, Time(OneTurn, ones));
                Batched = Math.Min(Batched, Time(batch, batches) / BatchSize);
                Theirs = Math.Min(Theirs, Time(TheirTurn, theirTurns));
            }
        }

        /// <summary>How many turns fill a slice, after enough of them to have been compiled in full.</summary>
        private static int Calibrate(Action turn)
        {
            var clock = Stopwatch.StartNew();
            while (clock.ElapsedMilliseconds < 500)
            {
                turn();
            }

            return Math.Max(1, (int)(Slice.TotalMicroseconds / Time(turn, 20)));
        }

        private static double Time(Action turn, int turns)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < turns; i++)
            {
                turn();
            }

            return Stopwatch.GetElapsedTime(start).TotalMicroseconds / turns;
        }
    }
}
