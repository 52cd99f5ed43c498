using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Applications;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.Seals;

namespace Bzt.Gateway.Seals;

/// <summary>认领 step 3 (M030): what the system cut out of the photographed form, to be looked at, cut anew, confirmed.</summary>
internal static class SealSets
{
    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.SealSets, ExtractAsync).WithName("extractSeals").WithSummary("Cuts seals and signature out of a photographed form").Produces<SealSetInfo>();
        phones.MapGet(Routes.Phone.SealSet, GetAsync).WithName("getSealSet").WithSummary("What was cut out").Produces<SealSetInfo>();
        phones.MapGet(Routes.Phone.SealSetPicture, PictureAsync).WithName("getSealSetPicture").WithSummary("One of the cut-outs, as a transparent PNG").Produces<byte[]>(contentType: "image/png");
        phones.MapPost(Routes.Phone.SealSetCrops, CutAsync).WithName("cutSeal").WithSummary("Cuts one seal anew where the user says it is").Produces<SealSetInfo>();
        phones.MapPost(Routes.Phone.SealSetConfirmation, ConfirmAsync).WithName("confirmSeals").WithSummary("These are the enterprise's seals").Produces<SealSetInfo>();
    }

    private static async Task<IResult> ExtractAsync(SealSetRequest request, Caller caller, IGrainFactory grains) => UploadedFile.IsId(request.FormBlobId)
        ? (await grains.SealSet(SealSetIds.Of(caller.UserId, request.FormBlobId)).Extract(new ExtractSeals(caller.UserId, request.FormBlobId))).ToHttp(Json)
        : new ProblemResult(ErrorCodes.BlobUnknown);

    private static async Task<IResult> GetAsync(Guid sealSetId, Caller caller, IGrainFactory grains) => (await grains.SealSet(sealSetId).GetView(caller.UserId)).ToHttp(Json);

    private static async Task<IResult> PictureAsync(Guid sealSetId, string kind, Caller caller, IGrainFactory grains, IBlobStore blobs, HttpContext context) =>
        await grains.SealSet(sealSetId).GetView(caller.UserId) is Done<SealSetView>(var set)
            && SealPictures.TryReadKind(kind, out var wanted)
            && set.Seals.FirstOrDefault(seal => seal.Kind == wanted)?.BlobId is { } blob
            ? await SealPictures.AnswerAsync(blobs, SealOwners.Of(caller.UserId), blob, context)
            : new ProblemResult(ErrorCodes.NotFound);

    private static async Task<IResult> CutAsync(Guid sealSetId, SealCropRequest request, Caller caller, IGrainFactory grains)
    {
        if (request.Corners is not { Count: 4 } corners || corners.Any(corner => corner is not { X: >= 0 and <= 1, Y: >= 0 and <= 1 }))
        {
            return Invalid.Member("corners");
        }

        return (await grains.SealSet(sealSetId).Cut(new CutSeal(caller.UserId, new SealCrop(request.Kind, [.. corners.Select(corner => new PhotoPoint(corner.X, corner.Y))])))).ToHttp(Json);
    }

    private static async Task<IResult> ConfirmAsync(Guid sealSetId, Caller caller, IGrainFactory grains) => (await grains.SealSet(sealSetId).Confirm(caller.UserId)).ToHttp(Json);

    private static IResult Json(SealSetView view) => Results.Json(
        new SealSetInfo(view.SealSet, view.FormBlobId, view.MarksFound, view.Confirmed, [.. view.Seals.Select(ToContract)]), BztJson.Default.SealSetInfo);

    private static CutSealInfo ToContract(CutSealView seal) => seal.Fault is { } fault
        ? new CutSealInfo(seal.Kind, null, null, fault, SealTexts.Of(seal.Kind, fault))
        : new CutSealInfo(seal.Kind, seal.WidthMm, seal.HeightMm, null, null);
}
