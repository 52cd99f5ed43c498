using Bzt.Gateway.Enterprises;

namespace Bzt.Gateway.Applications;

internal static class ApplicationsApi
{
    public static void MapApplications(this RouteGroupBuilder phones)
    {
        FindEnterprise.Map(phones);
        GetCatalogue.Map(phones);
        UploadBlob.Map(phones);
        SubmitClaim.Map(phones);
        SubmitApplication.Map(phones);
        AdministratorsTurn.Map(phones);
        ListApplications.Map(phones);
        GetApplication.Map(phones);
        PayApplication.Map(phones);
        DownloadCertificate.Map(phones);
        WithdrawApplication.Map(phones);
        GetOrder.Map(phones);
    }
}
