using System.Collections.Concurrent;
using System.Security.Cryptography;
using Bzt.Contracts.Platforms;

namespace Bzt.Samples.TradingPlatform.Qr;

public enum QrPurpose { Login, Bind }

/// <summary>One QR on a page: the session behind it, and what the browser that asked for it may do when it is completed.</summary>
/// <param name="Id">Known to that browser only.</param>
/// <param name="Challenge">Our random value; the signed bytes must carry it.</param>
public sealed record QrFlow(string Id, QrPurpose Purpose, OpenedSession Session, byte[] Challenge, string? CreditCode);

/// <summary>Running QR flows, in memory: after a restart a page simply asks for a new one.</summary>
public sealed class QrFlows(PlatformClient client, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, QrFlow> flows = new(StringComparer.Ordinal);

    public async Task<QrFlow> StartAsync(QrPurpose purpose, EnterpriseInfo? enterprise, CancellationToken cancellation)
    {
        foreach (var (id, old) in flows)
        {
            if (old.Session.Session.ExpiresAt < clock.GetUtcNow())
            {
                flows.TryRemove(id, out _);
            }
        }

        var challenge = RandomNumberGenerator.GetBytes(32);
        var session = await client.OpenAsync(
            new CreateSessionRequest(purpose == QrPurpose.Login ? SessionKind.Login : SessionKind.Bind) { Challenge = challenge, Enterprise = enterprise },
            cancellation: cancellation);
        var flow = new QrFlow(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), purpose, session, challenge, enterprise?.CreditCode);
        flows[flow.Id] = flow;
        return flow;
    }

    public QrFlow? Find(string id) => flows.GetValueOrDefault(id);

    /// <summary>A completed flow is used once.</summary>
    public bool Take(QrFlow flow) => flows.TryRemove(flow.Id, out _);
}
