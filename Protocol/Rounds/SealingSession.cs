using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>A sealing session with automatic confirmation, on the server: volatile like every round.</summary>
internal sealed class OpenSession : IDisposable
{
    public required string SessionId { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public required int Epoch { get; set; }

    public Queue<byte[]> Commitments { get; } = [];

    public Dictionary<string, OpenSigning> Rounds { get; } = [];

    public void DropRounds()
    {
        foreach (var round in Rounds.Values)
        {
            round.Dispose();
        }

        Rounds.Clear();
        Commitments.Clear();
    }

    public void Dispose() => DropRounds();
}
