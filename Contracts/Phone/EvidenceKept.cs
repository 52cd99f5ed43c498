using Bzt.Protocol.Evidence;

namespace Bzt.Contracts.Phone;

/// <summary>What kept leaves say against a certificate's evidence.</summary>
public enum KeptFault
{
    /// <summary>Every kept leaf of the certificate is one of its records.</summary>
    None,

    /// <summary>Leaves that are not those of the checkpoint of their number, or of none that was kept.</summary>
    ForeignLeaves,

    /// <summary>The chain was longer: records were taken off its end, or more came since it was fetched.</summary>
    Shorter,

    /// <summary>The chain had another record there.</summary>
    Differs,
}

/// <summary>How a certificate's evidence stands to the leaves somebody kept.</summary>
/// <param name="Fault">The first found, in the order of the leaves.</param>
/// <param name="Checkpoint">Where the fault is; null without one.</param>
/// <param name="Sequence">How far the chain was there.</param>
/// <param name="Found">Kept leaves that are records of this chain.</param>
/// <param name="Restore">A declared restore that explains why a leaf is none of this chain's records, the first such; null without one.</param>
/// <param name="First">The first checkpoint that has one. Much later than the chain's first record, the chain was made up, or could not be read until then.</param>
public sealed record KeptComparison(KeptFault Fault, EvidenceCheckpointInfo? Checkpoint, long Sequence, int Found, EvidenceCheckpointInfo? First, EvidenceRestore? Restore = null);

/// <summary>Compares evidence with the leaves of published checkpoints that somebody kept. The export and the checkpoints are verified by themselves.</summary>
public static class EvidenceKept
{
    /// <param name="export">Of one certificate, verified.</param>
    /// <param name="checkpoints">Verified.</param>
    /// <param name="leaves">Of as many of them as were kept, oldest first; read one by one.</param>
    public static KeptComparison Compare(EvidenceExport export, EvidenceCheckpoints checkpoints, IEnumerable<EvidenceLeaves> leaves)
    {
        ArgumentNullException.ThrowIfNull(export);
        ArgumentNullException.ThrowIfNull(checkpoints);
        ArgumentNullException.ThrowIfNull(leaves);
        var chain = new Chain(export);
        var known = checkpoints.Checkpoints.ToDictionary(checkpoint => checkpoint.Number);
        var (restores, behind) = (checkpoints.Restores(), (EvidenceRestore?)null);
        var (found, first) = (0, (EvidenceCheckpointInfo?)null);
        foreach (var set in leaves)
        {
            if (!known.TryGetValue(set.Number, out var checkpoint))
            {
                return new(KeptFault.ForeignLeaves, null, 0, found, first);
            }

            var judged = set.Leaves.Select(leaf => chain.Judge(set.Number, leaf)).Where(leaf => leaf.IsOfChain).ToList();

            // Only where they say something: the root over a year of leaves takes minutes.
            if (judged.Count > 0 && !set.AreOf(checkpoint))
            {
                return new(KeptFault.ForeignLeaves, checkpoint, 0, found, first);
            }

            foreach (var (_, fault, sequence) in judged)
            {
                if (fault != KeptFault.None && export.Checkpoint is { } proof
                    && restores.FirstOrDefault(restore => restore.Parts(proof.Checkpoint.Number, set.Number)) is { } between)
                {
                    behind ??= between;
                    continue;
                }

                if (fault != KeptFault.None)
                {
                    return new(fault, checkpoint, sequence, found, first);
                }

                (found, first) = (found + 1, first ?? checkpoint);
            }
        }

        return new(KeptFault.None, null, 0, found, first, behind);
    }

    private sealed class Chain
    {
        private readonly byte[]? first;
        private readonly List<string> leaves = [];
        private readonly Dictionary<string, long> places = [];

        public Chain(EvidenceExport export)
        {
            foreach (var entry in export.Entries)
            {
                var hash = entry.ToEntry(export.CertificateId).Hash();
                first ??= hash;
                leaves.Add(Convert.ToHexString(EvidenceCheckpoint.Leaf(export.CertificateId, entry.Sequence, hash)));
                places[leaves[^1]] = entry.Sequence;
            }
        }

        public (bool IsOfChain, KeptFault Fault, long Sequence) Judge(long number, EvidenceLeafInfo leaf)
        {
            var text = Convert.ToHexString(leaf.Leaf);
            var marked = first is null ? null : CheckpointMark.Read(leaf.Mark, first, number);
            if (marked is not { } sequence)
            {
                // A record of this chain under another's mark: its leaves are hidden from who looks for them.
                return places.TryGetValue(text, out var place) ? (true, leaf.Mark.Length == 0 ? KeptFault.None : KeptFault.Differs, place) : default;
            }

            return (true, sequence > leaves.Count ? KeptFault.Shorter : sequence >= 1 && leaves[(int)sequence - 1] == text ? KeptFault.None : KeptFault.Differs, sequence);
        }
    }
}
