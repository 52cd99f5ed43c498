using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Bzt.Grains.CaVendors;

/// <summary>
/// An adapter's calls to its vendor: each with a time limit, behind one circuit breaker, no call twice at a time. Lives in the grain's
/// scheduler like the grain itself: single-threaded, without state of its own that matters.
/// </summary>
internal sealed partial class VendorLine(CaId ca, ICaVendor vendor, TimeProvider time, ILogger log)
{
    /// <summary>How soon the queue is looked at again while calls are under way: their answers look themselves.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>Calls about the queue at a time.</summary>
    private const int MostAtATime = 8;

    /// <summary>Callers that wait for the vendor at a time: beyond it they come back later instead of piling up.</summary>
    private const int MostWaiting = 64;

    /// <summary>Below the cluster's response timeout: a caller gets an answer in any case.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(8);

    private readonly HashSet<string> underWay = [];
    private int waiting;

    public ICaVendor Vendor => vendor;

    public CircuitBreaker Circuit { get; private set; }

    /// <summary>Begins a call about the queue, unless it runs already, too many do, or the vendor is given a rest. Nobody waits for it.</summary>
    public void Begin(string subject, Func<Task> call)
    {
        if (underWay.Count < (Circuit.IsProbing ? 1 : MostAtATime) && Circuit.Allows(time.GetUtcNow()) && underWay.Add(subject))
        {
            _ = Run(subject, call);
        }
    }

    public Task<CaSubmission> SubmitAsync(CaApplication application) => Call<CaSubmission>(
        cancellation => vendor.SubmitAsync(application, cancellation), answer => answer is CaSubmission.Unavailable, reason => new CaSubmission.Unavailable(reason));

    public Task<CaReview> ReviewAsync(string number) => Call<CaReview>(
        cancellation => vendor.ReviewAsync(number, cancellation), answer => answer is CaReview.Unavailable, reason => new CaReview.Unavailable(reason));

    public Task<CaReview> DecideAsync(string number, string? rejectionReason) => Call<CaReview>(
        cancellation => ((IDeskVendor)vendor).DecideAsync(number, rejectionReason, cancellation), answer => answer is CaReview.Unavailable, reason => new CaReview.Unavailable(reason));

    public Task<CaIssuance> IssueAsync(string number, byte[] request) => Call<CaIssuance>(
        cancellation => vendor.IssueAsync(number, request, cancellation), answer => answer is CaIssuance.Unavailable, reason => new CaIssuance.Unavailable(reason));

    public Task<CaKeyRecovery> RecoverKeysAsync(string number) => Call<CaKeyRecovery>(
        cancellation => vendor.RecoverKeysAsync(number, cancellation), answer => answer is CaKeyRecovery.Unavailable, reason => new CaKeyRecovery.Unavailable(reason));

    public Task<CaRevocation> RevokeAsync(string serialNumber, RevocationReason reason) => Call<CaRevocation>(
        cancellation => vendor.RevokeAsync(serialNumber, reason, cancellation), answer => answer is CaRevocation.Unavailable, why => new CaRevocation.Unavailable(why));

    private async Task Run(string subject, Func<Task> call)
    {
        try
        {
            // Not in the turn that begins it.
            await Task.Yield();
            await call();
        }
        catch (Exception exception)
        {
            // Its answer did not reach the queue: the entry is due as before, and is called about again.
            LogUndone(ca, subject, exception);
        }
        finally
        {
            underWay.Remove(subject);
        }
    }

    /// <summary>One call through the circuit breaker. What a protocol's adapter could not read is the vendor's garbage: no answer.</summary>
    private async Task<T> Call<T>(Func<CancellationToken, Task<T>> call, Func<T, bool> isUnavailable, Func<string, T> unavailable)
    {
        if (!Circuit.Allows(time.GetUtcNow()))
        {
            return unavailable("circuit breaker");
        }

        if (waiting >= MostWaiting)
        {
            return unavailable("busy");
        }

        waiting++;
        using var timeout = new CancellationTokenSource(CallTimeout, time);
        T answer;
        try
        {
            answer = await call(timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException or OperationCanceledException or FormatException or System.Text.Json.JsonException)
        {
            LogNoAnswer(ca, exception);
            answer = unavailable(exception.GetType().Name);
        }
        finally
        {
            waiting--;
        }

        Circuit = isUnavailable(answer) ? Circuit.Failed(time.GetUtcNow()) : Circuit.Succeeded();
        return answer;
    }

    [LoggerMessage(EventId = 320, Level = LogLevel.Warning, Message = "CA {Ca} gave no answer that could be understood.")]
    private partial void LogNoAnswer(CaId ca, Exception exception);

    [LoggerMessage(EventId = 321, Level = LogLevel.Warning, Message = "The call to CA {Ca} about {Subject} is made again.")]
    private partial void LogUndone(CaId ca, string subject, Exception exception);
}
