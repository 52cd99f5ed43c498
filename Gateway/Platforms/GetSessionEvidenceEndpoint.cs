using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Certificates;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Sessions;

namespace Bzt.Gateway.Platforms;

/// <summary>GET /rp/v1/sessions/{sessionId}/evidence: the platform's part of a certificate's evidence, which is its own session and nothing else.</summary>
internal static class GetSessionEvidenceEndpoint
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapGet(Routes.Platforms.SessionEvidence, HandleAsync)
        .WithName("getSessionEvidence")
        .WithSummary("The evidence of a session")
        .WithDescription("Of a session that ended with signatures or a decryption; not_found before, and for any other end. `bidtool evidence verify` checks it offline.")
        .Refuses(404, 503)
        .Produces<EvidenceReceipt>();

    private static async Task<IResult> HandleAsync(Guid sessionId, PlatformCaller caller, IGrainFactory grains)
    {
        // 1. The session is the caller's, and a certificate served it.
        var status = await grains.GetGrain<IQrSessionGrain>(sessionId).GetStatus(caller.Requester, null, TimeSpan.Zero);
        if (status is not Done<SessionView>(var view))
        {
            return status.ToHttp(_ => Results.Empty);
        }

        if (view.Outcome is not { End: Contracts.Platforms.SessionEnd.Ok } outcome)
        {
            return new ProblemResult(ErrorCodes.NotFound);
        }

        // 2. What the certificate's chain has of it. It may still be on its way there.
        return await grains.Certificate(outcome.Certificate).GetSessionEvidence(new SessionId(sessionId)) is Done<SessionEvidence>(var (record, head))
            ? Results.Json(
                new EvidenceReceipt(
                    outcome.Certificate.Value, GetEvidence.ToHttp(record), new EvidenceExportHead(head.Sequence, head.Hash, head.SignedAt, head.Signature), head.PublicKey),
                BztJson.Default.EvidenceReceipt)
            : new ProblemResult(ErrorCodes.Unavailable);
    }
}
