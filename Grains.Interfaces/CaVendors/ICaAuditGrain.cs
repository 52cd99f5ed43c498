namespace Bzt.Grains.CaVendors;

/// <summary>One page of a CA's audit, keyed <c>{CaId}/{page}</c>: records are appended, never changed.</summary>
[Alias("bzt.ICaAudit")]
public interface ICaAuditGrain : IGrainWithStringKey
{
    /// <summary>Records of a page; so many that one is read at a glance, so few that a page stays a small state.</summary>
    const int PageLength = 200;

    /// <summary>Idempotent by sequence. They arrive in order, since one outbox sends them.</summary>
    [Alias("append")]
    Task Append(CaAuditRecord record);

    /// <summary>Oldest first.</summary>
    [Alias("read")]
    Task<IReadOnlyList<CaAuditRecord>> Read();
}
