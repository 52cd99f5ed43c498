using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Applications;

namespace Bzt.Gateway.Applications;

/// <summary>下载证书 (M033): the enterprise is reserved, and the certificate's exchange endpoint begins to answer the calling device.</summary>
internal static class DownloadCertificate
{
    public static void Map(RouteGroupBuilder phones) => phones.MapPost(Routes.Phone.ApplicationDownload, HandleAsync).WithSummary("Begins the generation of the keys").Produces<DownloadStarted>();

    private static async Task<IResult> HandleAsync(Guid applicationId, Caller caller, IGrainFactory grains) =>
        (await grains.Application(new(applicationId)).Download(new StartDownload(caller.UserId, caller.DeviceId, caller.DevicePublicKey)))
        .ToHttp(certificate => Results.Json(new DownloadStarted(certificate.Value), BztJson.Default.DownloadStarted));
}
