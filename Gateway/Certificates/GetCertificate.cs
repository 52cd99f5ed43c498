using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Certificates;

namespace Bzt.Gateway.Certificates;

/// <summary>GET /phone/v1/certificates/{certificateId}: its holder only.</summary>
internal static class GetCertificate
{
    public static void Map(IEndpointRouteBuilder phones) => phones
        .MapGet(Routes.Phone.Certificate, HandleAsync)
        .Needs(PhoneAccess.FullDevice)
        .WithSummary("One certificate")
        .Produces<CertificateInfo>()
        .ProducesProblem(404);

    public static CertificateCaller From(Caller caller) => new(caller.UserId, caller.DeviceId);

    public static CertificateInfo ToHttp(CertificateView view)
    {
        var facts = view.Facts;
        return new CertificateInfo(
            facts.Certificate.Value, facts.State, facts.EnterpriseName, facts.CreditCode.Value, facts.Ca.Value, facts.CaName, facts.RecognitionGroup,
            view.HeldHere, view.TriesLeft, view.LockedUntil, facts.Issued?.SigningSerial, facts.Issued?.EncryptionSerial,
            facts.Issued?.NotBefore, facts.Issued?.NotAfter, facts.Issued?.SigningCertificate, facts.Issued?.EncryptionCertificate, facts.Issued?.Chain ?? [])
        {
            CertificationRequest = facts.Issued?.CertificationRequest,
            PublicKey = facts.PublicKey,
            Failures = view.Failures,
            TriesLeftForGood = view.TriesLeftForGood,
            LockedForGood = view.LockedForGood,
            DeviceLockedUntil = view.DeviceLockedUntil,
            Arriving = view.Arriving is { } key ? new ArrivingKeyInfo(key.EncryptionSerial, key.EncryptionCertificate, key.SigningCertificate, key.Chain, key.Further) : null,
            Renewal = view.Renewal is { } renewal ? new RenewalInfo(renewal.RequestId, ToHttp(renewal.Step)) : null,
            Recoverable = view.Recoverable,
            ExpiresSoon = view.ExpiresSoon,
            Remedy = view.Remedy is { } remedy
                ? new Contracts.Phone.CertificateRemedy(ToHttp(remedy.Kind), remedy.NeedsAdministrator, remedy.Until, remedy.FeeFen)
                : null,
        };
    }

    private static Contracts.Phone.RenewalStep ToHttp(Grains.Certificates.RenewalStep step) => step switch
    {
        Grains.Certificates.RenewalStep.Request => Contracts.Phone.RenewalStep.Request,
        Grains.Certificates.RenewalStep.Issuance => Contracts.Phone.RenewalStep.Issuance,
        Grains.Certificates.RenewalStep.Arrival => Contracts.Phone.RenewalStep.Arrival,
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "Not a step of a renewal."),
    };

    private static Contracts.Phone.RemedyKind ToHttp(Grains.Certificates.RemedyKind kind) => kind switch
    {
        Grains.Certificates.RemedyKind.Wait => Contracts.Phone.RemedyKind.Wait,
        Grains.Certificates.RemedyKind.Recovery => Contracts.Phone.RemedyKind.Recovery,
        Grains.Certificates.RemedyKind.Renewal => Contracts.Phone.RemedyKind.Renewal,
        Grains.Certificates.RemedyKind.Reapplication => Contracts.Phone.RemedyKind.Reapplication,
        _ => throw new InvalidOperationException($"A certificate's remedy is {kind}."),
    };

    private static async Task<IResult> HandleAsync(Guid certificateId, Caller caller, IGrainFactory grains) =>
        (await grains.Certificate(new CertificateId(certificateId)).GetView(From(caller)))
            .ToHttp(view => Results.Json(ToHttp(view), BztJson.Default.CertificateInfo));
}
