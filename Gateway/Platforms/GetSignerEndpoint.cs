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
        var (bound, _, refused) = await FindAsync(creditCode, caller, grains);
        if (bound is null)
        {
            return refused;
        }

        if (await grains.GetGrain<ICertificateGrain>(bound.Certificate.Value).GetFacts() is not Done<CertificateFacts>({ State: Contracts.Phone.CertificateState.Active, Issued: { } issued } facts))
        {
            return await grains.MockPhones().GetSigner(bound.Certificate) is { } mock
                ? Results.Json(
                    new SignerInfo(
                        new EnterpriseInfo(mock.EnterpriseName, mock.CreditCode.Value), mock.SigningSerial, mock.SigningCertificate, mock.EncryptionSerial, mock.EncryptionCertificate, mock.Chain),
                    BztJson.Default.SignerInfo)
                : new ProblemResult(ErrorCodes.CertificateUnusable);
        }

        var seals = await grains.EnterpriseSeals(facts.CreditCode).GetView();
        return Results.Json(
            new SignerInfo(
                new EnterpriseInfo(facts.EnterpriseName, facts.CreditCode.Value),
                issued.SigningSerial, issued.SigningCertificate, issued.EncryptionSerial, issued.EncryptionCertificate, issued.Chain)
            {
                PastEncryptionSerials = [.. facts.EncryptionSerials.Where(serial => serial != issued.EncryptionSerial)],
                Seals = seals is null ? [] : [.. seals.Seals.Select(seal => new SignerSeal(seal.Kind, seal.WidthMm, seal.HeightMm, seals.Version))],
            },
            BztJson.Default.SignerInfo);
    }

    /// <summary>The enterprise as it is bound to this platform, or why the caller does not get it.</summary>
    internal static async Task<(PlatformBinding? Bound, CreditCode Enterprise, IResult Refused)> FindAsync(string creditCode, PlatformCaller caller, IGrainFactory grains)
    {
        if (!CreditCodes.TryParse(creditCode, out var enterprise))
        {
            return (null, default, new ProblemResult(ErrorCodes.CreditCodeInvalid));
        }

        if (caller.Grant is { } grant && grant.CreditCode != enterprise.Value)
        {
            return (null, enterprise, new ProblemResult(ErrorCodes.Forbidden));
        }

        var binding = await grains.GetGrain<IBindingGrain>(BindingKey.Of(caller.Platform, enterprise)).Get(null);
        return binding is Done<PlatformBinding>(var bound) ? (bound, enterprise, Results.Empty) : (null, enterprise, binding.ToHttp(_ => Results.Empty));
    }
}
