using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Certificates;

/// <summary>Certificates that have been active: an owner's, an enterprise's, and in the order of their end for the daily sweep.</summary>
public sealed class CertificateProjector : IStateProjector
{
    public string GrainType => "certificate";

    public string StateName => "certificate";

    public Type State => typeof(CertificateRecord);

    public IReadOnlyList<Type> Rows => [typeof(CertificateRow)];

    /// <summary>One that has ended has no end to come: the sweep passes it over.</summary>
    public static CertificateRow Row(CertificateId id, CertificateRecord record)
    {
        var created = record.Created!;
        var revoked = record.RevokedAt is not null || record.HolderRemovedAt is not null;
        var ended = revoked || record.AbandonedAt is not null;
        return new CertificateRow(
            id.ToString(), created.Holder.ToString(), created.Subject.CreditCode, record.SigningCertificate?.Serial, created.Ca.Value,
            revoked ? nameof(CertificateState.Revoked) : record.AbandonedAt is not null ? nameof(CertificateState.Abandoned) : nameof(CertificateState.Active),
            ended ? null : record.SigningCertificate?.NotAfter);
    }

    public IEnumerable<ProjectionRow> Project(GrainId grain, IHasOutbox state) =>
        state is CertificateRecord { Created: not null, ActivatedAt: not null } record ? [Row(new CertificateId(grain.GetGuidKey()), record)] : [];
}
