using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Bzt.Simulators;

/// <param name="Id">Stays through repetitions.</param>
/// <param name="Attempts">Sent so often.</param>
/// <param name="Accepted">The merchant acknowledged it.</param>
/// <param name="LastAnswer">What the merchant answered last.</param>
public sealed record Notification(string Id, int Attempts, bool Accepted, string? LastAnswer)
{
    public Notification Answered(bool accepted, string answer) => this with { Attempts = Attempts + 1, Accepted = Accepted || accepted, LastAnswer = answer };
}

/// <summary>
/// Tells a merchant of something until it is acknowledged, at the provider's intervals. Steered by channel <c>{provider}-notify</c>:
/// late, twice, garbled, or lost.
/// </summary>
abstract class Notifier(string provider, TimeSpan[] intervals, IHttpClientFactory http, Steering steering, TimeProvider time, ILogger logger) : BackgroundService
{
    public const string HttpClientName = "notify";

    readonly Channel<string> queue = Channel.CreateUnbounded<string>();

    public string SteeringChannel { get; } = provider + "-notify";

    /// <summary>Starts notifying now; also how an operator sends a notification once more.</summary>
    public void Send(string key) => queue.Writer.TryWrite(key);

    /// <summary>What an earlier process did not get acknowledged.</summary>
    protected abstract IEnumerable<string> Unfinished();

    /// <summary>As it is to be sent now; null when there is nothing to tell.</summary>
    protected abstract HttpRequestMessage? Request(string key);

    protected abstract bool IsAcknowledged(bool success, string answer);

    protected abstract void Record(string key, bool accepted, string answer);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var key in Unfinished())
        {
            Send(key);
        }

        var running = new ConcurrentDictionary<Task, bool>();
        try
        {
            await foreach (var key in queue.Reader.ReadAllAsync(stoppingToken))
            {
                var task = DeliverAsync(key, stoppingToken);
                running[task] = true;
                _ = task.ContinueWith(done => running.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running.Keys);
        }
    }

    async Task DeliverAsync(string key, CancellationToken stopping)
    {
        try
        {
            foreach (var wait in intervals.Append(Timeout.InfiniteTimeSpan))
            {
                if (await AttemptAsync(key, stopping) is not var (accepted, answer))
                {
                    return;
                }

                // The next turn's clock runs before this one is recorded: who sees the record may count on it.
                using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                var next = Task.Delay(wait, time, over.Token);
                Record(key, accepted, answer);
                if (accepted || wait == Timeout.InfiniteTimeSpan)
                {
                    await over.CancelAsync();
                    return;
                }

                await next;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Unaccepted notifications start again with the next process.
        }
    }

    async Task<(bool Accepted, string Answer)?> AttemptAsync(string key, CancellationToken stopping)
    {
        var steer = await steering.NextAsync(SteeringChannel, stopping);
        using var request = Request(key);
        if (request is null)
        {
            return null;
        }

        switch (steer?.Kind)
        {
            case Disturbance.Never:
                return (false, "模拟器按设定未发送");
            case Disturbance.Garbage:
                request.Content = new StringContent("{\"garbage\":");
                return await PostAsync(key, request, stopping);
            case Disturbance.Twice:
                using (var first = Request(key)!)
                {
                    await PostAsync(key, first, stopping);
                }

                return await PostAsync(key, request, stopping);
            default:
                return await PostAsync(key, request, stopping);
        }
    }

    async Task<(bool, string)> PostAsync(string key, HttpRequestMessage request, CancellationToken stopping)
    {
        try
        {
            using var client = http.CreateClient(HttpClientName);
            using var response = await client.SendAsync(request, stopping);
            var answer = (await response.Content.ReadAsStringAsync(stopping)).Trim();
            return (IsAcknowledged(response.IsSuccessStatusCode, answer), response.IsSuccessStatusCode ? answer[..Math.Min(answer.Length, 200)] : $"HTTP {(int)response.StatusCode}");
        }
        catch (Exception failure) when (failure is HttpRequestException or UriFormatException or InvalidOperationException || (failure is TaskCanceledException && !stopping.IsCancellationRequested))
        {
            logger.LogWarning("Notification of {Key} not delivered: {Reason}", key, failure.Message);
            return (false, failure.Message);
        }
    }
}
