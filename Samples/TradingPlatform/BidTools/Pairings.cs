using System.Collections.Concurrent;
using System.Security.Cryptography;
using Bzt.Contracts.Platforms;

namespace Bzt.Samples.TradingPlatform.BidTools;

/// <summary>A bid tool on its way to a project token: the bidder scans the login QR the tool shows.</summary>
/// <param name="Challenge">Our random value; the signed bytes must carry it.</param>
public sealed record Pairing(string Id, string TenderId, string ToolKeyThumbprint, OpenedSession Session, byte[] Challenge);

public sealed class Pairings(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Pairing> pairings = new(StringComparer.Ordinal);

    public Pairing Add(string tenderId, string thumbprint, OpenedSession session, byte[] challenge)
    {
        foreach (var (id, old) in pairings)
        {
            if (old.Session.Session.ExpiresAt < clock.GetUtcNow())
            {
                pairings.TryRemove(id, out _);
            }
        }

        var pairing = new Pairing(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), tenderId, thumbprint, session, challenge);
        pairings[pairing.Id] = pairing;
        return pairing;
    }

    public Pairing? Find(string id) => pairings.GetValueOrDefault(id);

    public bool Take(Pairing pairing) => pairings.TryRemove(pairing.Id, out _);
}
