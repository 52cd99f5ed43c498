using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using Bzt.Grains.Seals;

namespace Bzt.Gateway.Seals;

/// <summary>The enterprise's seals (M065), for its members.</summary>
internal static class EnterpriseSeals
{
    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapGet(Routes.Phone.EnterpriseSeals, GetAsync).WithName("getEnterpriseSeals").WithSummary("An enterprise's seals").Produces<EnterpriseSealsInfo>();
        phones.MapGet(Routes.Phone.EnterpriseSealPicture, PictureAsync).WithName("getEnterpriseSealPicture").WithSummary("One of its seals, as a transparent PNG").Produces<byte[]>(contentType: "image/png");
    }

    private static async Task<IResult> GetAsync(string creditCode, Caller caller, IGrainFactory grains) =>
        await FindAsync(creditCode, caller, grains) is ({ } view, var code)
            ? Results.Json(
                new EnterpriseSealsInfo(code.Value, view.Version, view.Since, [.. view.Seals.Select(seal => new SealInfo(seal.Kind, seal.WidthMm, seal.HeightMm))]),
                BztJson.Default.EnterpriseSealsInfo)
            : new ProblemResult(ErrorCodes.NotFound);

    private static async Task<IResult> PictureAsync(string creditCode, string kind, Caller caller, IGrainFactory grains, IBlobStore blobs, HttpContext context) =>
        await FindAsync(creditCode, caller, grains) is ({ } view, var code)
            ? await SealPictures.AnswerAsync(blobs, code, view, kind, context)
            : new ProblemResult(ErrorCodes.NotFound);

    /// <summary>Nothing for whoever is not a member: not even whether there are seals.</summary>
    private static async Task<(EnterpriseSealsView? View, CreditCode Code)> FindAsync(string creditCode, Caller caller, IGrainFactory grains) =>
        CreditCodes.TryParse(creditCode, out var code) && await grains.Enterprise(code).GetRole(caller.UserId) is Done<Grains.Accounts.MemberRole>
            ? (await grains.EnterpriseSeals(code).GetView(), code)
            : (null, code);
}
