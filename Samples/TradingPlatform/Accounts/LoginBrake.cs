using System.Net;

namespace Bzt.Samples.TradingPlatform.Accounts;

/// <summary>
/// How often passwords are tried and accounts made, in a quarter of an hour. A try is counted before the password is looked at, so that many at once
/// are no way around. A stranger who uses up an account's tries shuts out other strangers only: from where its own password was right it has tries
/// of its own. In this process's memory: a platform of several servers keeps the counts where all see them.
/// </summary>
internal sealed class LoginBrake(TimeProvider clock)
{
    public const int MostOfAccountHere = 5, MostOfAccount = 50, MostOfAddress = 30, MostRegistrations = 30;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan TrustedFor = TimeSpan.FromDays(30);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (int Count, DateTimeOffset Until)> counts = new(StringComparer.Ordinal);
    private readonly Dictionary<(string UserName, string Visitor), DateTimeOffset> trusted = [];
    private DateTimeOffset nextSweep;

    /// <summary>One try more; false, and not counted, when there were too many.</summary>
    public bool TakeLogin(string userName, IPAddress? address)
    {
        lock (gate)
        {
            var limits = Of(userName, address);
            return Take(IsTrusted(userName, address) ? [limits[0], limits[2]] : limits);
        }
    }

    /// <summary>The password was right: what was counted for it is forgotten, other guesses from the address are not.</summary>
    public void Forget(string userName, IPAddress? address)
    {
        lock (gate)
        {
            var (here, others) = (Of(userName, address)[0].Key, IsTrusted(userName, address) ? Of(userName, address)[2..] : Of(userName, address)[1..]);
            counts.Remove(here);
            trusted[(userName, Visitors.PartitionOf(address))] = clock.GetUtcNow() + TrustedFor;
            foreach (var (key, _) in others)
            {
                if (counts.TryGetValue(key, out var known))
                {
                    counts[key] = known with { Count = known.Count - 1 };
                }
            }
        }
    }

    public bool TakeRegistration(IPAddress? address) => Take([($"register/{Visitors.PartitionOf(address)}", MostRegistrations)]);

    private bool IsTrusted(string userName, IPAddress? address) => trusted.TryGetValue((userName, Visitors.PartitionOf(address)), out var until) && until > clock.GetUtcNow();

    private static (string Key, int Most)[] Of(string userName, IPAddress? address)
    {
        var visitor = Visitors.PartitionOf(address);
        return [($"here/{visitor}/{userName}", MostOfAccountHere), ($"account/{userName}", MostOfAccount), ($"address/{visitor}", MostOfAddress)];
    }

    private bool Take((string Key, int Most)[] limits)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            Sweep(now);
            if (limits.Any(limit => counts.TryGetValue(limit.Key, out var known) && known.Until > now && known.Count >= limit.Most))
            {
                return false;
            }

            foreach (var (key, _) in limits)
            {
                counts[key] = counts.TryGetValue(key, out var known) && known.Until > now ? known with { Count = known.Count + 1 } : (1, now + Window);
            }

            return true;
        }
    }

    private void Sweep(DateTimeOffset now)
    {
        if (now < nextSweep)
        {
            return;
        }

        nextSweep = now + SweepEvery;
        foreach (var (key, until) in trusted)
        {
            if (until <= now)
            {
                trusted.Remove(key);
            }
        }

        foreach (var (key, known) in counts)
        {
            if (known.Until <= now)
            {
                counts.Remove(key);
            }
        }
    }
}
