using Bzt.Protocol.Evidence;
using Bzt.Protocol.Rounds;

namespace Bzt.Grains.Certificates;

/// <summary>
/// What a restored store means for a certificate: pure. A phone that is ahead of the store is told apart from a copy by what the operator
/// declared, and by whether somebody has proved the PIN here since.
/// </summary>
/// <remarks>
/// The share of the epochs between is lost with the store: it was made from a random of the phone's that the phone forgot when it moved
/// on, so that nobody who has its store and an old one of ours gets further than we do. Therefore the key is at its end, and the holder
/// gets on by recovery. Until it is declared, nothing is decided: the operator may still find the newer store.
/// </remarks>
internal static class RestoreRules
{
    /// <summary>Whether a declared restore is why this phone is ahead.</summary>
    public static bool Explains(CertificateRecord record, int declared) => (record.ProvenAfterRestore ?? 0) < declared;

    /// <summary>The certificate stops for good: a phone that is not ahead must be another one's old copy.</summary>
    public static CertificateRecord Supersede(CertificateRecord record, CertificateId id, DateTimeOffset now)
    {
        var created = record.Created!;
        var next = (record with { Shares = record.Shares! with { IsFrozen = true } })
            .With(id, EvidenceKind.Frozen, null, null, [], now, ("reason", "store-restored"));
        return next with
        {
            Outbox = next.Outbox
                .AddMessage(created.Holder, CertificateMessages.Superseded(id, created, now))
                .AddAdministratorMessage(created, CertificateMessages.MembersSuperseded(id, created, record.SigningCertificate?.Serial, next.Evidence!.Sequence, now)),
        };
    }

    /// <summary>A PIN that was proved, or a key made, under the store as it is now: from here on the restore explains nothing about this phone.</summary>
    public static CertificateRecord Follow(CertificateRecord before, CertificateRecord after, int declared) =>
        declared > 0 && after.Shares is { } shares && after.ProvenAfterRestore != declared && (before.Shares is null || Counts(shares) > Counts(before.Shares))
            ? after with { ProvenAfterRestore = declared }
            : after;

    private static int Counts(KeyShareState shares) => shares.Pending?.Epoch ?? shares.Epoch;
}
