using Bzt.Grains.Certificates;

namespace Bzt.Grains;

/// <summary>The one place that knows how a grain is addressed.</summary>
public static class GrainKeys
{
    public static ICertificateGrain Certificate(this IGrainFactory grains, CertificateId id) => grains.GetGrain<ICertificateGrain>(id.Value);

    public static IEvidenceGrain Evidence(this IGrainFactory grains, CertificateId id) => grains.GetGrain<IEvidenceGrain>(id.Value);
}
