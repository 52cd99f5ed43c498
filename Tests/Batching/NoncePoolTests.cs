using System.Collections.Concurrent;
using Bzt.Contracts.Phone;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;
using Bzt.Silo.Batching;
using Bzt.Tests.Protocol;

namespace Bzt.Tests.Batching;

public sealed class NoncePoolTests
{
    [Fact]
    public async Task Takers_at_once_get_every_pair_once_and_each_with_its_own_point()
    {
        const int Takers = 8;
        const int Each = 60;
        using var pool = new NoncePool(ahead: 40, SystemRandom.Instance);
        using var barrier = new Barrier(Takers);
        var taken = new ConcurrentBag<NoncePair>();
        await Task.WhenAll(Enumerable.Range(0, Takers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                for (var i = 0; i < Each; i++)
                {
                    taken.Add(pool.Take());
                }
            },
            TaskCreationOptions.LongRunning)));

        Assert.Equal(Takers * Each, taken.Count);
        Assert.Equal(taken.Count, taken.Select(pair => Convert.ToHexString(pair.Secret.Span)).Distinct().Count());
        Assert.Equal(taken.Count, taken.Select(pair => Convert.ToHexString(pair.Point.Encode())).Distinct().Count());
        Assert.All(taken, pair => Assert.Equal(Sm2Group.MultiplyBase(pair.Secret.Value), pair.Point));
        Assert.All(taken, pair => pair.Dispose());
    }

    [Fact]
    public void What_was_made_ahead_is_handed_out_before_anything_is_drawn()
    {
        var random = new CountingRandom();
        using var pool = new NoncePool(ahead: 10, random);
        pool.Fill();
        var made = pool.Ready.ToArray();
        Assert.Equal((10, 10), (made.Length, random.Draws));

        // Above half nothing is made, so that these come from what lies ready, in order.
        for (var i = 0; i < 4; i++)
        {
            Assert.Same(made[i], pool.Take());
        }

        Assert.Equal(10, random.Draws);
        Assert.DoesNotContain(made[0], pool.Ready);
    }

    [Fact]
    public void Without_pairs_ahead_each_is_drawn_when_it_is_needed()
    {
        var random = new CountingRandom();
        using var pool = new NoncePool(ahead: 0, random);
        using var pair = pool.Take();
        Assert.Equal(Sm2Group.MultiplyBase(pair.Secret.Value), pair.Point);
        Assert.Empty(pool.Ready);
        Assert.Equal(1, random.Draws);
    }

    [Fact]
    public void The_end_zeroes_what_is_left_and_not_what_was_taken()
    {
        var pool = new NoncePool(ahead: 10, SystemRandom.Instance);
        pool.Fill();
        using var taken = pool.Take();
        var left = pool.Ready.ToArray();
        Assert.Equal(9, left.Length);
        pool.Dispose();
        Assert.All(left, pair => Assert.Throws<ObjectDisposedException>(() => pair.Secret.Value));
        Assert.Equal(Sm2Group.MultiplyBase(taken.Secret.Value), taken.Point);
        Assert.Empty(pool.Ready);
        Assert.Throws<ObjectDisposedException>(pool.Take);
    }

    [Fact]
    public void A_batch_that_is_being_made_at_the_end_is_zeroed_too()
    {
        // The randomness of the batch ends the pool before the batch is added.
        NoncePool? pool = null;
        var random = new CountingRandom { OnDraw = () => pool!.Dispose() };
        pool = new NoncePool(ahead: 10, random);
        pool.Fill();
        Assert.NotEqual(0, random.Draws);
        Assert.Empty(pool.Ready);
    }

    [Fact]
    public async Task A_signature_takes_a_nonce_and_one_for_its_proof_and_leaves_neither()
    {
        var source = new RecordingNonces();
        var silo = new TestSilo("cert-1", "device-1", source);
        var phone = new PhoneKey("cert-1", "device-1", new MemoryPhoneKeyStore(), silo, SystemRandom.Instance);
        using var pin = PinStretch.Create(SystemRandom.Instance, rounds: 10).Stretch("493817");
        Assert.IsType<KeygenConfirmed>(await phone.GenerateAsync(pin));
        Assert.Empty(source.Taken);

        SigningDocument[] documents = [.. Enumerable.Range(1, 5).Select(i => new HashOnlyForm(SystemRandom.Instance.Bytes(32), $"{i}.pdf").ToDocument())];
        silo.Work["r"] = new RoundWork.Signing(documents);
        using (var opened = (await phone.OpenSigningAsync("r", documents.Length)).Round!)
        {
            // Five of the round, alive as long as the user looks; the proof's is gone already.
            Assert.Equal(6, source.Taken.Count);
            Assert.Equal(5, source.Taken.Count(IsAlive));
            var signed = Assert.IsType<Signed>(await opened.ConfirmAsync(pin));
            Assert.Equal(5, signed.Signatures.Count);
        }

        Assert.Equal(6, source.Taken.Count);
        Assert.DoesNotContain(source.Taken, IsAlive);

        // The next one takes new ones.
        silo.Work["s"] = new RoundWork.Signing([documents[0]]);
        using (var opened = (await phone.OpenSigningAsync("s")).Round!)
        {
            Assert.IsType<Signed>(await opened.ConfirmAsync(pin));
        }

        Assert.Equal(8, source.Taken.Count);
        Assert.Equal(8, source.Taken.Select(pair => Convert.ToHexString(pair.Point.Encode())).Distinct().Count());
    }

    private static bool IsAlive(NoncePair pair)
    {
        try
        {
            return !pair.Secret.Value.IsZero;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private sealed class RecordingNonces : INonceSource
    {
        private readonly DrawnNonces drawn = new(SystemRandom.Instance);

        public List<NoncePair> Taken { get; } = [];

        public NoncePair Take()
        {
            var pair = drawn.Take();
            Taken.Add(pair);
            return pair;
        }
    }

    private sealed class CountingRandom : IRandomSource
    {
        private int draws;

        public int Draws => draws;

        public Action? OnDraw { get; init; }

        public void Fill(Span<byte> destination)
        {
            Interlocked.Increment(ref draws);
            SystemRandom.Instance.Fill(destination);
            OnDraw?.Invoke();
        }
    }
}
