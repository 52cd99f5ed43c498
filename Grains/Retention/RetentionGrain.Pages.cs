namespace Bzt.Grains.Retention;

// How it goes over all there is of a kind. What fails is counted, and keeps nothing else.
public sealed partial class RetentionGrain
{
    private async Task PagesAsync<T>(Func<T?, Task<IReadOnlyList<T>>> read, Func<T, Task> end) where T : struct
    {
        T? after = null;
        while (await ReadAsync() is { Count: > 0 } page)
        {
            foreach (var one in page)
            {
                try
                {
                    await end(one);
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    // One that cannot be reached keeps nothing else; the next round asks it again.
                    failed++;
                    LogFailed(one.ToString(), exception);
                }
            }

            after = page[^1];
        }

        async Task<IReadOnlyList<T>> ReadAsync()
        {
            try
            {
                return await read(after);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // The other kinds are asked all the same.
                failed++;
                LogFailed($"what is left of the {typeof(T).Name}s", exception);
                return [];
            }
        }
    }

    private async Task RowsAsync(Func<Task<int>> erase)
    {
        try
        {
            while (await erase() is > 0 and var gone)
            {
                rows += gone;
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            failed++;
            LogFailed("resting rows", exception);
        }
    }
}
