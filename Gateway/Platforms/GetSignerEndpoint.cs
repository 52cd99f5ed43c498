using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Platforms;

namespace Bzt.Gateway.Platforms;

/// <summary>GET /rp/v1/signers/{creditCode}: what a seal or a bid file needs before its session is opened. Only of enterprises bound to this platform.</summary>
internal static class GetSignerEndpoint
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapGet(Routes.Platforms.Signer, HandleAsync)
        .WithName("getSigner")
        .WithSummary("Certificates and chain of a bound enterprise")
        .WithDescription("What a seal or an encrypted bid file needs before its session is opened.")
        .Refuses(403, 409, 422)
        .Produces<SignerInfo>();

    private static async Task<IResult> HandleAsync(string creditCode, PlatformCaller caller, IGrainFactory grains)
    {
        if (!CreditCodes.TryParse(creditCode, out var enterprise))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        if (caller.Grant is { } grant && grant.CreditCode != enterprise.Value)
        {
            return new ProblemResult(ErrorCodes.Forbidden);
        }

        var binding = await grains.GetGrain<IBindingGrain>(BindingKey.Of(caller.Platform, enterprise)).Get(null);
        if (binding is not Done<PlatformBinding>(var bound))
        {
            return binding.ToHttp(_ => Results.Empty);
        }

        if (await grains.GetGrain<ICertificateGrain>(bound.Certificate.Value).GetFacts() is not Done<CertificateFacts>({ State: Contracts.Phone.CertificateState.Active, Issued: { } issued } facts))
        {
            return new ProblemResult(ErrorCodes.CertificateUnusable);
        }

        return Results.Json(
            new SignerInfo(
                new EnterpriseInfo(facts.EnterpriseName, facts.CreditCode.Value),
                issued.SigningSerial, issued.SigningCertificate, issued.EncryptionSerial, issued.EncryptionCertificate, issued.Chain),
            BztJson.Default.SignerInfo);
    }
}
