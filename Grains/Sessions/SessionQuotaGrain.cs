using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Sessions;

/// <summary>Section <c>Sessions</c>: what one caller may open within a minute.</summary>
public sealed class SessionQuotas
{
    public const string Section = "Sessions";

    /// <summary>Of one platform, its tools included. An opening of ten thousand bidders stays under it.</summary>
    [Range(1, 10_000_000)]
    public int PerPlatform { get; set; } = 30_000;

    /// <summary>Of one visitor, as the platform tells its visitors apart.</summary>
    [Range(1, 10_000)]
    public int PerVisitor { get; set; } = 20;

    /// <summary>Of one bid tool.</summary>
    [Range(1, 10_000)]
    public int PerTool { get; set; } = 120;

    /// <summary>Bid openings one platform announces.</summary>
    [Range(1, 100_000)]
    public int OpeningsPerPlatform { get; set; } = 120;

    /// <summary>Changes of its bid openings: each is a message to every bidder.</summary>
    [Range(1, 100_000)]
    public int OpeningChangesPerPlatform { get; set; } = 60;
}

/// <inheritdoc cref="ISessionQuotaGrain"/>
[GrainType("session-quota")]
internal sealed class SessionQuotaGrain(TimeProvider clock) : Grain, ISessionQuotaGrain
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly List<PushedRequest> waiting = [];
    private DateTimeOffset from;
    private int taken;

    public Task<Reply<Nothing>> Take(int perMinute)
    {
        var now = clock.GetUtcNow();
        if (now >= from + Window)
        {
            (from, taken) = (now, 0);
        }

        if (taken >= perMinute)
        {
            return Task.FromResult<Reply<Nothing>>(new Refusal(RefusalCode.RateLimited, from + Window));
        }

        taken++;
        return Task.FromResult<Reply<Nothing>>(default(Nothing));
    }

    public async Task<Reply<Nothing>> Wait(PushedRequest request, int most)
    {
        waiting.RemoveAll(known => known.ExpiresAt <= clock.GetUtcNow());
        if (waiting.Any(known => known.Session == request.Session))
        {
            return default(Nothing);
        }

        if (waiting.Count >= most)
        {
            // Only now is it worth asking which of them have their answer.
            foreach (var known in waiting.ToList())
            {
                // One that is not there yet is being made.
                if (await GrainFactory.QrSession(known.Session).GetStatus(known.Requester, null, TimeSpan.Zero) is Done<SessionView>({ End: not null }))
                {
                    waiting.Remove(known);
                }
            }

            if (waiting.Count >= most)
            {
                return new Refusal(RefusalCode.RateLimited, waiting.Min(known => known.ExpiresAt));
            }
        }

        waiting.Add(request);
        return default(Nothing);
    }
}
