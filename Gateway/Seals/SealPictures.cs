using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.Seals;

namespace Bzt.Gateway.Seals;

/// <summary>Answers the picture of a seal.</summary>
internal static class SealPictures
{
    private static readonly Dictionary<string, SealKind> Kinds = Enum.GetValues<SealKind>().ToDictionary(kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()));

    /// <summary>As it stands in a path: <c>enterprise</c>, <c>legal_representative</c>, <c>signature</c>.</summary>
    public static bool TryReadKind(string text, out SealKind kind) => Kinds.TryGetValue(text, out kind);

    public static async Task<IResult> AnswerAsync(IBlobStore blobs, CreditCode enterprise, EnterpriseSealsView? view, string kind, HttpContext context) =>
        TryReadKind(kind, out var wanted) && view?.Seals.FirstOrDefault(seal => seal.Kind == wanted) is { } found
            ? await AnswerAsync(blobs, SealOwners.Of(enterprise), found.BlobId, context)
            : new ProblemResult(ErrorCodes.NotFound);

    public static async Task<IResult> AnswerAsync(IBlobStore blobs, string owner, string blob, HttpContext context)
    {
        using var png = new MemoryStream();
        if (!await blobs.ReadAsync(owner, new BlobId(blob), png, context.RequestAborted))
        {
            return new ProblemResult(ErrorCodes.NotFound);
        }

        // A copied seal is a forged seal: no cache on the way keeps it.
        context.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(png.ToArray(), "image/png");
    }
}

/// <summary>Why a seal could not be cut out, as the user reads it.</summary>
internal static class SealTexts
{
    public static string Of(SealKind kind, SealFault fault) => fault switch
    {
        SealFault.NotFound => $"未找到{Name(kind)}，请确认已{(kind == SealKind.Signature ? "签字" : "盖章")}，并将四角定位标记全部拍入后重拍，或手动框选",
        SealFault.TooBlurred => "照片模糊，请对焦后重拍",
        SealFault.TooDark => "光线太暗，请在明亮处重拍",
        SealFault.TooCoarse => "照片不够清晰，请靠近一些重拍",
        SealFault.TouchesBorder => $"{Name(kind)}超出边框，请重新{(kind == SealKind.Signature ? "签字" : "盖章")}后拍照，或手动框选",
        SealFault.WrongSize => $"{Name(kind)}的大小不符，请核对印章，或手动框选",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "A fault without a text."),
    };

    private static string Name(SealKind kind) => kind switch
    {
        SealKind.Enterprise => "单位公章",
        SealKind.LegalRepresentative => "法定代表人印鉴",
        _ => "法定代表人签字",
    };
}
