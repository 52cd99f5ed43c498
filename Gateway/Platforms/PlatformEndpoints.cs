using Bzt.Contracts;

namespace Bzt.Gateway.Platforms;

/// <summary>The relying parties' API, an endpoint a file.</summary>
internal static class PlatformEndpoints
{
    public static void MapPlatformApi(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").WithTags("Platforms").WithMetadata(new PlatformAccessMetadata(PlatformAccess.PlatformOrTool));
        CreateSessionEndpoint.Map(group);
        GetSessionEndpoint.Map(group);
        StreamSessionEndpoint.Map(group);
        CancelSessionEndpoint.Map(group);
        RedeemReturnEndpoint.Map(group);
        GetSessionEvidenceEndpoint.Map(group);
        Openings.CreateOpening.Map(group);
        Openings.GetOpening.Map(group);
        Openings.ChangeOpening.Map(group);
        Openings.EndOpening.Map(group);
        Openings.ReportOpeningFile.Map(group);
        Openings.GetOpeningRecord.Map(group);
        GetSealingSessionEndpoint.Map(group);
        EndSealingSessionEndpoint.Map(group);
        CreateProjectTokenEndpoint.Map(group);
        GetSignerEndpoint.Map(group);
        Callbacks.CallbackEndpoints.Map(group);
        Verification.VerifyEndpoint.Map(group);
        MockPhones.ScanMockEndpoint.Map(group);
        Seals.GetSignerSeal.Map(group);
        Seals.GetSignerElectronicSeal.Map(group);
    }
}
