using Bzt.Protocol.Arithmetic;

namespace Bzt.LoadTests.Sm2;

/// <summary>
/// <c>trace sm2</c>: runs every operation on scalars of many classes for an observer from outside: under Valgrind's
/// callgrind each pair of operation and class becomes a dump of its own with the number of instructions, and the JIT
/// can be told to print what it makes of the methods. The tests are the observer. The operations named
/// <c>planted …</c> depend on their secret, so that the observers can be seen to notice.
/// </summary>
internal static class Trace
{
    private const int Repetitions = 2;

    public static Task<int> Run(string[] args)
    {
        var p = Sm2Group.MultiplyBase(Scalar.Reduce([.. Enumerable.Repeat((byte)0x5A, 32)]));
        var group = Math.Max(2, Sm2Batch.Lanes);
        var scalars = new Scalar[group];
        var points = Enumerable.Repeat(p, group).ToArray();
        var results = new Point[group];
        void Lanes(Scalar k, Action operation)
        {
            // The other lanes do not change: what one lane holds must not show either.
            scalars.AsSpan().Fill(Scalar.One + Scalar.One);
            scalars[1] = k;
            operation();
        }

        (string Name, Action<Scalar> Operation)[] operations =
        [
            ("kG", k => results[0] = Sm2Group.MultiplyBase(k)),
            ("kP", k => results[0] = Sm2Group.Multiply(k, p)),
            ("1/k", k => scalars[0] = k.Invert()),
            ("k·k", k => scalars[0] = k * k),
            ("k − k", k => scalars[0] = k - k),
            ("P + Q", k => results[0] = results[1] + p),
            ("kG in lanes", k => Lanes(k, () => Sm2Batch.MultiplyBase(scalars, results))),
            ("kP in lanes", k => Lanes(k, () => Sm2Batch.Multiply(scalars, points, results))),
            ("kG + kP in lanes", k => Lanes(k, () => Sm2Batch.MultiplyAdd(scalars, scalars, points, results))),
            ("planted branch", k => results[0] = Planted.SkippingZeroDigits(k)),
            ("planted branch in lanes", k => results[0] = Planted.BranchInLanes(k)),
            ("planted index in lanes", k => results[0] = Planted.IndexInLanes(k)),
        ];

        foreach (var (name, operation) in operations)
        {
            foreach (var (className, k) in Classes())
            {
                // P + Q has its secret in a point.
                results[1] = Sm2Group.MultiplyBase(k);
                void Operation() => operation(k);
                Operation();
                for (var i = 0; Callgrind.IsPresent && i < Repetitions; i++)
                {
                    Callgrind.Observe($"{name}/{className}", Operation);
                }
            }
        }

        Console.WriteLine($"{Sm2Batch.Lanes} lanes");
        return Task.FromResult(0);
    }

    /// <summary>Secrets that a branch, a skipped step or an early end would tell apart.</summary>
    private static IEnumerable<(string Name, Scalar K)> Classes()
    {
        yield return ("one", Scalar.One);
        yield return ("n − 1", -Scalar.One);
        yield return ("2²⁵⁵", Scalar.Reduce([0x80, .. new byte[31]]));
        yield return ("alternating", Scalar.Reduce([.. Enumerable.Repeat((byte)0xAA, 32)]));
        yield return ("low half", Scalar.Reduce([.. new byte[16], .. Enumerable.Repeat((byte)0x77, 16)]));
        var random = new Random(42);
        for (var i = 0; i < 2; i++)
        {
            var bytes = new byte[64];
            random.NextBytes(bytes);
            yield return ($"random {i}", Scalar.FromWide(bytes));
        }
    }
}
