using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Admission;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Applications;

/// <summary>
/// 认领 steps 1 and 3 (M028, M030): the licence and the application form, as photo or file. What it is, is told by its first octets;
/// what the request says of it counts for nothing.
/// </summary>
internal static class UploadBlob
{
    /// <summary>What is a little too large is read and told so; far too large a body is cut off, which a client sees as a broken connection.</summary>
    private const long HardLimit = BodyLimits.Blob + (2 * 1024 * 1024);

    public static void Map(RouteGroupBuilder phones) =>
        phones.MapPost(Routes.Phone.Blobs, HandleAsync).WithSummary("Uploads a photograph or a PDF").LimitBody(HardLimit).Accepts<IFormFile>("image/jpeg", "image/png", "application/pdf").Produces<BlobUploaded>();

    private static async Task<IResult> HandleAsync(
        string purpose, Caller caller, HttpRequest request, IBlobStore blobs, IBlobRetention waiting, IOptions<LimitsOptions> limits, TimeProvider time)
    {
        if (purpose is not ("licence" or "form"))
        {
            return Invalid.Member("purpose");
        }

        // 1. The first octets decide before anything is stored.
        var head = new byte[UploadedFile.HeadLength];
        var length = await request.Body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        if (UploadedFile.MediaTypeOf(head.AsSpan(0, length)) is null)
        {
            return new ProblemResult(ErrorCodes.BlobTypeNotAllowed);
        }

        // 2. Nobody fills the store with what may never be handed in; a few at once may be a few too many.
        if ((await waiting.WaitingOfAsync(UploadedFile.OwnerOf(caller.UserId), request.HttpContext.RequestAborted)).Count >= limits.Value.UploadsPerUser)
        {
            return new ProblemResult(ErrorCodes.RateLimited) { RetryAt = time.GetUtcNow().AddDays(1) };
        }

        // 3. Stored under the caller: nobody else can name it in an application.
        await using var content = new PrefixedStream(head.AsMemory(0, length), request.Body);
        return await blobs.PutAsync(UploadedFile.OwnerOf(caller.UserId), content, BodyLimits.Blob, request.HttpContext.RequestAborted) switch
        {
            PutBlob.Stored(var id, var size) => Results.Json(new BlobUploaded(id.Value, (int)size), BztJson.Default.BlobUploaded),
            _ => new ProblemResult(ErrorCodes.BodyTooLarge),
        };
    }
}
