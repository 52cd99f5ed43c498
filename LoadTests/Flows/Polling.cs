namespace Bzt.LoadTests.Flows;

/// <summary>For what comes by itself and tells nobody: asked again and again, as a phone or a page does.</summary>
internal static class Polling
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    /// <param name="look">Null: not yet.</param>
    /// <param name="what">Is waited for, in words.</param>
    /// <param name="patience">After it the flow has failed.</param>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> look, string what, TimeSpan patience, CancellationToken stop)
        where T : class
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(patience);
        using var pace = new PeriodicTimer(Pace);
        try
        {
            while (true)
            {
                if (await look() is { } found)
                {
                    return found;
                }

                await pace.WaitForNextTickAsync(over.Token);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new FlowFailedException($"waited {patience.TotalSeconds} s for {what}");
        }
    }
}
