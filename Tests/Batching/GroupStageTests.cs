using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Secrets;
using Bzt.Silo.Batching;
using Bzt.Tests.Applications;

namespace Bzt.Tests.Batching;

public sealed class GroupStageTests
{
    private static readonly Point P = Sm2Group.MultiplyBase(Scalar.Random(SystemRandom.Instance));

    [Fact]
    public async Task A_full_batch_runs_at_once_and_a_lone_point_when_its_window_is_over()
    {
        // A window nobody lives to see the end of: only fullness starts a batch.
        using var patient = new GroupStage(TimeSpan.FromHours(1), lanes: 4);
        var first = patient.MultiplyLater(Scalars(3), P);
        Assert.Equal((0, 0), patient.LaterRun);
        var fourth = patient.MultiplyLater(Scalars(1), P);
        await Wait.UntilAsync(() => Task.FromResult(patient.LaterRun), run => run == (1, 4));
        Assert.All(first.Concat(fourth), point => Assert.True(point.IsMade));

        using var quick = new GroupStage(TimeSpan.FromMilliseconds(1), lanes: 4);
        var lone = quick.MultiplyLater(Scalars(1), P)[0];
        await Wait.UntilAsync(() => Task.FromResult(lone.IsMade), made => made);

        // Its timer serves again.
        var next = quick.MultiplyLater(Scalars(2), P);
        await Wait.UntilAsync(() => Task.FromResult(next.All(point => point.IsMade)), made => made);
    }

    [Fact]
    public void A_point_is_the_same_whoever_computes_it()
    {
        using var stage = new GroupStage(TimeSpan.FromHours(1), lanes: 8);
        var scalars = Scalars(5);
        var points = stage.MultiplyLater(scalars, P);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(Sm2Group.Multiply(scalars[i], P), points[i].Take());
        }

        LaterPoint.Run([.. points]);
        for (var i = 0; i < scalars.Length; i++)
        {
            Assert.Equal(Sm2Group.Multiply(scalars[i], P), points[i].Take());
            Assert.Equal(Sm2Group.Multiply(scalars[i], P), InlineStage.Instance.MultiplyLater(scalars, P)[i].Take());
        }
    }

    [Fact]
    public void A_disposed_point_is_neither_computed_nor_kept()
    {
        var points = LaterPoint.Create(Scalars(2), P);
        points[0].Dispose();
        LaterPoint.Run(points);
        Assert.Equal((false, true), (points[0].IsMade, points[1].IsMade));
        points[1].Dispose();
        Assert.All(points, point => Assert.Throws<ObjectDisposedException>(() => point.Take()));
        Assert.All(points, point => Assert.True(Secrets.AreZero(point)));
    }

    [Fact]
    public async Task Verifications_from_many_threads_get_each_its_own_sum()
    {
        const int Callers = 8;
        const int Each = 40;
        using var stage = new GroupStage(TimeSpan.FromHours(1));
        using var barrier = new Barrier(Callers);
        var all = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                var asked = new List<(Scalar S, Scalar T, Task<Point> Sum)>();
                for (var i = 0; i < Each; i++)
                {
                    var (s, t) = (Scalar.Random(SystemRandom.Instance), Scalar.Random(SystemRandom.Instance));
                    asked.Add((s, t, stage.MultiplyAddAsync(s, t, P).AsTask()));
                }

                return asked;
            },
            TaskCreationOptions.LongRunning)));
        foreach (var (s, t, sum) in all.SelectMany(asked => asked))
        {
            Assert.Equal(Sm2Group.MultiplyAddVartime(s, t, P), await sum);
        }

        Assert.Equal(Callers * Each, stage.ChecksRun.Operations);
    }

    [Fact]
    public void A_lone_verification_is_done_on_return()
    {
        using var stage = new GroupStage(TimeSpan.FromHours(1));
        for (var i = 0; i < 3; i++)
        {
            Assert.True(stage.MultiplyAddAsync(Scalar.One, Scalar.One, P).AsTask().IsCompletedSuccessfully);
        }

        Assert.Equal((3, 3), stage.ChecksRun);
    }

    private static Scalar[] Scalars(int count) => [.. Enumerable.Range(0, count).Select(_ => Scalar.Random(SystemRandom.Instance))];

    private static class Secrets
    {
        /// <summary>Looks into the buffers behind what has been disposed.</summary>
        public static bool AreZero(LaterPoint point) => new[] { "scalar", "point" }.All(name =>
        {
            var secret = typeof(LaterPoint).GetField(name, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(point)!;
            if (secret is SecretScalar)
            {
                secret = typeof(SecretScalar).GetField("bytes", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(secret)!;
            }

            var buffer = (byte[])typeof(SecretBytes).GetField("buffer", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(secret)!;
            return buffer.All(octet => octet == 0);
        });
    }
}
