namespace Bzt.Grains.Certificates;

/// <summary>Which certificates a user holds: an index fed by the certificates' outboxes, never the last word on their state. Key: the user id.</summary>
[Alias("bzt.IHolder")]
public interface IHolderGrain : IGrainWithGuidKey
{
    /// <summary>Idempotent.</summary>
    [Alias("add")]
    Task Add(CertificateId certificate);

    /// <summary>Idempotent: nothing is kept about it any more.</summary>
    [Alias("remove")]
    Task Remove(CertificateId certificate);

    /// <summary>Oldest first.</summary>
    [Alias("certificates")]
    Task<IReadOnlyList<CertificateId>> GetCertificates();
}
