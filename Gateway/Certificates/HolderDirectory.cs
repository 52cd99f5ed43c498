using Bzt.Gateway.Sessions;
using Bzt.Grains;

namespace Bzt.Gateway.Certificates;

internal sealed class HolderDirectory(IGrainFactory grains) : ICertificateDirectory
{
    public Task<IReadOnlyList<CertificateId>> OfHolderAsync(UserId user, CancellationToken cancellation) => grains.Holder(user).GetCertificates();
}
