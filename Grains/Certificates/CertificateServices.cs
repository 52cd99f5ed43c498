using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Grains.Certificates;

public static class CertificateServices
{
    /// <summary>What the certificates' grains need beside the foundations.</summary>
    public static IServiceCollection AddCertificates(this IServiceCollection services) => services.AddSingleton<ClusterKeyRings>();
}
