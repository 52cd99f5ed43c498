using Bzt.Gateway.Enterprises;

namespace Bzt.Gateway.Applications;

internal static class ApplicationsApi
{
    public static void AddApplications(this WebApplicationBuilder builder) => builder.Services.AddSingleton<LicenceReadingLimit>();

    public static void MapApplications(this RouteGroupBuilder phones)
    {
        FindEnterprise.Map(phones);
        GetCatalogue.Map(phones);
        UploadBlob.Map(phones);
        ReadLicence.Map(phones);
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
