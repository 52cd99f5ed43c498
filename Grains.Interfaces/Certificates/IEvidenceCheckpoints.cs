using Orleans.Concurrency;

namespace Bzt.Grains.Certificates;

/// <summary>Gathers how far the chains went, every hour, and has it signed as the next checkpoint. Key: 0.</summary>
[Alias("bzt.IEvidenceNotary")]
public interface IEvidenceNotaryGrain : IGrainWithIntegerKey
{
    /// <summary>Registers the reminder; called by every silo at its start.</summary>
    /// <remarks>Beside a round under way, which may take longer than a silo that starts can wait.</remarks>
    [AlwaysInterleave, Alias("ensure")]
    Task Ensure();

    /// <summary>Takes checkpoints until every chain that moved is in one.</summary>
    [Alias("sweep")]
    Task Sweep();

    /// <summary>The newest checkpoint's number; 0 when there is none.</summary>
    [Alias("newest")]
    Task<long> GetNewest();
}

/// <summary>One checkpoint with its leaves; never changed once it is there. Key: its number.</summary>
[Alias("bzt.IEvidenceCheckpoint")]
public interface IEvidenceCheckpointGrain : IGrainWithIntegerKey
{
    /// <summary>Keeps it, unless one of this number is there already: then that one counts. Two of one number would be two truths.</summary>
    [Alias("keep")]
    Task<SignedCheckpoint> Keep(SignedCheckpoint checkpoint, IReadOnlyList<CheckpointLeaf> leaves);

    /// <summary>As <see cref="Keep"/>, with the marks that the first of the leaves binds: one for each of the others, empty where a chain has none.</summary>
    [Alias("keep-marked")]
    Task<SignedCheckpoint> KeepMarked(SignedCheckpoint checkpoint, IReadOnlyList<CheckpointLeaf> leaves, IReadOnlyList<byte[]> marks);

    /// <summary>Null when there is none of this number.</summary>
    [Alias("get")]
    Task<SignedCheckpoint?> Get();

    /// <summary>Its leaves, in the order of the tree.</summary>
    [Alias("leaves")]
    Task<IReadOnlyList<CheckpointLeaf>> GetLeaves();

    /// <summary>What anybody may have of them; null when there is no checkpoint of this number.</summary>
    [Alias("published")]
    Task<PublishedLeaves?> GetPublished();

    /// <summary>Where a chain stands in it; null when it does not.</summary>
    [Alias("prove")]
    Task<CheckpointInclusion?> Prove(CertificateId certificate);
}

/// <param name="Signature">SM2, r ‖ s, by the cluster's evidence key.</param>
[GenerateSerializer, Immutable, Alias("bzt.SignedCheckpoint")]
public sealed record SignedCheckpoint(
    [property: Id(0)] long Number,
    [property: Id(1)] byte[] Previous,
    [property: Id(2)] int Size,
    [property: Id(3)] byte[] Root,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] byte[] Signature);

/// <param name="Hash">Of the entry of that sequence.</param>
[GenerateSerializer, Immutable, Alias("bzt.CheckpointLeaf")]
public sealed record CheckpointLeaf(
    [property: Id(0)] CertificateId Certificate,
    [property: Id(1)] long Sequence,
    [property: Id(2)] byte[] Hash);

/// <param name="Path">Lowest first.</param>
[GenerateSerializer, Immutable, Alias("bzt.CheckpointInclusion")]
public sealed record CheckpointInclusion(
    [property: Id(0)] SignedCheckpoint Checkpoint,
    [property: Id(1)] long Sequence,
    [property: Id(2)] int Index,
    [property: Id(3)] IReadOnlyList<byte[]> Path);

/// <summary>A checkpoint's leaves as they are published: no certificate, no entry's hash.</summary>
/// <param name="Continues">Number of the checkpoint before, as the binding leaf has it; null in a checkpoint of a release that had none.</param>
/// <param name="Leaves">What stands in the tree, 32 octets each, without the binding leaf.</param>
/// <param name="Marks">One for each leaf, empty where a chain has none.</param>
[GenerateSerializer, Immutable, Alias("bzt.PublishedLeaves")]
public sealed record PublishedLeaves(
    [property: Id(0)] long? Continues,
    [property: Id(1)] IReadOnlyList<byte[]> Leaves,
    [property: Id(2)] IReadOnlyList<byte[]> Marks);
