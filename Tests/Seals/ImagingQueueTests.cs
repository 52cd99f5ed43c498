using Bzt.Silo.Imaging;

namespace Bzt.Tests.Seals;

public sealed class ImagingQueueTests
{
    [Fact]
    public async Task Too_many_that_wait_are_sent_away_and_the_others_are_served()
    {
        using var queue = new ImagingQueue(1);
        using var open = new ManualResetEventSlim();
        var waiting = Enumerable.Range(0, 17).Select(number => queue.RunAsync(() => Work(number), default)).ToList();
        await Assert.ThrowsAsync<TimeoutException>(() => queue.RunAsync(() => Work(17), default));
        open.Set();
        Assert.Equal(Enumerable.Range(0, 17), await Task.WhenAll(waiting));

        // One that fails or gives up leaves its place to the next.
        await Assert.ThrowsAsync<InvalidOperationException>(() => queue.RunAsync<int>(() => throw new InvalidOperationException(), default));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.RunAsync(() => 0, new CancellationToken(canceled: true)));
        Assert.Equal(7, await queue.RunAsync(() => Work(7), default));

        int Work(int number)
        {
            open.Wait(TimeSpan.FromSeconds(60));
            return number;
        }
    }
}
