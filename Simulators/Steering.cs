using System.Collections.Concurrent;

namespace Bzt.Simulators;

public enum Disturbance
{
    /// <summary>Answer with the given error code of the provider.</summary>
    Fail,
    /// <summary>Answer correctly, but late.</summary>
    Delay,
    /// <summary>Answer 200 with something that is not the provider's format.</summary>
    Garbage,
    /// <summary>Do the work, then break the connection instead of answering.</summary>
    Silence,
    /// <summary>A notification is sent two times; an answer holds itself two times.</summary>
    Twice,
    /// <summary>A notification is lost; the next turn sends it. A call is neither done nor answered, for as long as the caller cares to wait.</summary>
    Never,
}

/// <param name="Kind">What goes wrong.</param>
/// <param name="Code">The provider's code, for <see cref="Disturbance.Fail"/>.</param>
/// <param name="Milliseconds">For <see cref="Disturbance.Delay"/>.</param>
/// <param name="Count">How many calls it meets.</param>
public sealed record Steer(Disturbance Kind, string? Code = null, int Milliseconds = 0, int Count = 1);

/// <summary>What the next calls of a provider shall meet, first come first served.</summary>
sealed class Steering(TimeProvider time)
{
    public static readonly string[] Providers = ["sms", "wechat", "bankcard", "remittance", "remittance-notify", "alipay", "alipay-notify", "alipay-certify", "face", "wechatpay", "wechatpay-notify", "ca-vendor", "ca-vendor-notify", "est", "invoice", "licence", "push"];

    readonly ConcurrentDictionary<string, ConcurrentQueue<Steer>> queues = new();

    public void Add(string provider, Steer steer)
    {
        for (var i = 0; i < steer.Count; i++)
        {
            Queue(provider).Enqueue(steer with { Count = 1 });
        }
    }

    public void Clear(string provider) => Queue(provider).Clear();

    public IReadOnlyList<Steer> Waiting(string provider) => [.. Queue(provider)];

    /// <summary>Takes the next disturbance, having waited if it is a delay.</summary>
    public async Task<Steer?> NextAsync(string provider, CancellationToken cancellation)
    {
        if (!Queue(provider).TryDequeue(out var steer))
        {
            return null;
        }

        if (steer.Kind == Disturbance.Delay)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(steer.Milliseconds), time, cancellation);
        }

        if (steer.Kind == Disturbance.Never && !provider.EndsWith("-notify", StringComparison.Ordinal))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
        }

        return steer;
    }

    ConcurrentQueue<Steer> Queue(string provider) => queues.GetOrAdd(provider, _ => new());
}

static class SteeredAnswers
{
    /// <summary>The answer, as often as it is to come.</summary>
    public static IResult Shape(this Steer? steer, IResult answer) => steer is { Kind: Disturbance.Twice } ? new Doubled(answer) : answer;

    sealed class Doubled(IResult answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            var wire = response.Body;
            using var once = new MemoryStream();
            response.Body = once;
            await answer.ExecuteAsync(httpContext);
            response.Body = wire;
            response.ContentLength = once.Length == 0 ? null : 2 * once.Length;
            for (var i = 0; i < 2; i++)
            {
                await wire.WriteAsync(once.GetBuffer().AsMemory(0, (int)once.Length), httpContext.RequestAborted);
            }
        }
    }
}
