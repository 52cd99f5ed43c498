using System.Collections.Concurrent;
using System.Security.Cryptography;
using Bzt.Samples.TradingPlatform.Qr;

namespace Bzt.Samples.TradingPlatform.BidTools;

/// <summary>A bid tool on its way to a project token: the bidder scans the login QR the tool shows.</summary>
public sealed record Pairing(string Id, string TenderId, string ToolKeyThumbprint, QrFlow Flow);

public sealed class Pairings
{
    private readonly ConcurrentDictionary<string, Pairing> pairings = new(StringComparer.Ordinal);

    public Pairing Add(string tenderId, string thumbprint, QrFlow flow)
    {
        var pairing = new Pairing(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), tenderId, thumbprint, flow);
        pairings[pairing.Id] = pairing;
        return pairing;
    }

    public Pairing? Find(string id) => pairings.GetValueOrDefault(id);

    public bool Take(Pairing pairing) => pairings.TryRemove(pairing.Id, out _);
}
