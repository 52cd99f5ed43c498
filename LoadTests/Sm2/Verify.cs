using System.Diagnostics;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Bzt.LoadTests.Sm2;

/// <summary>
/// <c>verify sm2</c>: the long form of the suite's agreement with BouncyCastle: every operation, one at a time and in
/// lanes, on random scalars and points mixed with special ones.
/// </summary>
internal static class Verify
{
    private const int Chunk = 64;

    public static Task<int> Run(string[] args)
    {
        var count = long.Parse(Command.Option(args, "--count") ?? "1000000");
        var special = SpecialScalars();
        var chunks = (count + Chunk - 1) / Chunk;
        long done = 0, wrong = 0;
        var clock = Stopwatch.StartNew();
        Parallel.For(0, chunks, chunk =>
        {
            var bad = CheckChunk(special);
            Interlocked.Add(ref wrong, bad);
            if (Interlocked.Increment(ref done) % 1000 == 0)
            {
                Console.WriteLine($"{Interlocked.Read(ref done) * Chunk} scalars, {Interlocked.Read(ref wrong)} disagreements, {clock.Elapsed.TotalSeconds:F0} s");
            }
        });
        Console.WriteLine($"{chunks * Chunk} scalars and points, {Sm2Batch.Lanes} lanes: {wrong} disagreements with BouncyCastle");
        return Task.FromResult(wrong == 0 ? 0 : 1);
    }

    private static int CheckChunk(Scalar[] special)
    {
        var s = Draw(special);
        var t = Draw(special);
        var p = new Point[Chunk];
        var r = new Point[Chunk];
        var theirs = new ECPoint[Chunk];
        var theirsT = new ECPoint[Chunk];
        var wrong = 0;
        void Compare(int i, Point ours, ECPoint expected, string what)
        {
            if (!BouncyCastle.AreEqual(ours, expected))
            {
                wrong++;
                Console.WriteLine($"{what} differs: s={Convert.ToHexString(s[i].Encode())} t={Convert.ToHexString(t[i].Encode())}");
            }
        }

        Sm2Batch.MultiplyBase(s, p);
        for (var i = 0; i < Chunk; i++)
        {
            theirs[i] = BouncyCastle.MultiplyBase(BouncyCastle.Convert(s[i]));
            theirsT[i] = BouncyCastle.MultiplyBase(BouncyCastle.Convert(t[i]));
            Compare(i, p[i], theirs[i], "kG in lanes");
            Compare(i, Sm2Group.MultiplyBase(s[i]), theirs[i], "kG");
        }

        Sm2Batch.Multiply(t, p, r);
        for (var i = 0; i < Chunk; i++)
        {
            var expected = BouncyCastle.Multiply(BouncyCastle.Convert(t[i]), theirs[i]);
            Compare(i, r[i], expected, "kP in lanes");
            Compare(i, Sm2Group.Multiply(t[i], p[i]), expected, "kP");
        }

        Sm2Batch.MultiplyAdd(t, s, p, r);
        for (var i = 0; i < Chunk; i++)
        {
            var expected = BouncyCastle.Add(theirsT[i], BouncyCastle.Multiply(BouncyCastle.Convert(s[i]), theirs[i]));
            Compare(i, r[i], expected, "sG + tP in lanes");
            Compare(i, Sm2Group.MultiplyAddVartime(t[i], s[i], p[i]), expected, "sG + tP");
        }

        return wrong;
    }

    private static Scalar[] Draw(Scalar[] special) =>
    [
        .. Enumerable.Range(0, Chunk).Select(_ =>
            Random.Shared.Next(4) == 0 ? special[Random.Shared.Next(special.Length)] : Scalar.Random(SystemRandom.Instance)),
    ];

    /// <summary>0 … 40, n − 1 … n − 41, powers of two and one less.</summary>
    private static Scalar[] SpecialScalars()
    {
        var small = Enumerable.Range(0, 41).Select(i => BigInteger.ValueOf(i));
        var powers = Enumerable.Range(0, 256).Select(i => BigInteger.One.ShiftLeft(i));
        var positive = small.Concat(powers).Concat(powers.Select(v => v.Subtract(BigInteger.One)))
            .Select(v => Scalar.Reduce(Bytes(v)))
            .ToArray();
        return [.. positive, .. positive.Select(v => -v)];
    }

    private static byte[] Bytes(BigInteger value)
    {
        var bytes = new byte[32];
        var magnitude = value.ToByteArrayUnsigned();
        magnitude.CopyTo(bytes, 32 - magnitude.Length);
        return bytes;
    }
}
