using System.Diagnostics;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Secrets;

namespace Bzt.LoadTests.Flows;

/// <summary>What parts of a flow cost by themselves, without a server.</summary>
/// <param name="Cryptography">Everything cryptographic the server does for one flow, as it does it.</param>
/// <param name="GroupOperations">The least that could be: S1 and S3 alone, every group operation in a full batch.</param>
/// <param name="PinStretch">What a phone computes at each PIN entry.</param>
internal sealed record FlowCosts(TimeSpan Cryptography, TimeSpan GroupOperations, TimeSpan PinStretch, int PinRounds)
{
    private const int Batch = 64;

    /// <param name="documents">Of one flow.</param>
    /// <param name="pinRounds">Of PBKDF2.</param>
    /// <param name="warm">Flows before any is timed: the runtime compiles hot methods anew as they get hot.</param>
    /// <param name="timed">Flows that are timed.</param>
    public static async Task<FlowCosts> MeasureAsync(int documents, int pinRounds, int warm = 300, int timed = 400) => new(
        (await SiloCryptography.MeasureAsync(documents, warm, timed, new DrawnNonces(SystemRandom.Instance))).Median, MeasureGroupOperations(documents, Math.Max(1, timed / 2)),
        Least(() => Protocol.Phone.PinStretch.Create(SystemRandom.Instance, pinRounds).Stretch(SimulatedPhone.Pin).Dispose(), times: 5), pinRounds);

    /// <summary>kG for each nonce and for the proof about them, kP for each document, one verification.</summary>
    private static TimeSpan MeasureGroupOperations(int documents, int times)
    {
        Scalar[] scalars = [.. Enumerable.Range(0, Batch).Select(_ => Scalar.Random(SystemRandom.Instance))];
        var points = new Point[Batch];
        var results = new Point[Batch];
        Sm2Batch.MultiplyBase(scalars, points);
        var kG = Least(() => Sm2Batch.MultiplyBase(scalars, results), times) / Batch;
        var kP = Least(() => Sm2Batch.Multiply(scalars, points, results), times) / Batch;
        var verification = Least(() => Sm2Batch.MultiplyAdd(scalars, scalars, points, results), times) / Batch;
        return ((documents + 1) * kG) + (documents * kP) + verification;
    }

    /// <summary>A shared machine only ever adds to a time.</summary>
    private static TimeSpan Least(Action run, int times)
    {
        var least = TimeSpan.MaxValue;
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            var took = Stopwatch.GetElapsedTime(start);
            least = took < least ? took : least;
        }

        return least;
    }
}
