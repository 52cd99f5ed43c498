using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>
/// The volatile half of a server: rounds that wait for the user, with their nonces. It belongs to one activation and
/// dies with it; it is never stored, copied or restored, so that no nonce is ever answered twice.
/// Not safe for concurrent use: the owner takes one message at a time.
/// </summary>
public sealed class OpenRounds : IDisposable
{
    /// <summary>Most rounds open at once; opening one more drops the oldest.</summary>
    public const int Capacity = 8;

    /// <summary>How long a user may look before the round is gone.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly List<OpenRound> rounds = [];

    /// <summary>Number of rounds now open.</summary>
    public int Count => rounds.Count;

    internal OpenKeygen? Keygen { get; private set; }

    internal OpenChallenge? Challenge { get; set; }

    internal Dictionary<string, OpenSession> Sessions { get; } = [];

    /// <summary>Zeroes every nonce.</summary>
    public void Dispose()
    {
        rounds.ForEach(round => round.Dispose());
        rounds.Clear();
        Keygen?.Dispose();
        Keygen = null;
        Challenge = null;
        CloseSessions();
    }

    internal void DropExpired(DateTimeOffset now)
    {
        foreach (var round in rounds.Where(round => round.Expires <= now).ToArray())
        {
            Close(round);
        }

        foreach (var session in Sessions.Values.Where(session => session.Expires <= now).ToArray())
        {
            Sessions.Remove(session.SessionId);
            session.Dispose();
        }
    }

    internal T? Find<T>(string requestId)
        where T : OpenRound => rounds.OfType<T>().FirstOrDefault(round => round.RequestId == requestId);

    /// <summary>One request has one round: its old nonces are destroyed before new ones exist.</summary>
    internal void CloseRequest(string requestId)
    {
        foreach (var round in rounds.Where(round => round.RequestId == requestId).ToArray())
        {
            Close(round);
        }
    }

    internal void Add(OpenRound round)
    {
        if (rounds.Count == Capacity)
        {
            Close(rounds[0]);
        }

        rounds.Add(round);
    }

    internal void Close(OpenRound round)
    {
        rounds.Remove(round);
        round.Dispose();
    }

    /// <summary>The sessions go on, their commitments and open signatures do not.</summary>
    internal void CloseSessionRounds()
    {
        foreach (var session in Sessions.Values)
        {
            session.DropRounds();
        }
    }

    internal void CloseSessions()
    {
        foreach (var session in Sessions.Values)
        {
            session.Dispose();
        }

        Sessions.Clear();
    }

    internal void Begin(OpenKeygen keygen)
    {
        Keygen?.Dispose();
        Keygen = keygen;
    }
}

/// <summary>A round that waits for the phone's last message.</summary>
internal abstract class OpenRound : IDisposable
{
    public required string RequestId { get; init; }

    public required int Epoch { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public abstract void Dispose();
}

/// <summary>A nonce w2 and the secret point V2 = w2·d2·(P + G) that goes with it. V2 told to anybody is a PIN oracle.</summary>
internal sealed class ServerNonce : IDisposable
{
    private readonly NoncePair pair;
    private readonly LaterPoint v2;

    public ServerNonce(NoncePair pair, LaterPoint v2) => (this.pair, this.v2) = (pair, v2);

    public SecretScalar W2 => pair.Secret;

    /// <summary>w2·G: what the phone is told.</summary>
    public Point Point => pair.Point;

    public Point V2 => v2.Take();

    public void Dispose()
    {
        pair.Dispose();
        v2.Dispose();
    }
}

/// <summary>The challenge of R1 with the state it was asked about.</summary>
internal sealed record OpenChallenge(byte[] Nonce, int Epoch, byte[]? PendingAttempt, DateTimeOffset Expires);
