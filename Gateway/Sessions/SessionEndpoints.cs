using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.Certificates;
using Bzt.Grains.Sessions;

namespace Bzt.Gateway.Sessions;

/// <summary>A session from the phone's side, but for the scan: its details, its documents, the user's no.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder group)
    {
        ScanEndpoint.Map(group);
        group.MapGet(Routes.Phone.Session, GetAsync).Needs(PhoneAccess.RealNamed)
            .WithName("getScannedSession").WithSummary("The session this phone scanned").Refuses(404).Produces<PhoneSession>();
        group.MapGet(Routes.Phone.SessionDocuments, GetDocumentsAsync).Needs(PhoneAccess.RealNamed)
            .WithName("getSessionDocuments").WithSummary("What the chosen certificate is asked to sign or open: fixed bytes")
            .WithDescription("not_found after a restart of the server: scan again.")
            .Refuses(403, 404, 409, 410, 422).Produces<SessionDocuments>();
        group.MapPost(Routes.Phone.SessionSeal, ChooseSealAsync).Needs(PhoneAccess.RealNamed)
            .WithName("chooseSeal").WithSummary("Which seal the documents are to show")
            .WithDescription("One of those the platform sent versions for. Open the request anew afterwards: its bytes are others.")
            .Refuses(404, 409, 410, 422).Produces<PhoneSession>();
        group.MapGet(Routes.Phone.SessionReturn, GetReturnAsync).Needs(PhoneAccess.RealNamed)
            .WithName("getSessionReturn").WithSummary("Where the browser goes back to").WithDescription("Of a session opened by a link on this device, once it has ended.")
            .Refuses(404, 422).Produces<SessionReturn>();
        group.MapPost(Routes.Phone.SessionRefusal, RefuseAsync).Needs(PhoneAccess.RealNamed)
            .WithName("refuseSession").WithSummary("The user says no; with disowned, that the request was not made by the user").Refuses(404, 409, 410).Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> GetReturnAsync(Guid sessionId, Caller caller, IGrainFactory grains)
    {
        var reply = await grains.GetGrain<IQrSessionGrain>(sessionId).GetReturn(caller.UserId);
        return reply.ToHttp(url => Results.Json(new SessionReturn(url), BztJson.Default.SessionReturn));
    }

    private static async Task<IResult> GetAsync(Guid sessionId, Caller caller, IGrainFactory grains, PhoneSessions sessions, CancellationToken aborted)
    {
        var reply = await grains.GetGrain<IQrSessionGrain>(sessionId).GetForPhone(caller.UserId);
        return reply is Done<PhoneSessionView>(var view)
            ? Results.Json(await sessions.DescribeAsync(sessionId, view, caller, aborted), BztJson.Default.PhoneSession)
            : reply.ToHttp(_ => Results.Empty);
    }

    private static async Task<IResult> GetDocumentsAsync(Guid sessionId, Guid certificateId, Caller caller, IGrainFactory grains)
    {
        using var step = Telemetry.Step(sessionId, "phone documents");
        if (await grains.GetGrain<ICertificateGrain>(certificateId).GetFacts() is not Done<CertificateFacts>({ Issued: { } issued } facts)
            || facts.Holder != caller.UserId || facts.Device != caller.DeviceId)
        {
            return new ProblemResult(ErrorCodes.NotFound);
        }

        var reply = await grains.GetGrain<IQrSessionGrain>(sessionId).Look(new SessionSigner(
            facts.Holder, facts.Certificate, facts.EnterpriseName, facts.CreditCode, facts.RecognitionGroup, issued.SigningSerial, [issued.EncryptionSerial, .. facts.EncryptionSerials]));
        return reply.ToHttp(work => Results.Json(
            new SessionDocuments(
                sessionId,
                certificateId,
                [.. work.Documents.Select(document => new DocumentToSign(document.Form, document.ToBeSigned))],
                SessionMessages.ToHttp(work.Decryption)),
            BztJson.Default.SessionDocuments));
    }

    private static async Task<IResult> ChooseSealAsync(
        Guid sessionId, SealChoice choice, Caller caller, IGrainFactory grains, PhoneSessions sessions, CancellationToken aborted)
    {
        var reply = await grains.GetGrain<IQrSessionGrain>(sessionId).ChooseSeal(caller.UserId, choice.Seal);
        return reply is Done<PhoneSessionView>(var view)
            ? Results.Json(await sessions.DescribeAsync(sessionId, view, caller, aborted), BztJson.Default.PhoneSession)
            : reply.ToHttp(_ => Results.Empty);
    }

    private static async Task<IResult> RefuseAsync(Guid sessionId, bool? disowned, Caller caller, IGrainFactory grains)
    {
        using var step = Telemetry.Step(sessionId, "phone refusal");
        var reply = await grains.GetGrain<IQrSessionGrain>(sessionId).Refuse(caller.UserId, disowned == true);
        return reply.ToHttp(_ => Results.NoContent());
    }
}
