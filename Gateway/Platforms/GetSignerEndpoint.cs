using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Platforms;
using Bzt.Grains.Seals;

namespace Bzt.Gateway.Platforms;

/// <summary>GET /rp/v1/signers/{creditCode}: what a seal or a bid file needs before its session is opened. Only of enterprises bound to this platform.</summary>
internal static class GetSignerEndpoint
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapGet(Routes.Platforms.Signer, HandleAsync)
        .WithName("getSigner")
        .WithSummary("Certificates and chain of a bound enterprise")
        .WithDescription("What a seal or an encrypted bid file needs before its session is opened. Members of an enterprise bind a certificate each: `certificates` has all that are in force and of some use "
            + "here, with what their holders may do; the one at the top is the newest whose holder may both seal and encrypt, else one who may do either.")
        .Refuses(403, 409, 422)
        .Produces<SignerInfo>();

    private static async Task<IResult> HandleAsync(string creditCode, PlatformCaller caller, IGrainFactory grains)
    {
        var (enterprise, refused) = Read(creditCode, caller);
        return refused ?? (await BoundCertificates.FindAsync(grains, caller.Platform, enterprise) switch
        {
            Done<IReadOnlyList<BoundCertificate>>(var bound) => Results.Json(Describe(bound, await grains.EnterpriseSeals(enterprise).GetView()), BztJson.Default.SignerInfo),
            var reply => reply.ToHttp(_ => Results.Empty),
        });
    }

    /// <summary>Whose certificates are asked for, or why the caller does not get them.</summary>
    internal static (CreditCode Enterprise, IResult? Refused) Read(string creditCode, PlatformCaller caller) =>
        !CreditCodes.TryParse(creditCode, out var enterprise) ? (default, new ProblemResult(ErrorCodes.CreditCodeInvalid))
        : caller.Grant is { } grant && grant.CreditCode != enterprise.Value ? (enterprise, new ProblemResult(ErrorCodes.Forbidden))
        : (enterprise, null);

    /// <summary>Whose holder may both seal and encrypt before whose may do one of it; among equals the newest.</summary>
    internal static BoundCertificate First(IReadOnlyList<BoundCertificate> bound) =>
        bound.OrderByDescending(certificate => certificate.Operations.Count(operation => operation is SessionKind.Seal or SessionKind.Encrypt)).First();

    private static SignerInfo Describe(IReadOnlyList<BoundCertificate> bound, EnterpriseSealsView? seals)
    {
        var first = First(bound);
        var facts = first.Facts;
        return new SignerInfo(
            new EnterpriseInfo(facts.EnterpriseName, facts.CreditCode.Value), facts.SigningSerial, facts.SigningCertificate, facts.EncryptionSerial, facts.EncryptionCertificate, facts.Chain)
        {
            PastEncryptionSerials = first.PastEncryptionSerials,
            Certificates = [.. bound.Select(certificate => new SignerCertificate(
                certificate.Facts.SigningSerial, certificate.Facts.SigningCertificate, certificate.Facts.EncryptionSerial, certificate.Facts.EncryptionCertificate, certificate.Facts.Chain, certificate.Operations)
            {
                PastEncryptionSerials = certificate.PastEncryptionSerials,
            })],
            Seals = seals is null ? [] : [.. seals.Seals.Select(seal => new SignerSeal(seal.Kind, seal.WidthMm, seal.HeightMm, seals.Version))],
        };
    }
}
