using Bzt.Grains;

namespace Bzt.Gateway.Sessions;

/// <summary>Which certificates a user holds; from the projection, so never the last word on their state.</summary>
internal interface ICertificateDirectory
{
    Task<IReadOnlyList<CertificateId>> OfHolderAsync(UserId user, CancellationToken cancellation);
}
