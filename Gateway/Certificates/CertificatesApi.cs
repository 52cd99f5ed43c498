using Bzt.Gateway.Sessions;

namespace Bzt.Gateway.Certificates;

internal static class CertificatesApi
{
    public static void AddCertificatesApi(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<KeptCheckpoints>().AddSingleton<ICertificateDirectory, HolderDirectory>();

    public static void MapCertificates(this RouteGroupBuilder phones)
    {
        GetCertificates.Map(phones);
        GetCertificate.Map(phones);
        Exchange.Map(phones);
        AskRevocation.Map(phones);
        GetUnopenedBids.Map(phones);
        ApprovePinChange.Map(phones);
        ResetPin.Map(phones);
        GetEvidence.Map(phones);
        GetCheckpoints.Map(phones);
        GetCheckpointLeaves.Map(phones);
        GetChannelKeys.Map(phones);
    }
}
