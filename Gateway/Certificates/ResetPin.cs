using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Certificates;

namespace Bzt.Gateway.Certificates;

/// <summary>
/// /phone/v1/certificates/{certificateId}/pin/reset (忘记原PIN码): asked for by the phone that has the certificate, looked at and stopped by any
/// device of its holder, be it limited, and by the enterprise's administrator, who may waive the wait.
/// </summary>
internal static class ResetPin
{
    public static void Map(IEndpointRouteBuilder phones)
    {
        phones.MapPost(Routes.Phone.PinReset, RequestAsync)
            .Needs(PhoneAccess.RealNamed)
            .WithName("requestPinReset").WithSummary("Asks for a reset of a forgotten PIN: the waiting time begins")
            .Produces<PinResetInfo>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(422).ProducesProblem(429);
        phones.MapGet(Routes.Phone.PinReset, GetAsync)
            .Needs(PhoneAccess.Device)
            .WithName("getPinReset").WithSummary("The newest request for a reset of the PIN")
            .Produces<PinResetInfo>().ProducesProblem(404).ProducesProblem(409);
        phones.MapPost(Routes.Phone.PinResetObjection, StopAsync)
            .Needs(PhoneAccess.Device)
            .WithName("stopPinReset").WithSummary("Stops a reset of the PIN")
            .Produces<PinResetInfo>().ProducesProblem(404).ProducesProblem(409);
        phones.MapPost(Routes.Phone.PinResetWaiver, WaiveAsync)
            .Needs(PhoneAccess.RealNamed)
            .WithName("waivePinReset").WithSummary("As the enterprise's administrator: waives the wait; the answer names the task to confirm")
            .Produces<CertificateTaskInfo>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> RequestAsync(Guid certificateId, PinResetRequest request, Caller caller, IGrainFactory grains)
    {
        if (request.OperationId == Guid.Empty)
        {
            return Invalid.Member("operationId");
        }

        if (!ApprovePinChange.IsCode(request.Code))
        {
            return Invalid.Member("code");
        }

        return ToHttp(await Pin(grains, certificateId).RequestPinReset(new RequestPinReset(request.OperationId, GetCertificate.From(caller), request.Code)));
    }

    private static async Task<IResult> GetAsync(Guid certificateId, Caller caller, IGrainFactory grains) =>
        await ShowAsync(await Pin(grains, certificateId).GetPinReset(From(caller)), certificateId, caller, grains);

    private static async Task<IResult> StopAsync(Guid certificateId, Caller caller, IGrainFactory grains) =>
        await ShowAsync(await Pin(grains, certificateId).StopPinReset(From(caller)), certificateId, caller, grains);

    /// <summary>Who decides about somebody else's PIN is told whose it is, and which; the grain has said before that the caller may know.</summary>
    private static async Task<IResult> ShowAsync(Reply<PinResetView> reply, Guid certificateId, Caller caller, IGrainFactory grains)
    {
        if (reply is not Done<PinResetView> || await grains.Certificate(new CertificateId(certificateId)).GetFacts() is not Done<CertificateFacts>(var facts) || facts.Holder == caller.UserId)
        {
            return ToHttp(reply);
        }

        var member = await grains.User(facts.Holder).GetAccount() is Done<Account>(var holder) ? holder.RealName?.MaskedName : null;
        return ToHttp(reply, info => info with { Member = member, EnterpriseName = facts.EnterpriseName, CaName = facts.CaName, SigningSerial = facts.Issued?.SigningSerial });
    }

    private static async Task<IResult> WaiveAsync(Guid certificateId, PinResetWaiverRequest request, Caller caller, IGrainFactory grains)
    {
        var own = grains.Certificate(new CertificateId(request.CertificateId));
        if (await own.GetFacts() is not Done<CertificateFacts>(var facts))
        {
            return new ProblemResult(ErrorCodes.CertificateNotEligible);
        }

        // The member's certificate says what there is to sign, the administrator's own puts it before him: neither waits for the other.
        var asked = await Pin(grains, certificateId).WaivePinReset(From(caller), facts);
        return asked is Done<CertificateTask>(var task) && await own.Ask(task) is Refused<Nothing>(var refusal)
            ? refusal.ToHttp()
            : asked.ToHttp(waiver => Results.Json(new CertificateTaskInfo(waiver.Id, request.CertificateId, waiver.ExpiresAt), BztJson.Default.CertificateTaskInfo));
    }

    private static ICertificatePinGrain Pin(IGrainFactory grains, Guid certificateId) => grains.CertificatePin(new CertificateId(certificateId));

    private static PinCaller From(Caller caller) => new(caller.UserId, caller.DeviceId, caller.Limited);

    private static IResult ToHttp(Reply<PinResetView> reply, Func<PinResetInfo, PinResetInfo>? more = null) => reply.ToHttp(view =>
    {
        var info = new PinResetInfo(view.Operation, ToHttp(view.Phase), view.AskedAt, view.NotBefore, view.NotAfter, view.Waived, view.AgainFrom);
        return Results.Json(more is null ? info : more(info), BztJson.Default.PinResetInfo);
    });

    private static Contracts.Phone.PinResetPhase ToHttp(Grains.Certificates.PinResetPhase phase) => phase switch
    {
        Grains.Certificates.PinResetPhase.Waiting => Contracts.Phone.PinResetPhase.Waiting,
        Grains.Certificates.PinResetPhase.Ready => Contracts.Phone.PinResetPhase.Ready,
        Grains.Certificates.PinResetPhase.Done => Contracts.Phone.PinResetPhase.Done,
        Grains.Certificates.PinResetPhase.Stopped => Contracts.Phone.PinResetPhase.Stopped,
        Grains.Certificates.PinResetPhase.Withdrawn => Contracts.Phone.PinResetPhase.Withdrawn,
        Grains.Certificates.PinResetPhase.Lapsed => Contracts.Phone.PinResetPhase.Lapsed,
        Grains.Certificates.PinResetPhase.Overtaken => Contracts.Phone.PinResetPhase.Overtaken,
        _ => throw new InvalidOperationException($"A reset of the PIN is {phase}."),
    };
}
