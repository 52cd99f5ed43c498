using System.Collections.Concurrent;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Secrets;

namespace Bzt.Silo.Batching;

/// <summary>
/// Nonces made ahead: their points are computed eight at a time beside the grains' work and not one by one within it. When the pool is empty
/// a pair is drawn on the spot; nobody ever waits.
/// </summary>
/// <remarks>
/// A pair leaves the queue once, so it is used once. It is never written anywhere; what is left at the end is zeroed. As with a round that is
/// open, a copy of the running process's memory that is brought to life would hand out the same nonces: silos are not to be cloned running,
/// and the pool is kept small.
/// </remarks>
internal sealed class NoncePool(int ahead, IRandomSource random) : INonceSource, IDisposable
{
    private const int Batch = 64;

    private readonly ConcurrentQueue<NoncePair> ready = new();
    private readonly Lock ending = new();
    private bool disposed;
    private int filling;

    /// <summary>What is ready now, for tests.</summary>
    internal IReadOnlyCollection<NoncePair> Ready => ready;

    public NoncePair Take()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var pair = ready.TryDequeue(out var made) ? made : NoncePair.Draw(random);
        if (ready.Count <= ahead / 2 && ahead > 0 && Interlocked.CompareExchange(ref filling, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static pool => pool.FillInBackground(), this, preferLocal: false);
        }

        return pair;
    }

    public void Dispose()
    {
        lock (ending)
        {
            disposed = true;
        }

        while (ready.TryDequeue(out var pair))
        {
            pair.Dispose();
        }
    }

    /// <summary>Makes batches until enough is ready.</summary>
    internal void Fill()
    {
        while (ready.Count < ahead && !disposed)
        {
            Make(Math.Min(Batch, ahead - ready.Count));
        }
    }

    private void FillInBackground()
    {
        try
        {
            Fill();
        }
        finally
        {
            Volatile.Write(ref filling, 0);
        }
    }

    private void Make(int count)
    {
        var scalars = new Scalar[count];
        var points = new Point[count];
        for (var i = 0; i < count; i++)
        {
            scalars[i] = Scalar.Random(random);
        }

        Sm2Batch.MultiplyBase(scalars, points);
        for (var i = 0; i < count; i++)
        {
            Add(new NoncePair(new SecretScalar(scalars[i]), points[i]));
        }

        scalars.AsSpan().Clear();
    }

    /// <summary>Either before the end, which zeroes it, or not at all.</summary>
    private void Add(NoncePair pair)
    {
        lock (ending)
        {
            if (!disposed)
            {
                ready.Enqueue(pair);
                return;
            }
        }

        pair.Dispose();
    }
}
