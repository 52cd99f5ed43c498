using System.Collections.Immutable;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Evidence;

/// <inheritdoc cref="IEvidenceCheckpointGrain"/>
/// <remarks>The marks lie in a row of their own: a release before this one does not know it, and reads the checkpoint all the same.</remarks>
[GrainType("evidence-checkpoint")]
public sealed class EvidenceCheckpointGrain(
    [PersistentState("evidence-checkpoint")] IPersistentState<StoredCheckpoint> storage, [PersistentState("evidence-checkpoint-marks")] IPersistentState<StoredMarks> markRow)
    : Grain, IEvidenceCheckpointGrain
{
    public Task<SignedCheckpoint> Keep(SignedCheckpoint checkpoint, IReadOnlyList<CheckpointLeaf> leaves) => KeepMarked(checkpoint, leaves, []);

    public async Task<SignedCheckpoint> KeepMarked(SignedCheckpoint checkpoint, IReadOnlyList<CheckpointLeaf> leaves, IReadOnlyList<byte[]> marks)
    {
        if (storage.State.Checkpoint is { } known)
        {
            return known;
        }

        // The marks first: of a crash between, the next checkpoint of this number overwrites them.
        if (marks.Count > 0)
        {
            await markRow.WriteAsync(this, new StoredMarks([.. marks]));
        }

        await storage.WriteAsync(this, new StoredCheckpoint(checkpoint, [.. leaves]));
        return checkpoint;
    }

    public Task<SignedCheckpoint?> Get() => Task.FromResult(storage.State.Checkpoint);

    public Task<IReadOnlyList<CheckpointLeaf>> GetLeaves() => Task.FromResult<IReadOnlyList<CheckpointLeaf>>(storage.State.Leaves);

    public Task<PublishedLeaves?> GetPublished() => Task.FromResult(CheckpointRules.Publish(storage.State, markRow.State));

    public Task<CheckpointInclusion?> Prove(CertificateId certificate) => Task.FromResult(CheckpointRules.Prove(storage.State, certificate));
}

/// <summary>The stored state of <see cref="EvidenceCheckpointGrain"/>.</summary>
[StateVersion(1)]
public sealed record StoredCheckpoint(SignedCheckpoint? Checkpoint, ImmutableArray<CheckpointLeaf> Leaves)
{
    public StoredCheckpoint() : this(null, [])
    {
    }
}

/// <summary>What is published beside the leaves of a checkpoint.</summary>
/// <param name="Marks">One for each chain, in the order of the leaves; empty where it has none.</param>
[StateVersion(1)]
public sealed record StoredMarks(ImmutableArray<byte[]> Marks)
{
    public StoredMarks() : this([])
    {
    }
}
