using System.Diagnostics;
using System.Text.Json;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Secrets;

namespace Bzt.LoadTests.Flows;

/// <summary>
/// <c>bench flow</c>: the cryptography of one flow at the server, whole and in parts, without server: what doing it side by side and ahead
/// is worth. Least times, since neighbours only ever add.
/// </summary>
internal static class FlowBench
{
    private const int Times = 2000;

    public static async Task<int> Run(string[] args)
    {
        var random = SystemRandom.Instance;
        Scalar[] k = [.. Enumerable.Range(0, 64).Select(_ => Scalar.Random(random))];
        var p = Array.ConvertAll(k, Sm2Group.MultiplyBase);
        var r = new Point[64];
        using var device = new P256DeviceKey();
        using var verifier = new P256DeviceVerifier();
        var (publicKey, message) = (device.PublicKey, random.Bytes(400));
        var signature = await device.SignAsync(message);

        var drawn = await SiloCryptography.MeasureAsync(documents: 1, warm: 500, timed: Times, new DrawnNonces(random));
        var ahead = await SiloCryptography.MeasureAsync(documents: 1, warm: 500, timed: Times, new NoncesAhead(3 * (Times + 1000)));
        (string Name, double Microseconds)[] rows =
        [
            ("one flow, nonces drawn when needed", drawn.Least.TotalMicroseconds),
            ("one flow, nonces made ahead", ahead.Least.TotalMicroseconds),
            ("  3 DPoP proofs, ECDSA P-256, key known", 3 * Least(() => verifier.Verify(publicKey, message, signature))),
            ("    the same with the key imported each time", 3 * Least(() => P256DeviceKey.Verify(publicKey, message, signature))),
            ("  2 device signatures, ECDSA, key known", 2 * Least(() => verifier.Verify(publicKey, message, signature))),
            ("    the same with the key imported each time", 2 * Least(() => P256DeviceKey.Verify(publicKey, message, signature))),
            ("  channel, its 3 kP side by side", Least(() => Sm2Batch.Multiply(k.AsSpan(0, 3), p.AsSpan(0, 3), r.AsSpan(0, 3)))),
            ("    the same one by one", 3 * Least(() => Sm2Group.Multiply(k[0], p[0]))),
            ("  S1, 1 kP for V2", Least(() => Sm2Group.Multiply(k[0], p[0]))),
            ("  3 kG made ahead, by 64", 3 * Least(() => Sm2Batch.MultiplyBase(k, r)) / 64),
            ("    the same one by one", 3 * Least(() => Sm2Group.MultiplyBase(k[0]))),
            ("  S3, sG + tP", Least(() => Sm2Group.MultiplyAddVartime(k[0], k[1], p[0]))),
        ];
        Console.WriteLine($"{Sm2Batch.Lanes} lanes; microseconds, least of {Times}");
        foreach (var (name, microseconds) in rows)
        {
            Console.WriteLine($"{name,-46}{microseconds,10:F1}");
        }

        if (Command.Option(args, "--json") is { } file)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(rows.Select(row => new { name = row.Name.Trim(), us = row.Microseconds })));
        }

        return 0;
    }

    private static double Least(Action run)
    {
        var warm = Stopwatch.StartNew();
        while (warm.ElapsedMilliseconds < 500)
        {
            run();
        }

        var least = TimeSpan.MaxValue;
        for (var i = 0; i < Times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            var took = Stopwatch.GetElapsedTime(start);
            least = took < least ? took : least;
        }

        return least.TotalMicroseconds;
    }

    /// <summary>All of a run's nonces before it begins, as the silo's pool has them ready between two requests.</summary>
    private sealed class NoncesAhead : INonceSource
    {
        private readonly Queue<NoncePair> ready = new();

        public NoncesAhead(int count)
        {
            Scalar[] scalars = [.. Enumerable.Range(0, count).Select(_ => Scalar.Random(SystemRandom.Instance))];
            var points = new Point[count];
            Sm2Batch.MultiplyBase(scalars, points);
            for (var i = 0; i < count; i++)
            {
                ready.Enqueue(new NoncePair(new SecretScalar(scalars[i]), points[i]));
            }
        }

        public NoncePair Take() => ready.Dequeue();
    }
}
