using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Sessions;
using Bzt.Grains;
using Bzt.Grains.MockPhones;

namespace Bzt.Gateway.MockPhones;

/// <summary>POST /rp/v1/mock-phone/scans: a mock phone scans what a sandbox platform shows.</summary>
internal static class ScanMockEndpoint
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapPost(Routes.Platforms.MockScans, HandleAsync)
        .WithMetadata(new PlatformAccessMetadata(PlatformAccess.PlatformOnly))
        .WithName("scanWithMockPhone")
        .WithSummary("A mock phone scans the code")
        .WithDescription("For development: only a sandbox platform of an embedded system with mock phones has them; not_found anywhere else. The number says how the session ends. "
            + "Refused as a phone is refused: a stale code, an enterprise that is not the number's, a login before the binding.")
        .Refuses(403, 404, 409, 410, 422)
        .Produces<MockScan>();

    private static async Task<IResult> HandleAsync(MockScanRequest request, PlatformCaller caller, IGrainFactory grains, PublicAddress address)
    {
        if (!ScanEndpoint.TryRead(request.Link, address, default, default, out var session, out var scan))
        {
            return new ProblemResult(ErrorCodes.QrInvalid);
        }

        var reply = await grains.MockPhones().Scan(new MockScanCommand(caller.Platform, request.Number, session, scan));
        return reply.ToHttp(scanned => Results.Json(
            new MockScan(request.Number, scanned.End, new EnterpriseInfo(scanned.Enterprise.Name, scanned.Enterprise.CreditCode.Value), scanned.ReturnUrl), BztJson.Default.MockScan));
    }
}
