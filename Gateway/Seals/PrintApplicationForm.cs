using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Accounts;
using Bzt.Gateway.Applications;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Seals;

namespace Bzt.Gateway.Seals;

/// <summary>下载申请书模板 (M030), 授权书模板 (M048): filled with what was entered. Nothing of it is kept.</summary>
internal static class PrintApplicationForm
{
    public static void Map(RouteGroupBuilder phones) => phones.MapPost(Routes.Phone.ApplicationForm, HandleAsync)
        .WithSummary("The form to print, seal and photograph, as a PDF").Produces<byte[]>(contentType: "application/pdf");

    private static async Task<IResult> HandleAsync(ApplicationFormRequest request, Caller caller, IGrainFactory grains, HttpContext context)
    {
        if (!EnterpriseNames.TryRead(request.EnterpriseName, out var enterprise))
        {
            return Invalid.Member("enterpriseName");
        }

        if (!CreditCodes.TryParse(request.CreditCode, out var creditCode))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        if (!PersonNames.TryRead(request.LegalRepresentativeName, out var legalRepresentative))
        {
            return Invalid.Member("legalRepresentativeName");
        }

        if (!IdNumber.TryReadBirth(request.LegalRepresentativeIdNumber, out _))
        {
            return Invalid.Member("legalRepresentativeIdNumber");
        }

        // Names and numbers are on it: no cache on the way keeps it.
        context.Response.Headers.CacheControl = "no-store";
        return (await grains.Papers().ApplicationForm(new FillApplicationForm(
            caller.UserId, request.Purpose, enterprise, creditCode, legalRepresentative, request.LegalRepresentativeIdNumber,
            new PlatformId(request.PlatformId), new CaId(request.CaId), request.Years)))
            .ToHttp(pdf => Results.Bytes(pdf, "application/pdf"));
    }
}
